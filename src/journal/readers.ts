import { JOURNAL_READERS } from "./contract.ts";

/** What everybody signed in may read of: the register is open inside the organisation, people and their sessions are not. */
const OPEN_KINDS: ReadonlySet<string> = new Set([
  "exception",
  "bypass",
  "connection",
  "application",
  "deviceClass",
  "policy",
  "designIssue",
]);

/** True when somebody with these roles may know what happened to subjects of this kind. */
export function mayReadKind(kind: string, roles: readonly string[]): boolean {
  return OPEN_KINDS.has(kind) || JOURNAL_READERS.some((role) => roles.includes(role));
}
