import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Time } from "../../parts/time.tsx";
import { Recorded } from "../../recorded.tsx";
import { titleWords } from "../../words.ts";
import styles from "./happened.module.css";

type Entry = ExceptionView["timeline"][number];

const SHOWN_AT_FIRST = 12;

/** Everything that happened, newest first, each with its proof: the time line's twin in words. */
export function Happened({ timeline }: { timeline: readonly Entry[] }) {
  const [isWhole, setWhole] = useState(false);
  const newestFirst = timeline.toReversed();
  const shown = isWhole ? newestFirst : newestFirst.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ol className={styles.happened}>
        {shown.map((entry) => (
          <li key={entry.entry}>
            <Time at={entry.at} isStacked />
            <span className={styles.lane}>{titleWords(entry.lane)}</span>
            <span className={styles.words}>
              <Recorded words={entry.words} />
              <span className={styles.actor}>
                {entry.actorName ?? (entry.actor.kind === "system" ? `by rule (${entry.actor.id})` : entry.actor.id)}
              </span>
            </span>
            <Link to="/journal/$entry" params={{ entry: entry.entry }} className={styles.proof}>
              <Icon name="chain" size={14} />
              Proof
            </Link>
          </li>
        ))}
      </ol>
      {!isWhole && timeline.length > SHOWN_AT_FIRST && <Button onClick={() => setWhole(true)}>Show all {timeline.length}</Button>}
    </>
  );
}
