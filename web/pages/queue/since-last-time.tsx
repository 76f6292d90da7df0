import type { ReviewsView } from "../../../src/exceptions/contract-lists.ts";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Time } from "../../parts/time.tsx";
import { Used } from "../../parts/used.tsx";
import { contentFieldWords, titleWords } from "../../words.ts";
import styles from "./queue.module.css";

type Recertification = NonNullable<ReviewsView["recertification"]>;

/** What makes the answer cost a thought: what changed since a person last decided about the whole. */
export function SinceLastTime({ shown }: { shown: Recertification }) {
  const { since, changedFields, triggers, headcounts, usage, controls, milestones } = shown;
  return (
    <Facts>
      <Fact name="Last decided">
        <Time at={since} />
      </Fact>
      <Fact name="What changed in it">
        <Listed words={changedFields.map(contentFieldWords)} none="Nothing that was decided on" />
      </Fact>
      <Fact name="What happened">
        <Listed words={triggers.map(titleWords)} none="Nothing that would have woken it" />
      </Fact>
      <Fact name="Real use">
        <Used use={usage} />
      </Fact>
      <Fact name="People it lets through">
        <ul className={styles.stacked}>
          {headcounts.map(({ subject, atApproval, now }) => (
            <li key={subject}>
              {subject}: {atApproval} when approved, {now ?? <NotKnown>not counted</NotKnown>} now
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name="Controls">
        <ul className={styles.stacked}>
          {controls.map((control) => (
            <li key={control.statement}>
              {control.statement}: {control.lastResult ?? <NotKnown>never tested</NotKnown>}, counts until <Time at={control.freshUntil} />
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name="Way out">
        {milestones.of === 0 ? (
          <NotKnown>no milestones were set</NotKnown>
        ) : (
          `${milestones.due} of ${milestones.of} milestones are due by now`
        )}
      </Fact>
    </Facts>
  );
}

function Listed({ words, none }: { words: readonly string[]; none: string }) {
  if (words.length === 0) return <span className={styles.quiet}>{none}</span>;
  return (
    <ul className={styles.changed}>
      {words.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  );
}
