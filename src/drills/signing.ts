/** The decision that the result of a drill is: `postern verify` holds it to its signature, to what was seen, and to what that amounts to. */
import { canonicalText } from "../kernel/canonical.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { maySign } from "./decide.ts";
import type { Concluded, Drill, Finished, Outcome, Running } from "./drill.ts";
import { FINISH_ACTION, judge, runText } from "./judge.ts";

export function signedResult(before: Drill | undefined, entry: JournalEntry, hash: Hash): SignedDecision | undefined {
  const { type, subject, data } = entry;
  if (type === "drillConcluded" && before?.state === "running") holdConcluded(before, entry, hash);
  if (type !== "drillFinished" || before?.state !== "running") return undefined;
  const { by, assertion, outcome, faults, times } = data as Finished;
  if (!maySign(before, by)) throw new RangeError(`${by} took part in what they judge, or did not observe it`);
  holdOutcome(before, { outcome, faults, times });
  return { assertion, person: by, action: FINISH_ACTION, subject, contentHash: hash(runText(before, before.run)) };
}

/** No person signed it, and none may have: it is Postern's own, of a sheet that nobody wrote on, and exactly what that amounts to. */
function holdConcluded(before: Running, { actor, data }: JournalEntry, hash: Hash): void {
  const { contentHash, outcome, faults, times } = data as Concluded;
  const { sheet, startedBy, asked } = before.run;
  if (actor.kind !== "system") throw new RangeError(`${actor.id} ended what only Postern itself ends`);
  if (!sheet.unattended || startedBy !== null || asked.some(({ by }) => by !== null))
    throw new RangeError("it ended unsigned, and people had a part in it");
  holdOutcome(before, { outcome, faults, times });
  if (contentHash !== hash(runText(before, before.run))) throw new RangeError("what it names by hash is not the run");
}

function holdOutcome({ run }: Running, { outcome, faults, times }: Outcome): void {
  if (canonicalText({ outcome, faults, times }) !== canonicalText(judge(run))) throw new RangeError("it is not what the run amounts to");
}
