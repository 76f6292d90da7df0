import type { DrillView } from "../../../src/drills/contract-views.ts";
import { useNow } from "../../now.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Section } from "../../parts/page.tsx";
import { exactWords, lengthWords } from "../../parts/time-words.ts";
import type { Sign } from "../../parts/tone.ts";
import styles from "./drills.module.css";
import { TIME_SIGNS, TIME_WORDS } from "./signs.ts";

const TIMES = ["detect", "decide", "access", "restore"] as const;
const MINUTE_MS = 60_000;

/** How long since the failure began, by the server's clock, and what was measured against its target. */
export function Clock({ drill }: { drill: DrillView }) {
  const { nowMs } = useNow();
  const { failedAt, steps, targets, amounts } = drill;
  const isMeasured = steps.some(({ marks }) => marks !== null);
  if (!isMeasured) return null;
  const passedMs = failedAt === null ? null : nowMs - Date.parse(failedAt);
  return (
    <Section title="The clock">
      <p className={styles.clock} role="timer" aria-label="Since the failure began">
        {passedMs === null ? "The failure has not begun" : drill.state === "running" ? lengthWords(Math.max(0, passedMs)) : "Stopped"}
      </p>
      <dl className={styles.times}>
        {TIMES.map((time) => {
          const [target, taken] = [targets[time], amounts?.times[time] ?? null];
          if (target === null && taken === null) return null;
          return (
            <div key={time}>
              <dt>Time {TIME_WORDS[time]}</dt>
              <dd>
                <Badge sign={timeSign(target, taken)} />{" "}
                <span className={styles.minor}>
                  {taken === null ? "" : exactWords(taken)}
                  {target === null ? "" : `${taken === null ? "" : ", "}at most ${exactWords(target * MINUTE_MS)}`}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </Section>
  );
}

function timeSign(target: number | null, taken: number | null): Sign {
  if (taken === null) return TIME_SIGNS.open;
  if (target === null) return TIME_SIGNS.free;
  return taken <= target * MINUTE_MS ? TIME_SIGNS.kept : TIME_SIGNS.missed;
}
