/**
 * The rules of questions.ts for engines that run in the process. Each twice: an exception a policy, as somebody writes it who has only
 * policies; and as the engines' authors advise, with one policy and the exceptions as data that the asking program looks up itself.
 */
import { type EntityJson, preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { newEnforcer, newModelFromString } from "casbin";

import type { Question } from "../../src/decisions/question.ts";
import { ACTION, EXCEPTIONS, type Held, held, RESISTANT } from "./questions.ts";

export interface Engine {
  readonly name: string;
  /** Decisions it is asked for in one round, that a round may take about as long as ours. */
  readonly asks: number;
  /** How many times as long as ours it is to take at least. */
  readonly limit?: number;
  permits(question: Question, nowMs: number): boolean;
}

export async function engines(from: Date): Promise<readonly Engine[]> {
  const all = Array.from({ length: EXCEPTIONS }, (_, i) => held(i, from));
  return [
    cedarByPolicies(all),
    await casbinByPolicies(all),
    cedarByData(new Map(all.map((one) => [one.subject, one]))),
    await casbinByData(new Map(all.map((one) => [keyOf(one.subject, one.application, one.method), one.until.getTime()]))),
  ];
}

const keyOf = (subject: string, application: string, method: unknown) => `${subject} ${application} ${String(method)}`;

const CEDAR_RULE = `permit(principal, action == Action::"${ACTION}", resource) when { ${JSON.stringify(RESISTANT)}.contains(context.method) };`;

function cedarByPolicies(all: readonly Held[]): Engine {
  const exceptions = all.map(
    ({ subject, application, method, until }) =>
      `permit(principal == User::"${subject}", action == Action::"${ACTION}", resource == Application::"${application}")
       when { context.method == "${method}" && context.now < ${until.getTime()} };`,
  );
  parse("policies", [CEDAR_RULE, ...exceptions].join("\n"));
  return {
    name: "cedar-wasm, a policy an exception",
    asks: 40,
    limit: 100,
    permits: (question, nowMs) => askCedar("policies", question, nowMs, []),
  };
}

function cedarByData(bySubject: ReadonlyMap<string, Held>): Engine {
  const exception = `permit(principal, action == Action::"${ACTION}", resource) when {
    principal has exception && principal.exception.application == resource && principal.exception.method == context.method
    && context.now < principal.exception.until };`;
  parse("data", [CEDAR_RULE, exception].join("\n"));
  return {
    name: "cedar-wasm, one policy over data given along",
    asks: 4000,
    permits(question, nowMs) {
      const { id } = question.subject;
      const found = bySubject.get(id);
      const entities = found === undefined ? [] : [cedarUser(found)];
      return askCedar("data", question, nowMs, entities);
    },
  };
}

function cedarUser({ subject, application, method, until }: Held): EntityJson {
  const exception = { application: { __entity: { type: "Application", id: application } }, method, until: until.getTime() };
  return { uid: { type: "User", id: subject }, attrs: { exception }, parents: [] };
}

/** Parsed once and kept by the engine: reading the policies anew for each question would be no comparison. */
function parse(name: string, policies: string): void {
  const answer = preparsePolicySet(name, { staticPolicies: policies });
  if (answer.type === "failure") throw new Error(`Cedar: ${answer.errors.map(({ message }) => message).join("; ")}`);
}

function askCedar(name: string, { subject, action, resource }: Question, nowMs: number, entities: EntityJson[]): boolean {
  const answer = statefulIsAuthorized({
    principal: { type: "User", id: subject.id },
    action: { type: "Action", id: action.name },
    resource: { type: "Application", id: resource.id },
    context: { method: action.properties["method"] as string, now: nowMs },
    preparsedPolicySetId: name,
    entities,
  });
  if (answer.type === "failure") throw new Error(`Cedar: ${answer.errors.map(({ message }) => message).join("; ")}`);
  return answer.response.decision === "allow";
}

const casbinModel = (policy: string, matcher: string) => `
[request_definition]
r = sub, obj, act, method, now
[policy_definition]
p = ${policy}
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = ${matcher}
`;

async function casbinByPolicies(all: readonly Held[]): Promise<Engine> {
  const matcher = `(p.sub == "*" || r.sub == p.sub) && (p.obj == "*" || r.obj == p.obj) && r.act == p.act && r.method == p.method && r.now < p.until`;
  const enforcer = await newEnforcer(newModelFromString(casbinModel("sub, obj, act, method, until", matcher)));
  await enforcer.addPolicies([
    ...RESISTANT.map((method) => ["*", "*", ACTION, method, `${Number.MAX_SAFE_INTEGER}`]),
    ...all.map(({ subject, application, method, until }) => [subject, application, ACTION, method, `${until.getTime()}`]),
  ]);
  return { name: "casbin, a policy an exception", asks: 40, limit: 100, permits: askCasbin(enforcer) };
}

async function casbinByData(until: ReadonlyMap<string, number>): Promise<Engine> {
  const matcher = "r.act == p.act && (r.method == p.method || excepted(r.sub, r.obj, r.method, r.now))";
  const enforcer = await newEnforcer(newModelFromString(casbinModel("act, method", matcher)));
  await enforcer.addFunction(
    "excepted",
    (subject: string, application: string, method: string, now: number) => now < (until.get(keyOf(subject, application, method)) ?? 0),
  );
  await enforcer.addPolicies(RESISTANT.map((method) => [ACTION, method]));
  return { name: "casbin, one rule and a function over data", asks: 4000, permits: askCasbin(enforcer) };
}

/** The way without promises: the faster one. */
const askCasbin =
  (enforcer: Awaited<ReturnType<typeof newEnforcer>>): Engine["permits"] =>
  ({ subject, action, resource }, nowMs) =>
    enforcer.enforceSync(subject.id, resource.id, action.name, action.properties["method"], nowMs);
