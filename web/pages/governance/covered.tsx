import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { getFinding } from "../../../src/findings/contract.ts";
import { readOperationAnswer } from "../../../src/lockout/contract.ts";
import { apart } from "../../parts/apart.ts";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { ExceptionName, PersonName } from "../names.tsx";
import styles from "./governance.module.css";
import type { RiskAcceptance } from "./risks-page.tsx";

/** A critical operation by its name. Who may not read it sees the key. */
export function OperationName({ id }: { id: string }) {
  const { data } = useQuery({ ...read(readOperationAnswer, { params: { key: id } }), staleTime: Infinity, retry: false });
  return (
    <Link to="/operations/$key" params={{ key: id }}>
      {apart(data?.name ?? id)}
    </Link>
  );
}

/** A finding by what it says. Who may not read it sees the id. */
export function FindingName({ id }: { id: string }) {
  const { data } = useQuery({ ...read(getFinding, { params: { id } }), retry: false });
  return (
    <Link to="/findings/$id" params={{ id }}>
      {apart(data?.statement ?? id)}
    </Link>
  );
}

/** All that a risk is about, each leading to its page. */
export function Covered({ risk: { exceptions, designIssue, operations, lockOutSets, findings } }: { risk: RiskAcceptance }) {
  return (
    <ul className={styles.list}>
      {exceptions.map((id) => (
        <li key={id}>
          <ExceptionName id={id} />
        </li>
      ))}
      {designIssue !== null && (
        <li>
          <Link to="/issues/$id" params={{ id: designIssue }}>
            The design issue behind it
          </Link>
        </li>
      )}
      {operations.map((key) => (
        <li key={key}>
          What locks everybody out of <OperationName id={key} />
        </li>
      ))}
      {lockOutSets.map(({ operation, failures }) => (
        <li key={`${operation} ${failures.join()}`}>
          <OperationName id={operation} /> is lost when {failures.join(" and ")} {failures.length === 1 ? "fails" : "fail together"}
        </li>
      ))}
      {findings.map((id) => (
        <li key={id}>
          <FindingName id={id} />
        </li>
      ))}
    </ul>
  );
}

const WHAT = {
  changed: "is not as it was accepted",
  over: "is over",
  gone: "is there no more",
  executiveLeft: "cannot answer for it any more",
} as const;

/** Why a risk that was accepted counts for nothing now. */
export function WhyReopened({ risk: { reopened, lockOutSets } }: { risk: RiskAcceptance }) {
  if (reopened === null) return null;
  return (
    <>
      <ul className={styles.list}>
        {reopened.because.map(({ kind, id, what }) => (
          <li key={`${kind} ${id}`}>
            {kind === "exception" && <ExceptionName id={id} />}
            {kind === "operation" && <OperationName id={id} />}
            {kind === "finding" && <FindingName id={id} />}
            {kind === "person" && <PersonName id={id} />}
            {kind === "lockOutSet" && (lockOutSets.length === 0 ? id : `The set ${id}`)} {WHAT[what]}
          </li>
        ))}
      </ul>
      <p className={styles.minor}>
        Since <Time at={reopened.at} /> it counts for nothing: propose it anew as it is now, or close it with a sentence.
      </p>
    </>
  );
}
