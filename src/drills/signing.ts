/** The decision that the result of a drill is: `postern verify` holds it to its signature, to what was seen, and to what that amounts to. */
import { canonicalText } from "../kernel/canonical.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { maySign } from "./decide.ts";
import type { Drill, Finished } from "./drill.ts";
import { FINISH_ACTION, judge, runText } from "./judge.ts";

export function signedResult(before: Drill | undefined, { type, subject, data }: JournalEntry, hash: Hash): SignedDecision | undefined {
  if (type !== "drillFinished" || before?.state !== "running") return undefined;
  const { by, assertion, outcome, faults, times } = data as Finished;
  if (!maySign(before, by)) throw new RangeError(`${by} took part in what they judge, or did not observe it`);
  if (canonicalText({ outcome, faults, times }) !== canonicalText(judge(before.run)))
    throw new RangeError("it is not what the run amounts to");
  return { assertion, person: by, action: FINISH_ACTION, subject, contentHash: hash(runText(before, before.run)) };
}
