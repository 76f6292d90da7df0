/** Changes that stay correct when somebody else changes the same thing meanwhile, or when they are made twice. */
import { Change } from "ldapts";

import { attribute, type LdapResult, RESULT } from "../ldap/client.ts";
import { ProviderFault } from "../port.ts";
import { byKey } from "./client.ts";
import type { Context } from "./domain.ts";
import { UAC } from "./values.ts";

const ATTEMPTS = 5;

export function adding(type: string, values: readonly string[]): Change {
  return new Change({ operation: "add", modification: attribute(type, values) });
}

export function deleting(type: string, values: readonly string[]): Change {
  return new Change({ operation: "delete", modification: attribute(type, values) });
}

/** Throws unless the write succeeded or was answered with a code that means it had been done before. */
export function expectDone(result: LdapResult, what: string, tolerated: readonly number[] = []): void {
  if (result.code === RESULT.success || tolerated.includes(result.code)) return;
  const kind = result.code === RESULT.insufficientAccess ? "denied" : "fault";
  const why = kind === "denied" ? "the account of this connection lacks the right" : `result code ${result.code}`;
  throw new ProviderFault(kind, `Could not ${what}: ${why} (${result.words}).`);
}

/** The codes of "it is there already" and "it is gone already", of Samba and Windows. What they hide is re-read by the caller. */
export const ALREADY_THERE = [RESULT.attributeOrValueExists, RESULT.entryAlreadyExists];
export const ALREADY_GONE = [RESULT.noSuchAttribute, RESULT.noSuchObject, RESULT.unwillingToPerform];

/** Puts a member into a group, by its identifier: its name may change between the reading and the writing. */
export async function putIn({ directory }: Context, groupDn: string, memberKey: string, secondsToLive?: number): Promise<void> {
  const value = secondsToLive === undefined ? byKey(memberKey) : `<TTL=${secondsToLive},${byKey(memberKey)}>`;
  expectDone(await directory.ldap.modify(groupDn, [adding("member", [value])]), `put a member into ${groupDn}`, ALREADY_THERE);
}

export async function takeOut({ directory }: Context, groupDn: string, memberKey: string): Promise<void> {
  const change = deleting("member", [byKey(memberKey)]);
  expectDone(await directory.ldap.modify(groupDn, [change]), `take a member out of ${groupDn}`, ALREADY_GONE);
}

export async function removeEntry({ directory }: Context, dn: string): Promise<void> {
  expectDone(await directory.ldap.remove(dn), `remove ${dn}`, [RESULT.noSuchObject]);
}

/**
 * Changes a single-valued attribute by naming the value it replaces, so that a change made meanwhile is never overwritten:
 * the stale writer is told (16) and reads again. `next` gives the new value, or undefined to leave it. Returns whether it was changed;
 * undefined when the object is gone.
 */
export async function compareAndSet(
  { directory }: Context,
  key: string,
  name: string,
  next: (current: string) => string | undefined,
): Promise<boolean | undefined> {
  for (let attempt = 1; ; attempt++) {
    const current = (await directory.ldap.find(byKey(key), [name]))?.text(name);
    if (current === undefined) return undefined;
    const wanted = next(current);
    if (wanted === undefined || wanted === current) return false;
    const result = await directory.ldap.modify(byKey(key), [deleting(name, [current]), adding(name, [wanted])]);
    if (result.code === RESULT.noSuchObject) return undefined;
    if (result.code !== RESULT.noSuchAttribute || attempt === ATTEMPTS) {
      expectDone(result, `change ${name} of ${key}`);
      return true;
    }
  }
}

/** Sets or clears one bit of userAccountControl. The same result as {@link compareAndSet}. */
export function setControlBit(context: Context, key: string, bit: number, on: boolean): Promise<boolean | undefined> {
  return compareAndSet(context, key, "userAccountControl", (current) => String(on ? Number(current) | bit : Number(current) & ~bit));
}

/** Demands the smart card again. The directory replaces the password by a random one as it does so. */
export function requireSmartcard(context: Context, key: string): Promise<boolean | undefined> {
  return setControlBit(context, key, UAC.smartcardRequired, true);
}
