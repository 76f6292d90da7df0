import { dueAfter, dueAfterChange, dueAfterReturn, type Finding, type FindingEvent } from "./finding.ts";

type Data<T extends FindingEvent["type"]> = Extract<FindingEvent, { type: T }>["data"];
type Sight = Data<"findingReopened">;

/** Folds one event. */
export function evolve(finding: Finding | undefined, event: FindingEvent): Finding {
  if (event.type === "findingOpened") return found(finding, event.data);
  if (finding === undefined) throw new RangeError(`${event.type} before findingOpened`);
  return CHANGES[event.type](finding, event.data as never);
}

/** What is the same in every state. */
function knownOf(finding: Finding) {
  const { state: _, ...rest } = finding;
  const { acceptance: __, mendedAt: ___, ...known } = rest as typeof rest & { acceptance?: unknown; mendedAt?: unknown };
  return known;
}

function found(finding: Finding | undefined, { at, ...seen }: Data<"findingOpened">): Finding {
  if (finding !== undefined) throw new RangeError("findingOpened of one that is known");
  const dueAt = dueAfter(at, seen.dueInDays);
  const owned = { owner: seen.ownerBySource, ownedSince: at, isAssigned: false };
  return { ...seen, foundAt: at, openedAt: at, reopened: 0, dueAt, ...owned, notes: [], state: "open" };
}

/** Whom the source names, unless a person said whose it is. */
function ownedBy({ isAssigned, owner, ownedSince }: Finding, { ownerBySource, at }: Sight) {
  return isAssigned || owner === ownerBySource ? { owner, ownedSince } : { owner: ownerBySource, ownedSince: at };
}

function reopened(finding: Finding, seen: Sight): Finding {
  if (finding.state !== "mended") throw new RangeError("findingReopened of one that was not mended");
  const { at, ...sight } = seen;
  const dueAt = dueAfterReturn(finding.dueAt, finding.mendedAt, at, sight.dueInDays);
  const owner = ownedBy(finding, seen).owner;
  return { ...knownOf(finding), ...sight, owner, ownedSince: at, openedAt: at, reopened: finding.reopened + 1, dueAt, state: "open" };
}

function changed(finding: Finding, seen: Sight): Finding {
  if (finding.state === "mended") throw new RangeError("findingChanged of one that was mended");
  const { at, ...sight } = seen;
  return { ...finding, ...sight, ...ownedBy(finding, seen), dueAt: dueAfterChange(finding.dueAt, at, sight.dueInDays) };
}

const CHANGES: { [T in Exclude<FindingEvent["type"], "findingOpened">]: (finding: Finding, data: Data<T>) => Finding } = {
  findingReopened: reopened,
  findingChanged: changed,
  findingMended(finding, { at }) {
    if (finding.state === "mended") throw new RangeError("findingMended twice");
    return { ...knownOf(finding), state: "mended", mendedAt: at };
  },
  findingAccepted(finding, acceptance) {
    if (finding.state === "mended") throw new RangeError("findingAccepted of one that was mended");
    return { ...knownOf(finding), state: "accepted", acceptance };
  },
  /** It is as it was found, with the whole time to mend it: nobody could work at it meanwhile. */
  findingNotAccepted(finding, { at }) {
    if (finding.state !== "accepted") throw new RangeError("findingNotAccepted of one that was not accepted");
    return { ...knownOf(finding), openedAt: at, dueAt: dueAfter(at, finding.dueInDays), state: "open" };
  },
  findingAssigned(finding, { owner, ...note }) {
    if (finding.state === "mended") throw new RangeError("findingAssigned of one that was mended");
    return { ...finding, owner, ownedSince: note.at, isAssigned: true, notes: [...finding.notes, note] };
  },
  findingOwnerLeft(finding, { at }) {
    if (finding.state === "mended" || !finding.isAssigned) throw new RangeError("findingOwnerLeft of one that nobody was given");
    return { ...finding, owner: finding.ownerBySource, ownedSince: at, isAssigned: false };
  },
  findingNoted: (finding, note) => ({ ...finding, notes: [...finding.notes, note] }),
};
