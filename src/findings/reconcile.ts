/** What a look at a source means for what is stored: opened, come back, changed, mended. No event: no news. Pure. */
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { type Acceptance, daysFor, type Finding, type FindingEvent, type FindingSeen } from "./finding.ts";

type Sight = Extract<FindingEvent, { type: "findingReopened" }>["data"];

export function sightOf(seen: FindingSeen, at: Instant): Sight {
  const { subject, statement, severity, owner } = seen;
  return { subject, statement, severity, ownerBySource: owner, dueInDays: daysFor(seen), at };
}

/** Whether somebody may own a finding: is here, and not of the help desk. */
export type MayOwn = (person: PersonId) => boolean;

/** What a database keeps as a text, and a person reads to its end. */
const MOST_CHARACTERS = 2000;

/** As a source saw it, with nothing in it that could not be kept, and with no owner who can own nothing: then governance is told. */
export function asKept(seen: FindingSeen, mayOwn: MayOwn): FindingSeen {
  const { key, subject, statement, owner } = seen;
  return {
    ...seen,
    key: plain(key),
    subject: { ...subject, id: plain(subject.id) },
    statement: plain(statement.slice(0, MOST_CHARACTERS)),
    owner: owner !== null && mayOwn(owner) ? owner : null,
  };
}

/** Names come from providers: halves of characters and zeros are in some of them, and in no database. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{FFFD}");
}

/** For one that was found before; undefined `seen`: its source looked and it is not there. */
export function decideSeen(finding: Finding, seen: FindingSeen | undefined, mayOwn: MayOwn, at: Instant): readonly FindingEvent[] {
  if (seen === undefined) return finding.state === "mended" ? [] : [{ type: "findingMended", data: { at } }];
  const { isAssigned, owner } = finding;
  const hasLeft = isAssigned && owner !== null && !mayOwn(owner);
  return [...ofSight(finding, seen, at), ...(hasLeft ? [{ type: "findingOwnerLeft", data: { at } } as const] : [])];
}

function ofSight(finding: Finding, seen: FindingSeen, at: Instant): readonly FindingEvent[] {
  const sight = sightOf(seen, at);
  if (finding.state === "mended") return [{ type: "findingReopened", data: sight }];
  return isSame(finding, sight) ? [] : [{ type: "findingChanged", data: sight }];
}

function isSame(finding: Finding, { subject, statement, severity, ownerBySource, dueInDays }: Sight): boolean {
  return (
    finding.statement === statement &&
    finding.severity === severity &&
    finding.ownerBySource === ownerBySource &&
    finding.dueInDays === dueInDays &&
    finding.subject.kind === subject.kind &&
    finding.subject.id === subject.id
  );
}

/** The risk in force that accepts it, if there is one. */
export type InForce = Omit<Acceptance, "at">;

export function decideAcceptance(finding: Finding, inForce: InForce | undefined, at: Instant): readonly FindingEvent[] {
  if (finding.state === "mended") return [];
  if (finding.state === "open") return inForce === undefined ? [] : [{ type: "findingAccepted", data: { ...inForce, at } }];
  const { risk, until } = finding.acceptance;
  if (inForce === undefined) return [{ type: "findingNotAccepted", data: { risk, at } }];
  return inForce.risk === risk && inForce.until === until ? [] : [{ type: "findingAccepted", data: { ...inForce, at } }];
}

/** Of the keys that come twice in one look the first counts: each look would tell of a change else. */
export function byKey(seen: readonly FindingSeen[]): ReadonlyMap<string, FindingSeen> {
  const found = new Map<string, FindingSeen>();
  for (const each of seen) if (!found.has(each.key)) found.set(each.key, each);
  return found;
}
