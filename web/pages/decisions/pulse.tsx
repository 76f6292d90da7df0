import type { StandingView } from "../../../src/decisions/contract-log.ts";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { countWords } from "../../words.ts";
import { msWords } from "./decision-words.ts";
import styles from "./decisions.module.css";

/** Rate and latency of the last minute, what answers are made of, and what the log lost. */
export function Pulse({ standing }: { standing: StandingView | undefined }) {
  if (standing === undefined) return <p className={styles.waiting} aria-busy />;
  const { here } = standing;
  const all = here.permits + here.denials;
  return (
    <>
      <Losses standing={standing} />
      <div>
        <p className={styles.rate}>
          <strong>{rateWords(all / here.perSecond.length)}</strong> decisions a second
        </p>
        <Bars perSecond={here.perSecond} />
        <p className={styles.quiet}>the last minute, on the replica that answers you</p>
      </div>
      <Facts isTight>
        <Fact name="Permitted">
          {here.permits} of {all}
        </Fact>
        <Fact name="Half take">{msWords(here.p50Ms)}</Fact>
        <Fact name="99 of 100 take">{msWords(here.p99Ms)}</Fact>
        <Fact name="Made of">
          <Snapshot here={here} />
        </Fact>
        <Fact name="The log keeps">{keepsWords(standing)}</Fact>
        <Fact name="Lost">{standing.lost === 0 ? "nothing in seven days" : `${standing.lost} in seven days`}</Fact>
      </Facts>
    </>
  );
}

function rateWords(perSecond: number): string {
  return perSecond >= 10 || perSecond === 0 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}

function keepsWords({ setting: { kind, every }, keepDays }: StandingView): string {
  if (kind === "off") return "nothing; all is counted";
  const what = kind === "full" ? "every answer" : `denials, exceptions, and 1 in ${every} others`;
  return `${what}, for ${countWords(keepDays, "day")}`;
}

function Snapshot({ here: { snapshot } }: { here: StandingView["here"] }) {
  if (snapshot === null) return <NotKnown>nothing is loaded yet</NotKnown>;
  const { sequence, grants, ageMs, maxAgeMs } = snapshot;
  const age = ageMs < 1000 ? "less than a second" : countWords(Math.floor(ageMs / 1000), "second");
  return (
    <>
      {countWords(grants, "grant")}, journal up to {sequence}, heard of {age} ago; denies after {countWords(maxAgeMs / 1000, "second")}
    </>
  );
}

function Losses({ standing: { here, cutOff } }: { standing: StandingView }) {
  return (
    <>
      {here.failingSince !== null && (
        <Notice tone="bad" title="The log cannot be written">
          Since <Time at={here.failingSince} />. Questions are answered all the same; {here.waiting} answers wait to be written.
        </Notice>
      )}
      {here.lost > 0 && (
        <Notice tone="wait" title={`${here.lost} answers found no room in the log`}>
          They were answered and counted, and are not in the list below.
        </Notice>
      )}
      {cutOff[0] !== undefined && (
        <Notice
          tone="unknown"
          title={`${cutOff.length === 1 ? "A replica" : `${cutOff.length} replicas`} fell silent without an orderly end`}
        >
          {cutOff.length === 1 ? "Heard of last" : "The last was heard of"} <Time at={cutOff[0].heardAt} />. What was not written by then, a
          second of answers as a rule, is lost.
        </Notice>
      )}
    </>
  );
}

const WIDTH = 180;
const HEIGHT = 36;

/** What it shows is said in figures beside it. */
function Bars({ perSecond }: { perSecond: readonly number[] }) {
  const most = Math.max(1, ...perSecond);
  const step = WIDTH / perSecond.length;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" className={styles.bars}>
      {perSecond.map((count, i) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
        // oxlint-disable-next-line react/no-array-index-key -- a bar is its place in the minute
        return <rect key={i} x={i * step} y={HEIGHT - height} width={step - 0.75} height={height} />;
      })}
    </svg>
  );
}
