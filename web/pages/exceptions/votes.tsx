import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Hash } from "../../parts/facts.tsx";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import { signOf, VOTE_SIGNS } from "../../signs.ts";
import { durationWords, roleWords, rolesWords } from "../../words.ts";
import styles from "./votes.module.css";

type Version = ExceptionView["versions"][number];
type Vote = Version["votes"][number];

/** Votes as they were cast, void ones included: nothing that was decided disappears. */
export function Votes({ version }: { version: Version }) {
  if (version.votes.length === 0) return <p className={styles.none}>Nobody has voted on this version yet.</p>;
  return (
    <ul className={styles.votes}>
      {version.votes.map((vote) => (
        <li key={`${vote.person}${vote.at}`} data-void={vote.discounted !== null || undefined}>
          <VoteLine vote={vote} />
        </li>
      ))}
    </ul>
  );
}

function VoteLine({ vote }: { vote: Vote }) {
  return (
    <>
      <p className={styles.line}>
        <Badge sign={signOf(VOTE_SIGNS, vote.decision)} />
        <strong>{vote.personName ?? vote.person}</strong>
        <span>
          for {roleWords(vote.seat)}
          {vote.onBehalfOf !== null && ", as a delegate"}
        </span>
        <Time at={vote.at} />
      </p>
      {vote.reason !== "" && <blockquote>{vote.reason}</blockquote>}
      {vote.discounted !== null && (
        <p className={styles.void}>
          Does not count any more: {vote.discounted.why} (<Time at={vote.discounted.at} />)
        </p>
      )}
      <p className={styles.proof}>
        Signed over <Hash value={vote.contentHash} />
      </p>
    </>
  );
}

/** `any 2 of them` is a quorum; the other rules explain themselves. */
function Rule({ words }: { words: string }) {
  return /^any \d/.test(words) ? <Term means={MEANS.quorum}>{words}</Term> : words;
}

/** The stages of approval, and whom the open one waits for. */
export function Stages({ approval }: { approval: NonNullable<ExceptionView["approval"]> }) {
  return (
    <ol className={styles.stages}>
      {approval.stages.map((stage, i) => (
        <li key={stage.order} aria-current={i === approval.stage ? "step" : undefined} data-past={i < approval.stage || undefined}>
          <strong>{rolesWords(stage.roles, stage.rule.startsWith("all") ? "and" : "or")}</strong>
          <span>
            <Rule words={stage.rule} />, within {durationWords(stage.answerWithin)}
            {i === approval.stage && approval.awaits.length > 0 && `; waits for ${rolesWords(approval.awaits, "and")}`}
            {i < approval.stage && "; done"}
          </span>
        </li>
      ))}
    </ol>
  );
}
