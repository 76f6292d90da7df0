import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { listConnections } from "../../../src/connections/contract.ts";
import type { BoardView } from "../../../src/exceptions/contract-board.ts";
import { failureFrom } from "../../api.ts";
import { StackBar, StackKey } from "../../charts/stack-bar.tsx";
import { apart } from "../../parts/apart.ts";
import { Badge } from "../../parts/badge.tsx";
import { Failure } from "../../parts/failure.tsx";
import { lengthWords } from "../../parts/time-words.ts";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { ACCEPTED_RISKS } from "./accepted-risks.ts";
import { countWords } from "../../words.ts";
import styles from "./board.module.css";
import { coversWords } from "./risks-page.tsx";

const BANDS = { under90: "under 90 days", under180: "90 to 180", under365: "180 to 365", older: "over a year" } as const;
type Band = keyof typeof BANDS;
const BAND_KEYS = Object.keys(BANDS) as Band[];

/** A bar a row, and beside it the same in figures. */
export function Owners({ board: { owners, otherOwners } }: { board: BoardView }) {
  if (owners.length === 0) return <p>Nothing is in force: there is no way around that somebody was granted.</p>;
  const most = owners.reduce((max, { exceptions }) => Math.max(max, exceptions), 0);
  return (
    <div className={styles.frame} tabIndex={0} role="group" aria-label="Who carries the risk">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Answers for it</th>
            <td className={styles.barColumn} />
            {BAND_KEYS.map((band, i) => (
              <th key={band} scope="col" data-number>
                <StackKey part={i} />
                {BANDS[band]}
              </th>
            ))}
            <th scope="col" data-number>
              In all
            </th>
            <th scope="col" data-number>
              High risk
            </th>
            <th scope="col" data-number>
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {owners.map(({ owner, ownerName, exceptions, byAge, oldestDays, highRisk }) => (
            <tr key={owner ?? "nobody"}>
              <th scope="row">
                {owner === null ? <Badge sign={{ word: "Nobody any more", tone: "bad", shape: "alarm" }} /> : (ownerName ?? owner)}
              </th>
              <td className={styles.barColumn}>
                <StackBar parts={BAND_KEYS.map((band) => [band, byAge[band]])} most={most} />
              </td>
              {BAND_KEYS.map((band) => (
                <td key={band} data-number>
                  {byAge[band]}
                </td>
              ))}
              <td data-number>{exceptions}</td>
              <td data-number>{highRisk}</td>
              <td data-number>{lengthWords(oldestDays * 86_400_000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {otherOwners.owners > 0 && (
        <p className={styles.minor}>
          And {countWords(otherOwners.owners, "other")} with {countWords(otherOwners.exceptions, "exception")}.
        </p>
      )}
    </div>
  );
}

const RISKS_SHOWN = 8;

export function AcceptedRisks() {
  const { data, error } = useQuery(ACCEPTED_RISKS);
  if (error !== null) return <Failure error={failureFrom(error)} />;
  if (data === undefined) return <p role="status">Reading…</p>;
  const standing = data.items.filter(({ inForce }) => inForce).toSorted((a, b) => a.until.localeCompare(b.until));
  if (standing.length === 0) return <p>No executive answers for a risk beyond the caps: none is accepted now.</p>;
  return (
    <>
      <ul className={styles.risks}>
        {standing.slice(0, RISKS_SHOWN).map((risk) => (
          <li key={risk.id}>
            <Link to="/risks/$id" params={{ id: risk.id }}>
              {risk.statement}
            </Link>
            <span className={styles.minor}>
              {risk.executiveName ?? risk.executive}; {coversWords(risk)}; accepted{" "}
              {risk.accepted !== null && <Time at={risk.accepted.at} only="distance" />}; until <Time at={risk.until} only="instant" />
            </span>
          </li>
        ))}
      </ul>
      {(standing.length > RISKS_SHOWN || data.next !== undefined) && (
        <p className={styles.minor}>
          The next to end are shown. <Link to="/risks">See all</Link>
        </p>
      )}
    </>
  );
}

export function Overstays({ board: { overstays, overstaysInAll } }: { board: BoardView }) {
  if (overstays.length === 0) return <p>Nothing did: what ended was seen to be gone at once.</p>;
  return (
    <>
      <ul className={styles.risks}>
        {overstays.map(({ id, ref, title, ownerName, from, to, minutes }) => (
          <li key={`${id}${from}`}>
            <span>
              <Link to="/exceptions/$id" params={{ id: ref }}>
                {ref}
              </Link>{" "}
              {title}
            </span>
            <span className={styles.minor}>
              {to === null ? (
                <Badge sign={{ word: `Still on, for ${lengthWords(minutes * 60_000)}`, tone: "bad", shape: "alarm" }} />
              ) : (
                `${lengthWords(minutes * 60_000)} too long`
              )}
              ; {ownerName ?? "nobody"} answers
            </span>
          </li>
        ))}
      </ul>
      {overstaysInAll > overstays.length && <p className={styles.minor}>{overstaysInAll} in all; the worst are shown.</p>}
    </>
  );
}

/** What nobody has looked at. An empty list is said to be one only for what was looked for. */
export function Unknown({ board: { figures, notReadBack, recordedSince } }: { board: BoardView }) {
  const connections = useQuery(read(listConnections, {}));
  const unread = connections.data?.items.filter(({ status, isStale }) => status !== "connected" || isStale);
  const lines = [
    notReadBack > 0 && `${countWords(notReadBack, "exception")}: whether the provider holds it was not seen.`,
    figures.peopleExposed.exceptionsNotCounted > 0 &&
      `${countWords(figures.peopleExposed.exceptionsNotCounted, "exception")} in force: how many people they let through was not counted.`,
    figures.unused30Days.unknown > 0 && `${countWords(figures.unused30Days.unknown, "exception")} in force: whether they are used at all.`,
    figures.unregisteredBypasses > 0 && `${countWords(figures.unregisteredBypasses, "bypass", "bypasses")}: who wants them, and why.`,
    connections.data?.items.length === 0 && "No provider is connected: what exists there nobody has seen.",
    ...(unread ?? []).map(({ name }) => `${apart(name)}: what it holds was not read in full for an hour, or it is not connected.`),
    connections.error !== null && "Which providers were read: the list did not arrive.",
    recordedSince === null && "Everything before today: nothing was recorded yet.",
  ].filter((line) => typeof line === "string");
  if (lines.length === 0) return <p>Every provider was read, every exception was seen, counted and measured.</p>;
  return (
    <ul className={styles.unknown} data-tone="unknown">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
