/** What the routes of access share: how often a stranger may try, and whose things somebody may see. */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Call, Caller } from "../platform/http.ts";
import type { Access } from "./service.ts";

/** What a stranger may call is limited per address. */
export function limitTries(access: Pick<Access, "publicLimit">, call: Call): void {
  const seconds = access.publicLimit.take(call.remoteAddress, call.now);
  if (seconds === undefined) return;
  const detail = `Too many tries from this address. Wait ${seconds} s.`;
  throw new Refused([refusal("access.tooManyTries", detail, { facts: { retryAfterSeconds: seconds } })], 429);
}

/** One's own, unless an administrator asks for somebody's. */
export function personAsked(caller: Caller, person: string | undefined): string {
  if (person === undefined || person === caller.personId) return caller.personId;
  if (caller.roles.includes("administrator")) return person;
  throw new Refused([refusal("access.personUnknown", "You see your own only.")], 404);
}
