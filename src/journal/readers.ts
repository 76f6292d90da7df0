import { JOURNAL_READERS } from "./contract.ts";

/** What everybody signed in may read of: the register is open inside the organisation, people and their sessions are not. */
const OPEN_KINDS: ReadonlySet<string> = new Set(["exception", "connection", "application", "deviceClass", "policy", "designIssue"]);

/** Whoever may see what locks the organisation out. */
const MODEL_READERS = ["network_security", "endpoint", "security_architecture", "site_operations", "operations", "application_owner"];

/** What some read beside those who read the journal: exactly those who may list it; a test holds this to the contracts. */
const ALSO_READ: Readonly<Record<string, readonly string[]>> = {
  bypass: ["application_owner"],
  riskAcceptance: ["application_owner"],
  component: MODEL_READERS,
  commonCause: MODEL_READERS,
  operation: MODEL_READERS,
  finding: ["application_owner"],
};

/** True when somebody with these roles may know what happened to subjects of this kind. */
export function mayReadKind(kind: string, roles: readonly string[]): boolean {
  return OPEN_KINDS.has(kind) || [...JOURNAL_READERS, ...(ALSO_READ[kind] ?? [])].some((role) => roles.includes(role));
}
