/** What could be asked for where an exception would lift a denial. Pure. */
import { RESOURCE_KINDS, SUBJECT_KINDS } from "../exceptions/version.ts";
import type { Instant } from "../kernel/time.ts";
import type { ExplanationView } from "./contract-log.ts";
import { attemptOf, findSubject } from "./decide.ts";
import type { Question } from "./question.ts";
import type { SubjectKey } from "./register.ts";
import type { Snapshot } from "./snapshot.ts";

type Scope = NonNullable<ExplanationView["draft"]>["scope"][number];

/** A draft of the smallest exception that would have let through; null where the question is of nothing the register can grant. */
export function draftFor(
  question: Question,
  snapshot: Snapshot,
  naming: { readonly from: Instant; readonly person: string | null; readonly subjectName: string; readonly resourceName: string },
): ExplanationView["draft"] {
  const known = findSubject(question, snapshot.register);
  const key = known?.keys.find(({ kind }) => (SUBJECT_KINDS as readonly string[]).includes(kind) && kind !== "group");
  const { type, id } = question.resource;
  const kind = RESOURCE_KINDS.find((each) => each === type);
  if (known === undefined || kind === undefined) return null;
  const { method, networks } = attemptOf(question, known);
  return {
    title: `${naming.resourceName}: ${naming.subjectName}`.slice(0, 200),
    justification: "",
    reasonClass: null,
    weakenedControl: null,
    fallbackMethodAllowed: method === null || method === "" ? null : method.slice(0, 200),
    fallbackDependencies: [],
    // Whom no provider knows by a key is for the requester to name.
    scope: key === undefined ? [] : [scopeOf(key, { kind, id }, networks, naming)],
    compensatingControls: [],
    inherentRisk: null,
    residualRisk: null,
    requestedFrom: naming.from,
    requestedUntil: null,
    exitPlan: null,
    accountability: null,
    vendorContract: null,
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
  };
}

function scopeOf(
  { connection, key, kind }: SubjectKey,
  resource: Scope["resource"],
  networks: readonly string[],
  { subjectName, person }: { readonly subjectName: string; readonly person: string | null },
): Scope {
  return {
    subject: { kind, key, name: subjectName.slice(0, 300), connection, person },
    resource,
    conditions: { networks: networks.length === 0 ? null : [...networks], deviceClasses: null, hours: null },
    ceiling: 1,
  };
}
