import { useNow } from "../now.tsx";
import styles from "./time.module.css";
import { distanceWords, instantWords, lengthWords } from "./time-words.ts";

/** A moment: distance and instant, `in 6 days · 27 Nov 09:00 UTC`. `isStacked` puts the instant on a second line, for tables. */
export function Time({ at, isStacked = false, only }: { at: string; isStacked?: boolean; only?: "distance" | "instant" }) {
  const { nowMs, zone } = useNow();
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) return <span className={styles.unreadable}>unreadable date</span>;
  const distance = distanceWords(atMs, nowMs);
  const instant = instantWords(atMs, nowMs, zone);
  if (only !== undefined) {
    return (
      <time dateTime={at} title={only === "distance" ? instant : distance}>
        {only === "distance" ? distance : instant}
      </time>
    );
  }
  return (
    <time dateTime={at} className={isStacked ? styles.stacked : styles.inline}>
      <span className={styles.distance}>{distance}</span> <span className={styles.instant}>{instant}</span>
    </time>
  );
}

/** The length between two moments; without an end it is still running. */
export function Length({ from, to }: { from: string; to?: string | undefined }) {
  const { nowMs } = useNow();
  return <span>{lengthWords((to === undefined ? nowMs : Date.parse(to)) - Date.parse(from))}</span>;
}
