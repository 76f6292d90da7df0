import type { CoveredView } from "../../../src/exceptions/contract-preview.ts";
import { NotKnown } from "../../parts/facts.tsx";
import { countWords } from "../../words.ts";
import styles from "./covered.module.css";

/** Whom the scope lets through now, by name as far as they are known. */
export function Covered({ covered, isBehind }: { covered: CoveredView | undefined; isBehind: boolean }) {
  if (covered === undefined || covered.subjects.length === 0) return null;
  const { people, subjects } = covered;
  const why = subjects.find(({ accounts }) => accounts === null)?.whyUnknown ?? "";
  return (
    <div className={styles.covered} role="status" aria-busy={isBehind}>
      {people === null ? (
        <p>
          How many people it covers is <NotKnown />
          {why !== "" && `: ${why}`}
        </p>
      ) : (
        <p>
          <strong>Covers {countWords(people, "person", "people")} now</strong>
        </p>
      )}
      <Who covered={covered} />
    </div>
  );
}

function Who({ covered: { known, knownCount, unknownAccounts } }: { covered: CoveredView }) {
  if (knownCount + unknownAccounts === 0) return null;
  const names = known.map(({ name, unit }) => (unit === null ? name : `${name} (${unit})`)).join(", ");
  const more = knownCount > known.length ? ` and ${knownCount - known.length} more` : "";
  const unknown =
    unknownAccounts === 1
      ? "1 account whose holder is not known here"
      : `${unknownAccounts} accounts whose holders are not known here, each counted as a person`;
  const parts = [`${names}${more}`, unknownAccounts > 0 ? unknown : ""].filter((part) => part !== "");
  return <p className={styles.who}>{parts.join("; ")}.</p>;
}
