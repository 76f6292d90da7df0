import type { StandingView } from "../../../src/decisions/contract-log.ts";
import { countWords } from "../../words.ts";
import styles from "./decisions.module.css";

interface CallersProps {
  standing: StandingView | undefined;
  /** It will not come: why is said beside it. */
  isFailed: boolean;
}

/** Who asks, and how often each was told what. */
export function Callers({ standing, isFailed }: CallersProps) {
  if (standing === undefined && isFailed) return <p className={styles.quiet}>Who asked is not known.</p>;
  if (standing === undefined) return <p className={styles.waiting} aria-busy />;
  if (standing.callers.length === 0) return <p className={styles.quiet}>Nobody asked yet.</p>;
  return (
    <ul className={styles.callers}>
      {standing.callers.map(({ caller, permits, denials, byException }) => (
        <li key={caller}>
          <strong>{caller}</strong>
          <span>
            {countWords(permits, "permit")}
            {byException > 0 && `, ${byException} of them by an exception`}; {countWords(denials, "denial")}
          </span>
        </li>
      ))}
    </ul>
  );
}
