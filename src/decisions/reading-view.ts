/** Entries of the log as the API shows them, with the names people know things by. Pure. */
import type { DecisionView, DeniedView } from "./contract-log.ts";
import type { KeptQuestion } from "./kept.ts";
import type { DeniedRow, LoggedRow } from "./logged.ts";

/** Who and what a question meant, for showing; undefined where nobody knows. */
export interface Naming {
  readonly person: (id: string) => Promise<string | undefined>;
  readonly subject: (type: string, id: string) => Promise<{ readonly name: string; readonly person: string } | undefined>;
  readonly resource: (type: string, id: string) => Promise<string | undefined>;
}

type Named = Pick<LoggedRow, "subject_type" | "subject_id" | "resource_type" | "resource_id" | "code" | "question">;

export interface NamesShown {
  readonly subject: (row: Named) => string | null;
  readonly resource: (row: Named) => string | null;
}

/** Each name is looked up once, however many rows it is in. */
export async function namesOf(naming: Naming, rows: readonly Named[]): Promise<NamesShown> {
  const found = new Map<string, string | undefined>();
  for (const row of rows) {
    const [subject, resource] = [subjectKey(row), resourceKey(row)];
    if (!found.has(subject) && isPersonOfOurs(row)) found.set(subject, (await naming.subject(row.subject_type, row.subject_id))?.name);
    if (!found.has(resource)) found.set(resource, await naming.resource(row.resource_type, row.resource_id));
  }
  return {
    subject: (row) => (isPersonOfOurs(row) ? (found.get(subjectKey(row)) ?? null) : null),
    resource: (row) => found.get(resourceKey(row)) ?? null,
  };
}

/** A name of one provider's, or one that the register found nobody by, may be somebody else's among the people here. */
function isPersonOfOurs({ code, question }: Named): boolean {
  return code !== "unknown_subject" && !saysConnection(JSON.parse(question) as KeptQuestion);
}

export function saysConnection({ subject }: Pick<KeptQuestion, "subject">): boolean {
  return subject.properties?.["connection"] !== undefined;
}

const subjectKey = (row: Named) => JSON.stringify(["subject", row.subject_type, row.subject_id]);
const resourceKey = (row: Named) => JSON.stringify(["resource", row.resource_type, row.resource_id]);

export function decisionView(row: LoggedRow, names: NamesShown): DecisionView {
  const { id, at, caller, permit, code, words, rule, action, method, sequence, requestable } = row;
  return {
    id: String(id),
    at,
    caller,
    requestId: row.request_id,
    ruleSet: row.rule_set,
    permit,
    code,
    words,
    rule,
    exception: row.exception === null ? null : { id: row.exception, ref: row.exception_ref ?? row.exception },
    ...entitiesOf(row, names),
    action,
    method,
    obligations: JSON.parse(row.obligations) as DecisionView["obligations"],
    question: JSON.parse(row.question) as DecisionView["question"],
    isWhole: row.whole,
    sequence,
    ageMs: row.age_ms,
    requestable,
  };
}

export function deniedView(row: DeniedRow, names: NamesShown): DeniedView {
  const { times, lastAt, callers, action, method, code, words } = row;
  const question = JSON.parse(row.question) as DeniedView["question"];
  return { ...entitiesOf(row, names), action, method, times, lastAt, callers: [...callers], code, words, question, ruleSet: row.rule_set };
}

function entitiesOf(row: Named, names: NamesShown): Pick<DecisionView, "subject" | "resource"> {
  return {
    subject: { type: row.subject_type, id: row.subject_id, name: names.subject(row) },
    resource: { type: row.resource_type, id: row.resource_id, name: names.resource(row) },
  };
}
