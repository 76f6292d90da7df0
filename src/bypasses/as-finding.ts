/** A way past strong sign-in that nobody answers for, as a finding. Pure. */
import { FORMS } from "../discovery/forms.ts";
import type { FindingSeen } from "../findings/finding.ts";
import type { PersonId } from "../people/person.ts";
import { type Bypass, isOpen } from "./bypass.ts";

/** The time to claim, in days. */
const DAYS = 3;

export interface Answering {
  /** What people call the connection. */
  readonly connection: string;
  /** Who owns what the bypass weakens; null where nobody or several do. */
  readonly owner: PersonId | null;
}

/** Undefined for one that somebody answers for, or that is not there any more. */
export function findingOf(bypass: Bypass, { connection, owner }: Answering): FindingSeen | undefined {
  if (!isOpen(bypass)) return undefined;
  const { id, seen } = bypass;
  return {
    kind: "unregisteredBypass",
    key: id,
    subject: { kind: "bypass", id },
    statement: `${seen.subject.name} has a way past strong sign-in at ${connection} that nobody answers for: ${FORMS[seen.form].title.toLowerCase()}.`,
    owner,
    dueInDays: DAYS,
    severity: seen.critical ? "critical" : seen.opens === false ? "medium" : "high",
  };
}
