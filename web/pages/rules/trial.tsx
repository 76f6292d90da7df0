import type { TrialView } from "../../../src/decisions/contract-rules.ts";
import { Notice } from "../../parts/notice.tsx";
import { listWords } from "../../words.ts";
import styles from "./rules.module.css";

type Example = TrialView["examples"][number];

const CHANGE_WORDS: Readonly<Record<Example["change"], string>> = {
  denyToPermit: "would be permitted, and are denied now",
  permitToDeny: "would be denied, and are permitted now",
  needsException: "would depend on an exception where they do not now, or the other way round",
  otherRule: "would be decided by another rule, with the same result",
  otherObligations: "would be permitted with other obligations",
};
const CHANGES = Object.keys(CHANGE_WORDS) as Example["change"][];

/** What the text would change of the questions that were asked lately: the sums, then some of each kind. */
export function Trial({ trial: { of, counts, examples, newlyRead } }: { trial: TrialView }) {
  const touched = CHANGES.filter((change) => counts[change] > 0);
  return (
    <>
      {of === 0 && (
        <Notice tone="unknown" title="Nothing was asked of it lately">
          The newest answers of the log are to no whole question of this rule set, so that nothing can be said of what would change.
        </Notice>
      )}
      {of > 0 && touched.length === 0 && <Notice tone="ok" title={`None of the ${of} newest questions would be answered differently`} />}
      {touched.length > 0 && (
        <Notice tone="wait" title={`Of the ${of} newest questions:`}>
          <ul>
            {touched.map((change) => (
              <li key={change}>
                {counts[change]} {CHANGE_WORDS[change]}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {newlyRead.length > 0 && (
        <Notice tone="unknown" title="Some of it cannot be known">
          Questions were logged without {listWords(newlyRead.map(({ of: holder, name }) => `${holder} ${name}`))}, which only this text
          looks at. From the change on they are kept.
        </Notice>
      )}
      <ul className={styles.examples} aria-label="Questions that would be answered differently">
        {examples.map((example, i) => (
          <li key={`${example.change} ${i}`}>
            <span>{questionWords(example.question)}</span>
            <AnswerWords when="Now" answer={example.before} />
            <AnswerWords when="Then" answer={example.after} />
          </li>
        ))}
      </ul>
    </>
  );
}

function AnswerWords({ when, answer: { permit, rule, words } }: { when: string; answer: Example["before"] }) {
  return (
    <span className={styles.quiet}>
      {when} {permit ? "permitted" : "denied"}
      {rule !== null && (
        <>
          {" "}
          by <bdi>{rule}</bdi>
        </>
      )}
      : <bdi>{words}</bdi>
    </span>
  );
}

/** Who, what, on what: a question is JSON whose shape the contract leaves open. */
function questionWords(question: unknown) {
  const { subject, action, resource } = question as Record<string, { type?: string; id?: string; name?: string } | undefined>;
  return (
    <>
      <bdi>{`${subject?.type} ${subject?.id}`}</bdi> <bdi>{action?.name}</bdi> <bdi>{`${resource?.type} ${resource?.id}`}</bdi>
    </>
  );
}
