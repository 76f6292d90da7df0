/** Opens a way, and takes it away again. Each gives the directory as it is then, the same one when there was nothing to do. Pure. */
import type { Instant } from "../../kernel/time.ts";
import type { GrantOrder, GrantOutcome } from "../port.ts";
import { type Change, type Directory, isOver, type Opening, policyOf } from "./directory.ts";
import { grantKey, objectOf } from "./naming.ts";
import { refusalOf } from "./subjects.ts";

/** Under this name the directory's change log shows what we did. */
export const OURSELVES = "postern";

export function grantIn(directory: Directory, order: GrantOrder, now: Instant): { directory: Directory; outcome: GrantOutcome } {
  const refusal =
    order.validUntil <= now ? `${order.ref} is over since ${order.validUntil}.` : refusalOf(directory, order.policy, order.subject);
  if (refusal !== undefined) return { directory, outcome: { outcome: "not_supported", reason: refusal } };
  const wanted = openingFor(order, now);
  const outcome: GrantOutcome = { outcome: "applied", object: wanted.object, nativeExpiry: order.validUntil };
  const before = directory.openings.find(({ key }) => key === wanted.key);
  const isThere = before !== undefined && !isOver(before, now);
  if (isThere && before.until === wanted.until && before.from === wanted.from) return { directory, outcome };
  const opening = isThere ? { ...before, from: wanted.from, until: wanted.until } : wanted;
  const openings = [...directory.openings.filter(({ key }) => key !== wanted.key), opening];
  const change = changeOf(opening, isThere ? "modified" : "added", { at: now, by: OURSELVES, ours: true });
  return { directory: { ...directory, openings, changes: [...directory.changes, change] }, outcome };
}

/** Takes away the opening with this key. */
export function withoutOpening(directory: Directory, key: string, now: Instant): Directory {
  const opening = directory.openings.find((one) => one.key === key);
  if (opening === undefined) return directory;
  const openings = directory.openings.filter((one) => one !== opening);
  const change = changeOf(opening, "removed", { at: now, by: OURSELVES, ours: true });
  return { ...directory, openings, changes: [...directory.changes, change] };
}

/** Clears away what ended by itself, and logs when it did. It let nobody through since then, cleared away or not. */
export function withoutEnded(directory: Directory, now: Instant): Directory {
  const ended = directory.openings.filter((opening) => isOver(opening, now));
  if (ended.length === 0) return directory;
  const changes = ended.map((opening) =>
    changeOf(opening, "removed", { at: opening.until ?? now, by: "expiry", ours: opening.ref !== undefined }),
  );
  return {
    ...directory,
    openings: directory.openings.filter((opening) => !ended.includes(opening)),
    changes: [...directory.changes, ...changes],
  };
}

function openingFor({ ref, policy, subject, validFrom, validUntil }: GrantOrder, now: Instant): Opening {
  const isGroup = policyOf(policy)?.shape === "group";
  return {
    key: grantKey(policy, ref, subject.key),
    form: isGroup ? "governed_group_member" : "requirement_cleared",
    policy,
    subject: subject.key,
    object: objectOf(policy, subject.name, ref),
    seen: isGroup ? `member of ${policy}-${ref}` : "strongSignIn=off",
    by: OURSELVES,
    since: now,
    ref,
    from: validFrom,
    until: validUntil,
  };
}

function changeOf({ object, policy, subject }: Opening, action: Change["action"], who: Pick<Change, "at" | "by" | "ours">): Change {
  return { object, action, ...(policy !== undefined && { policy }), subject, ...who };
}
