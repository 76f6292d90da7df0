import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { NotKnown } from "../../parts/facts.tsx";
import { Time } from "../../parts/time.tsx";
import styles from "./ends.module.css";

const OVER: ReadonlySet<string> = new Set(["closed", "rejected", "withdrawn"]);

/** What is over does not end "in 24 days": its end is told as what was granted, or only asked for. */
export function Ends({ of: { endsAt, firstGrantedAt, state } }: { of: Pick<ExceptionRowView, "endsAt" | "firstGrantedAt" | "state"> }) {
  if (endsAt === null) return <NotKnown>no end named</NotKnown>;
  if (!OVER.has(state)) return <Time at={endsAt} isStacked />;
  return (
    <span className={styles.over}>
      {firstGrantedAt === null ? "asked until" : "granted until"} <Time at={endsAt} only="instant" />
    </span>
  );
}
