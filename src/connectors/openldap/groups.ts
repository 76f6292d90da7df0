/**
 * Postern's own groups: one for each policy and exception. Several instances may work on one at the same time, and administrators
 * too: every change is carried out only on the entry that was read (by its entryCSN), else it is read again.
 */
import { BerWriter, Change } from "ldapts";

import type { Instant } from "../../kernel/time.ts";
import { attribute, type LdapResult, RESULT } from "../ldap/client.ts";
import { dnValue, sameDn } from "../ldap/text.ts";
import { type GrantOrder, ProviderFault } from "../port.ts";
import type { OpenLdapPolicy } from "./config.ts";
import { type Context, findGroup, groupsBelow, onlyIf, stillHas } from "./directory.ts";
import { afterSeconds, type ExemptionGroup, lastOf, markOf, noteOf, notePrefix, secondsUntil } from "./map.ts";

/** Others may change the group between our reading and our writing, but not this often in a row. */
const TRIES = 8;
export const REFRESH = "1.3.6.1.4.1.1466.101.119.1";
/** What the server answers when the entry is not any more as it was read. */
const CHANGED_MEANWHILE: ReadonlySet<number> = new Set([
  RESULT.assertionFailed,
  RESULT.noSuchAttribute,
  RESULT.attributeOrValueExists,
  RESULT.noSuchObject,
  RESULT.entryAlreadyExists,
]);

export function ownGroupDn(policy: OpenLdapPolicy, ref: string): string {
  return `cn=${dnValue(ref)},${policy.exemptionsBase}`;
}

/** The notes about a subject in all our groups of a policy: by exception, until when. */
export async function notesOn(context: Context, policy: OpenLdapPolicy, subjectKey: string): Promise<ReadonlyMap<string, Instant>> {
  const notes = new Map<string, Instant>();
  for await (const { ref, notes: inGroup } of groupsBelow(context, policy.exemptionsBase, `(description=${notePrefix(subjectKey)}*)`)) {
    const until = inGroup.get(subjectKey);
    if (ref !== undefined && until !== undefined) notes.set(ref, until);
  }
  return notes;
}

/** Puts the subject into the exception's group, made where there is none; with `canExpire`, with an end of its own. Returns its name. */
export async function putIn(
  context: Context,
  policy: OpenLdapPolicy,
  order: GrantOrder,
  memberDn: string,
  canExpire: boolean,
): Promise<{ readonly dn: string; readonly nativeExpiry: Instant | undefined }> {
  const dn = ownGroupDn(policy, order.ref);
  const note = noteOf(order.subject.key, order.validUntil);
  for (let left = TRIES; left > 0; left--) {
    const group = await findGroup(context, dn);
    const result =
      group === undefined ? await make(context, dn, order, [note], memberDn, canExpire) : await join(context, group, order, note, memberDn);
    if (CHANGED_MEANWHILE.has(result.code)) continue;
    refuse(result, `write the group ${dn}`);
    try {
      return { dn, nativeExpiry: notAfter(await setEnd(context, dn), order) };
    } catch (error) {
      if (error instanceof TermTooLong) await putBack(context, policy, order, memberDn, group?.notes.get(order.subject.key));
      throw error;
    }
  }
  throw changesTooOften(dn);
}

/** As it was before an end that the server does not allow: a group that died long before its date would be worse than none. */
async function putBack(
  context: Context,
  policy: OpenLdapPolicy,
  order: GrantOrder,
  memberDn: string,
  before: Instant | undefined,
): Promise<void> {
  if (before === undefined) await takeOut(context, policy, order, memberDn);
  else await putIn(context, policy, { ...order, validUntil: before }, memberDn, true);
}

async function make(
  { ldap }: Context,
  dn: string,
  { ref }: GrantOrder,
  notes: readonly string[],
  member: string,
  canExpire: boolean,
): Promise<LdapResult> {
  return ldap.add(dn, {
    objectClass: ["groupOfNames", ...(canExpire ? ["dynamicObject"] : [])],
    cn: ref,
    description: [markOf(ref), ...notes],
    member,
  });
}

async function join({ ldap }: Context, group: ExemptionGroup, order: GrantOrder, note: string, memberDn: string): Promise<LdapResult> {
  const changes: Change[] = [];
  const before = group.notes.get(order.subject.key);
  if (!group.members.some((member) => sameDn(member, memberDn))) changes.push(adding(group.memberAttribute, memberDn));
  if (group.ref !== order.ref) changes.push(adding("description", markOf(order.ref)));
  if (before !== order.validUntil) {
    if (before !== undefined) changes.push(taking("description", noteOf(order.subject.key, before)));
    changes.push(adding("description", note));
  }
  if (changes.length === 0) return { code: RESULT.success, words: "" };
  return ldap.modify(group.dn, changes, [onlyIf(stillHas("entryCSN", group.csn))]);
}

/** Lets the group die by itself when the last of its notes has ended. Returns when. Throws {@link TermTooLong}. */
async function setEnd(context: Context, dn: string): Promise<Instant | undefined> {
  const { ldap, now } = context;
  const group = await findGroup(context, dn);
  const last = lastOf(group?.notes.values() ?? []);
  if (group?.isDynamic !== true || last === undefined) return undefined;
  const at = now();
  const result = await ldap.extended(REFRESH, refreshRequest(dn, Math.max(1, secondsUntil(last, at))));
  if (result.code === RESULT.sizeLimitExceeded) throw new TermTooLong();
  if (result.code !== RESULT.noSuchObject) refuse(result, `set the end of the group ${dn}`);
  const seconds = (await ldap.find(dn, ["entryTtl"]))?.text("entryTtl");
  return seconds === undefined ? undefined : afterSeconds(at, Number(seconds));
}

