import styles from "./charts.module.css";
import { stack } from "./stack.ts";

const WIDTH = 200;
const HEIGHT = 10;

/**
 * Parts of a whole as one bar. It stands in the row of a table that says the same in figures, so it is hidden from who cannot see it.
 * The n-th part looks like the n-th {@link StackKey}.
 */
export function StackBar({ parts, most }: { parts: readonly (readonly [key: string, count: number])[]; most: number }) {
  const order = parts.map(([key]) => key);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" className={styles.bar}>
      {stack(parts, most, WIDTH).map(({ key, x, width }) => (
        <rect key={key} x={x} y="0" width={width} height={HEIGHT} className={styles.part} data-part={order.indexOf(key)} />
      ))}
    </svg>
  );
}

/** What the n-th part looks like, beside its name. */
export function StackKey({ part }: { part: number }) {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" className={styles.key}>
      <rect width="10" height="10" rx="2" className={styles.part} data-part={part} />
    </svg>
  );
}
