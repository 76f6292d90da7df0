import { Badge } from "../../parts/badge.tsx";
import styles from "./entry.module.css";
import type { Check } from "./verify-entry.ts";

/** Each thing that was checked, and what came of it. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className={styles.checks}>
      {checks.map((check) => (
        <li key={check.words}>
          <Badge sign={check.holds ? { word: "Holds", tone: "ok", shape: "shut" } : { word: "Fails", tone: "bad", shape: "alarm" }} />
          {check.words}
        </li>
      ))}
    </ul>
  );
}
