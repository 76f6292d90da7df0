import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { previewModel, type PreviewView } from "../../../src/lockout/contract.ts";
import { failureFrom, type Given } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Failure } from "../../parts/failure.tsx";
import { Notice } from "../../parts/notice.tsx";
import { usePaused } from "../../paused.ts";
import { read } from "../../queries.ts";
import { countWords } from "../../words.ts";
import styles from "./operations.module.css";
import { Said } from "./said.tsx";

type Change = NonNullable<Given<typeof previewModel>["body"]>;

/**
 * What the change in the form would change, told while it is typed: tried on the model, and not kept. Undefined: it cannot be read
 * yet, and the last answer stays.
 */
export function Difference({ change }: { change: Change | undefined }) {
  const asked = usePaused(change === undefined ? undefined : JSON.stringify(change));
  const { data, error } = useQuery({
    ...read(previewModel, { body: JSON.parse(asked ?? "{}") as Change }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  if (asked !== undefined && error !== null) return <Failure error={failureFrom(error)} title="Not tried on the model" />;
  return (
    <div aria-live="polite" className={styles.difference}>
      {data !== undefined && <Told told={data} isOld={change === undefined} />}
      {data === undefined && asked !== undefined && <p className={styles.minor}>Being tried on the model…</p>}
    </div>
  );
}

function Told({ told: { words, gained, lost, touched, completeTo }, isOld }: { told: PreviewView; isOld: boolean }) {
  const tone = gained.singles > 0 ? "bad" : lost.singles > 0 ? "ok" : "idle";
  return (
    <Notice tone={tone} title={<Said sentence={words} />}>
      {touched.items.map(({ key, name, smallestBefore, smallestAfter }) => (
        <p key={key}>
          <Link to="/operations/$key" params={{ key }} target="_blank">
            {apart(name)}
          </Link>{" "}
          {survives(smallestBefore, completeTo)} now; then it {survives(smallestAfter, completeTo)}.
        </p>
      ))}
      {touched.total > touched.items.length && <p>And {countWords(touched.total - touched.items.length, "more operation")}.</p>}
      <p className={styles.minor}>
        {isOld ? "As it was before what cannot be read yet. " : ""}Complete up to {countWords(completeTo, "simultaneous failure")}.
      </p>
    </Notice>
  );
}

function survives(smallest: number | null, completeTo: number): string {
  if (smallest === 0) return "has no way in";
  const most = smallest === null ? completeTo : smallest - 1;
  const failures = most === 1 ? "any one failure" : `any ${most} failures`;
  return most === 0 ? "is lost by one failure alone" : `survives ${smallest === null ? "at least " : ""}${failures}`;
}
