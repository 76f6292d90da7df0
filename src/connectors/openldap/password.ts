/** Locks a password and opens it again, only from the state that was read. */
import { Change } from "ldapts";

import type { Instant } from "../../kernel/time.ts";
import { attribute, RESULT } from "../ldap/client.ts";
import { ProviderFault } from "../port.ts";
import { type Context, onlyIf, stillHas } from "./directory.ts";
import { adding, refuse, taking } from "./groups.ts";
import { generalizedTimeOf, LOCKED, PASSWORD_ATTRIBUTES, type PasswordState, passwordStateOf } from "./map.ts";

const TRIES = 8;
/** The server's release has no pwdEndTime (before 2.5). */
const UNDEFINED_TYPE = 17;

/** Opens the password until an instant at the latest. Returns whether the server enforces that end itself. */
export async function openPassword(context: Context, dn: string, until: Instant): Promise<boolean> {
  const end = generalizedTimeOf(until);
  const opened = await change(context, dn, (state) => [
    ...(state.isLocked ? [taking("pwdAccountLockedTime", LOCKED)] : []),
    ...(state.endText === end ? [] : [replacing("pwdEndTime", end)]),
  ]);
  if (opened !== UNDEFINED_TYPE) return true;
  await change(context, dn, (state) => (state.isLocked ? [taking("pwdAccountLockedTime", LOCKED)] : []));
  return false;
}

/** Locks the password. False when it was read and was locked already. */
export async function lockPassword(context: Context, dn: string): Promise<boolean> {
  let wasOpen = false;
  await change(context, dn, (state) => {
    wasOpen ||= !state.isLocked;
    return [
      // A lock that slapd set after too many wrong passwords ends by itself: ours takes its place.
      ...(state.isLocked
        ? []
        : [state.lockedText === undefined ? adding("pwdAccountLockedTime", LOCKED) : replacing("pwdAccountLockedTime", LOCKED)]),
      ...(state.endText === undefined ? [] : [taking("pwdEndTime", state.endText)]),
    ];
  });
  return wasOpen;
}

/** Returns the result code: success, or that the server knows no such attribute. */
async function change(context: Context, dn: string, decide: (state: PasswordState) => readonly Change[]): Promise<number> {
  for (let left = TRIES; left > 0; left--) {
    const entry = await context.ldap.find(dn, PASSWORD_ATTRIBUTES);
    if (entry === undefined) return RESULT.success;
    const state = passwordStateOf(entry);
    const changes = decide(state);
    if (changes.length === 0) return RESULT.success;
    const asRead = `(&${stillHas("pwdAccountLockedTime", state.lockedText)}${stillHas("pwdEndTime", state.endText)})`;
    const result = await context.ldap.modify(dn, changes, [onlyIf(asRead)]);
    if (result.code === RESULT.assertionFailed || result.code === RESULT.noSuchAttribute) continue;
    if (result.code === UNDEFINED_TYPE) return UNDEFINED_TYPE;
    refuse(result, `change the password lock of ${dn}`);
    return RESULT.success;
  }
  throw new ProviderFault("throttled", `The password lock of ${dn} is changed by others all the time; it will be tried again.`);
}

function replacing(name: string, value: string): Change {
  return new Change({ operation: "replace", modification: attribute(name, [value]) });
}
