/** The read-back: is our grant there, and is the subject let through at all. Pure. */
import { addDuration, duration, type Instant, latest } from "../../kernel/time.ts";
import type { GrantOrder, ReadBack } from "../port.ts";
import { type Directory, everyoneIn, isOver, type Opening, openingsNow, policyOf, subjectOf } from "./directory.ts";
import { grantKey } from "./naming.ts";

/** Sessions of the fictional applications last an hour. */
export const SESSION_SECONDS = 3600;
const SESSION = duration(`PT${SESSION_SECONDS}S`);

export function sessionsEndBy(from: Instant): Instant {
  return addDuration(from, SESSION);
}

export function readIn(directory: Directory, order: GrantOrder, now: Instant): ReadBack {
  if (policyOf(order.policy) === undefined) {
    return { configured: false, effective: "unknown", otherWays: [], evidence: { policy: `${order.policy} is not governed` }, readAt: now };
  }
  const { key, name } = order.subject;
  if (subjectOf(directory, key) === undefined) {
    return { configured: false, effective: false, otherWays: [], evidence: { subject: `${name} is gone` }, readAt: now };
  }
  const ways = openingsNow(directory, now).filter((opening) => opening.policy === order.policy && isFor(directory, opening, key));
  const ownKey = grantKey(order.policy, order.ref, key);
  const own = ways.find((opening) => opening.key === ownKey);
  const others = ways.filter((opening) => opening !== own);
  const effective = ways.some(({ from }) => from === undefined || from <= now);
  const residualUntil = effective ? undefined : residualOf(directory, order, now);
  return {
    configured: own !== undefined,
    effective,
    otherWays: others.map((opening) => wayOf(opening, key)),
    evidence: { openings: ways.length === 0 ? "none" : ways.map(({ seen }) => seen).join("; "), ...(own?.until && { until: own.until }) },
    ...(residualUntil !== undefined && { residualUntil }),
    readAt: now,
  };
}

function isFor(directory: Directory, { subject }: Opening, key: string): boolean {
  return subject === key || everyoneIn(directory, subject).has(key);
}

function wayOf({ key, ref, seen, by, subject }: Opening, reader: string): ReadBack["otherWays"][number] {
  const through = subject === reader ? "" : `, through ${subject}`;
  if (ref !== undefined) return { key, words: `exception ${ref}${through}`, grantRef: ref };
  return { key, words: `${seen}, made by ${by}${through}` };
}

/** Whoever came in just before the last way was closed may still be in. */
function residualOf(directory: Directory, { policy, subject }: GrantOrder, now: Instant): Instant | undefined {
  const concerns = (entry: { policy?: string | undefined; subject?: string | undefined }) =>
    entry.policy === policy && (entry.subject === subject.key || everyoneIn(directory, entry.subject ?? "").has(subject.key));
  const closed = [
    ...directory.changes.filter((change) => change.action === "removed" && concerns(change)).map(({ at }) => at),
    ...directory.openings.filter((opening) => isOver(opening, now) && concerns(opening)).map(({ until }) => until ?? now),
  ];
  const [first, ...more] = closed;
  if (first === undefined) return undefined;
  const end = sessionsEndBy(more.reduce(latest, first));
  return end > now ? end : undefined;
}
