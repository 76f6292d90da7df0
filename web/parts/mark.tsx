import styles from "./mark.module.css";

/** A small gate, lit from behind, low in a crenellated wall. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path
        className={styles.wall}
        d="M2 22V3.8c0-.5.3-.8.8-.8h3.6c.5 0 .8.3.8.8V6h2.6V3.8c0-.5.3-.8.8-.8h2.8c.5 0 .8.3.8.8V6h2.6V3.8c0-.5.3-.8.8-.8h3.6c.5 0 .8.3.8.8V22h-2.6v-6.4a4 4 0 0 0-8 0V22Z"
      />
      <path className={styles.gate} d="M13 22v-6.4a2.4 2.4 0 0 1 4.8 0V22Z" />
    </svg>
  );
}

/** The mark with the name beside it. */
export function Wordmark({ size = 22 }: { size?: number }) {
  return (
    <span className={styles.word}>
      <Mark size={size} />
      <span>Postern</span>
    </span>
  );
}
