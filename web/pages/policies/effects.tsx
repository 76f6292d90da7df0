import { Link } from "@tanstack/react-router";

import type { AffectedView, PolicyPreviewView } from "../../../src/exceptions/contract-policy.ts";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { listWords, rolesWords } from "../../words.ts";
import styles from "./policies.module.css";

const DEMAND_WORDS: Readonly<Record<AffectedView["unmet"][number], string>> = {
  term: "its term is longer than allowed",
  controls: "it has too few controls",
  controlTest: "a control's test is too old",
  headcount: "it covers too many people",
  requiredFields: "something that is needed is missing",
};

/** What the typed policy would do: the sum in a sentence, then each exception it touches. */
export function Effects({ preview }: { preview: PolicyPreviewView }) {
  const { faults, items, live } = preview;
  const touched = sentences(preview);
  return (
    <>
      {faults.length > 0 && (
        <Notice tone="bad" title="No policy may say this">
          <ul>
            {faults.map(({ detail, at }) => (
              <li key={`${at}${detail}`}>{detail}</li>
            ))}
          </ul>
        </Notice>
      )}
      {touched.length === 0 ? (
        <Notice tone="ok" title={`None of the ${live} that live would notice`}>
          Their ends, reviews and approvers stay as they are.
        </Notice>
      ) : (
        <Notice tone="wait" title={`Of ${live} that live:`}>
          <ul>
            {touched.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Notice>
      )}
      <ul className={styles.effects} aria-label="Exceptions it touches">
        {items.map((item) => (
          <li key={item.id}>
            <span>
              <Link to="/exceptions/$id" params={{ id: item.id }}>
                {item.ref}
              </Link>{" "}
              <bdi>{item.title}</bdi>
            </span>
            <EffectWords item={item} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** `3 would need another approver`. */
function sentences({ counts }: PolicyPreviewView): readonly string[] {
  const told: readonly [number, string][] = [
    [counts.endEarlier, "would end earlier if nobody answers"],
    [counts.endLater, "would end later if nobody answers"],
    [counts.reachLess, "could be renewed less far"],
    [counts.reachMore, "could be renewed further"],
    [counts.otherApprovers, "would need other approvers next time"],
    [counts.unmet, "would not meet a demand if asked for again"],
  ];
  return told.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`);
}

function EffectWords({ item: { silentEnd, furthestEnd, approvers, unmet } }: { item: AffectedView }) {
  return (
    <span className={styles.quiet}>
      {silentEnd !== null && (
        <span>
          Unanswered it ends <Time at={silentEnd.after} only="instant" /> instead of <Time at={silentEnd.before} only="instant" />.{" "}
        </span>
      )}
      {furthestEnd !== null && (
        <span>
          Renewed it reaches <Time at={furthestEnd.after} only="instant" /> instead of <Time at={furthestEnd.before} only="instant" />.{" "}
        </span>
      )}
      {approvers.added.length > 0 && <span>Next time {rolesWords(approvers.added, "and")} decide too. </span>}
      {approvers.removed.length > 0 && <span>{rolesWords(approvers.removed, "and")} would not be asked any more. </span>}
      {unmet.length > 0 && <span>Asked for again, {listWords(unmet.map((demand) => DEMAND_WORDS[demand]))}.</span>}
    </span>
  );
}
