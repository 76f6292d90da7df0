import { Notice } from "./notice.tsx";
import { Time } from "./time.tsx";

interface LastRead {
  readonly id: string;
  readonly name: string;
  readonly readAt: string | null;
}

/** Above what was read of providers, where that is long ago: an old picture must not look like a new one. */
export function StaleReadings({ of }: { of: readonly LastRead[] }) {
  if (of.length === 0) return null;
  return (
    <Notice tone="unknown" title="What follows is old: it is not known what is there now">
      <ul>
        {of.map(({ id, name, readAt }) => (
          <li key={id}>
            {name}: {readAt === null ? "never read in full" : "last read in full "}
            {readAt !== null && <Time at={readAt} />}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
