import { useQuery } from "@tanstack/react-query";

import { readExceptionUse } from "../../../src/decisions/contract-log.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import { failureFrom } from "../../api.ts";
import { Failure } from "../../parts/failure.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { countWords } from "../../words.ts";
import styles from "./exception.module.css";

type UseView = ReplyOf<typeof readExceptionUse>;

/** What the decision point let through by it, and what it denied near it. */
export function Uses({ exception }: { exception: string }) {
  const { data: use, error } = useQuery(read(readExceptionUse, { params: { exception } }));
  if (error !== null && use === undefined) return <Failure error={failureFrom(error)} title="Its use could not be read" />;
  if (use === undefined) return null;
  return (
    <>
      <p>
        <Summary use={use} />
      </p>
      {use.callers.length > 0 && (
        <ul className={styles.quiet}>
          {use.callers.map(({ caller, times, lastAt }) => (
            <li key={caller}>
              asked by {caller}: {countWords(times, "time")}, last <Time at={lastAt} only="distance" />
            </li>
          ))}
        </ul>
      )}
      {use.attempts.length > 0 && (
        <>
          <p>Denied near it:</p>
          <ul className={styles.quiet}>
            {use.attempts.map(({ caller, code, times, lastAt }) => (
              <li key={`${caller} ${code}`}>
                {ATTEMPT_WORDS[code] ?? code}, asked by {caller}: {countWords(times, "time")}, last <Time at={lastAt} only="distance" />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const ATTEMPT_WORDS: Partial<Record<UseView["attempts"][number]["code"], string>> = {
  exception_not_started: "before it began",
  exception_ended: "after its end",
  exception_suspended: "while it was suspended",
  outside_exception_scope: "outside of what it covers",
};

function Summary({ use: { times, lastAt, isWatched } }: { use: UseView }) {
  if (lastAt !== null) {
    return (
      <>
        Used {countWords(times, "time")}, last <Time at={lastAt} />.{!isWatched && " This server is not asked about all it covers."}
      </>
    );
  }
  return isWatched
    ? "Not used, and this server is asked about all it covers."
    : "Whether it is used is not known: this server is not asked about all it covers.";
}