/** An end that comes after the order's own ends somebody else's grant in the same group, and not this one. */
function notAfter(end: Instant | undefined, { validUntil }: GrantOrder): Instant | undefined {
  return end !== undefined && end <= validUntil ? end : undefined;
}

/** RFC 2589: SEQUENCE { [0] name, [1] seconds }. */
export function refreshRequest(dn: string, seconds: number): Uint8Array {
  const [NAME, SECONDS] = [0x80, 0x81];
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeString(dn, NAME);
  writer.writeInt(seconds, SECONDS);
  writer.endSequence();
  return writer.buffer;
}

/** Takes the subject of an order out of the exception's group. False when the group was read and had nothing of it. */
export async function takeOut(
  context: Context,
  policy: OpenLdapPolicy,
  { ref, subject }: GrantOrder,
  memberDn: string | undefined,
): Promise<boolean> {
  return takeMember(context, ownGroupDn(policy, ref), true, async (group) => {
    const until = group.notes.get(subject.key);
    if (until === undefined) return undefined;
    const members = memberDn === undefined ? await danglingIn(context, group) : group.members.filter((one) => sameDn(one, memberDn));
    return { members, notes: [noteOf(subject.key, until)] };
  });
}

/** Takes a member out of any group. With `mayDelete`, a group that would be left empty is deleted: it cannot lose its last member. */
export async function takeMemberOut(
  context: Context,
  groupDn: string,
  memberDn: string,
  subjectKey: string,
  mayDelete: boolean,
): Promise<boolean> {
  return takeMember(context, groupDn, mayDelete, async ({ members, notes }) => {
    const mine = members.filter((one) => sameDn(one, memberDn));
    const until = notes.get(subjectKey);
    if (mine.length === 0) return undefined;
    return { members: mine, notes: until === undefined ? [] : [noteOf(subjectKey, until)] };
  });
}

interface Taking {
  readonly members: readonly string[];
  readonly notes: readonly string[];
}

async function takeMember(
  context: Context,
  dn: string,
  mayDelete: boolean,
  choose: (group: ExemptionGroup) => Promise<Taking | undefined>,
): Promise<boolean> {
  let done = false;
  for (let left = TRIES; left > 0; left--) {
    const group = await findGroup(context, dn);
    const taking = group === undefined ? undefined : await choose(group);
    if (group === undefined || taking === undefined) return done;
    const result = await take(context, group, taking, mayDelete);
    if (CHANGED_MEANWHILE.has(result.code)) continue;
    refuse(result, `take a member out of ${dn}`);
    done = true;
    if (group.isDynamic) await setEnd(context, dn);
  }
  throw changesTooOften(dn);
}

async function take({ ldap }: Context, group: ExemptionGroup, { members, notes }: Taking, mayDelete: boolean): Promise<LdapResult> {
  const unchanged = [onlyIf(stillHas("entryCSN", group.csn))];
  if (members.length === group.members.length) {
    if (mayDelete) return ldap.remove(group.dn, unchanged);
    throw new LastMember(group.dn);
  }
  const changes = [...members.map((member) => taking(group.memberAttribute, member)), ...notes.map((note) => taking("description", note))];
  return ldap.modify(group.dn, changes, unchanged);
}

/** The server's dds-max-ttl is shorter than the term. Never leaves the connector. */
export class TermTooLong extends Error {
  constructor() {
    super("The directory allows no entry to live that long: set dds-max-ttl 31557600 and dds-min-ttl 1, without which slapd ignores it.");
    this.name = "TermTooLong";
  }
}

/** A group that is not ours to delete and cannot be left empty. Never leaves the connector. */
export class LastMember extends Error {
  constructor(dn: string) {
    super(`It is the last member of ${dn}, which cannot be empty and is not Postern's to delete: an administrator has to.`);
    this.name = "LastMember";
  }
}

async function danglingIn(context: Context, { members }: ExemptionGroup): Promise<readonly string[]> {
  const found = await Promise.all(members.map(async (dn) => ((await context.ldap.find(dn, ["1.1"])) === undefined ? [dn] : [])));
  return found.flat();
}

export function adding(name: string, value: string): Change {
  return new Change({ operation: "add", modification: attribute(name, [value]) });
}

export function taking(name: string, value: string): Change {
  return new Change({ operation: "delete", modification: attribute(name, [value]) });
}

/** Turns what a write was answered into a fault, unless it is success. */
export function refuse({ code, words }: LdapResult, what: string): void {
  if (code === RESULT.success) return;
  const said = words === "" ? "" : ` (${words})`;
  if (code === RESULT.insufficientAccess) throw new ProviderFault("denied", `The directory does not let us ${what}${said}.`);
  throw new ProviderFault("fault", `The directory did not ${what}: result code ${code}${said}.`);
}

function changesTooOften(dn: string): ProviderFault {
  return new ProviderFault("throttled", `${dn} is changed by others all the time; it will be tried again.`);
}
