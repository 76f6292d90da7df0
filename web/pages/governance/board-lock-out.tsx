import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { FindingCountsView } from "../../../src/findings/contract.ts";
import type { LockOutView, OperationRow } from "../../../src/lockout/contract.ts";
import { failureFrom } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Failure } from "../../parts/failure.tsx";
import { signOf } from "../../signs.ts";
import { countWords } from "../../words.ts";
import { Said } from "../operations/said.tsx";
import { TOLERANCE_SIGNS } from "../operations/signs.ts";
import styles from "./board.module.css";
import { LOCK_OUT, WORST_OPERATIONS, WRONG } from "./lock-out-of-board.ts";

/** What one failure would lock out, and whether anybody ever tried the way back in. */
export function LockOut() {
  const overview = useQuery(LOCK_OUT);
  const worst = useQuery(WORST_OPERATIONS);
  const wrong = useQuery(WRONG);
  const error = overview.error ?? worst.error ?? wrong.error;
  if (error !== null) return <Failure error={failureFrom(error)} />;
  if (overview.data === undefined || worst.data === undefined || wrong.data === undefined)
    return <p role="status">Asking what would lock whom out…</p>;
  if (overview.data.operations === 0) return <p>Nothing says yet what has to be possible on a bad day: no operation is in the model.</p>;
  const short = worst.data.items.filter(({ tolerance }) => tolerance !== "held");
  return (
    <>
      <ul className={styles.risks}>
        {linesOf(overview.data, wrong.data).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {short.length > 0 && <Short operations={short} />}
      <p className={styles.minor}>
        <Link to="/operations">All critical operations</Link>
      </p>
    </>
  );
}

function Short({ operations }: { operations: readonly OperationRow[] }) {
  return (
    <ul className={styles.risks} aria-label="Operations that survive too little">
      {operations.map(({ key, words, tolerance, businessOwner }) => (
        <li key={key}>
          <Said sentence={words} />
          <span className={styles.minor}>
            <Badge sign={signOf(TOLERANCE_SIGNS, tolerance)} />; {businessOwner === null ? "nobody" : apart(businessOwner.name)} answers
          </span>
        </li>
      ))}
    </ul>
  );
}

const STANDINGS = {
  lockedOut: "have no way in even now",
  broken: "survive less than they have to",
  unknown: "are not known to survive what they have to",
} as const;

const DRILLS = { drillOverdue: "overdue", drillFailed: "not passed", drillSkipped: "skipped" } as const;

function linesOf({ operations, tolerance, completeTo }: LockOutView, { byKind }: FindingCountsView): readonly string[] {
  const short = Object.entries(STANDINGS).flatMap(([standing, words]) => {
    const count = tolerance[standing as keyof typeof STANDINGS] ?? 0;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const drills = Object.entries(DRILLS).flatMap(([kind, words]) => {
    const open = byKind.find((each) => each.kind === kind)?.open ?? 0;
    return open === 0 ? [] : [`${countWords(open, "drill")} ${words}`];
  });
  return [
    `Of ${countWords(operations, "critical operation")} ${short.length === 0 ? "all survive what they have to" : short.join(", ")}. Complete up to ${countWords(completeTo, "simultaneous failure")}.`,
    drills.length === 0 ? "No drill is overdue, skipped or not passed." : `${drills.join(", ")}: a failed control each.`,
  ];
}
