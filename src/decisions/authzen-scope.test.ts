/** How far a caller's questions reach, at every endpoint: what the scope leaves out is not believed, not answered and not told. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { EMPTY_REGISTER, rulesThat, type ServedDecisionPoint, serveDecisionPoint, snapshotOf } from "../../test/support/decision-point.ts";
import { type Caller, type CallerScope, UNBOUNDED } from "./caller.ts";
import type { Question } from "./question.ts";
import type { Register } from "./register.ts";
import type { GrantTold } from "./verdict.ts";

const GRANT = { exception: "exc_1", ref: "EX-1", validUntil: "2026-12-01T00:00:00Z", owner: "per_1" } as unknown as GrantTold;

/** Ada and whoever is in the group `exempt` are let through; Bob was. */
const register: Register = {
  ...EMPTY_REGISTER,
  findSubject: (_, id) => ({ keys: [{ connection: "dir", kind: "user", key: id }], active: true }),
  look({ keys }) {
    const isLetIn = keys.some(({ kind, key }) => key === (kind === "group" ? "exempt" : "ada"));
    if (isLetIn) return { kind: "grant", grant: GRANT, obligations: [] };
    return keys.some(({ key }) => key === "bob")
      ? { kind: "none", code: "exception_ended", words: "EX-1: It has ended.", grant: GRANT }
      : { kind: "none", code: "exception_needed", words: "None." };
  },
  subjectsOn: () => ["ada", "bob", "cleo"],
};
const rules = rulesThat(() => false, { asksRegister: () => true, actions: ["sign_in", "sign_out"] });

let point: ServedDecisionPoint;
let scope: CallerScope;
const recorded: Question[] = [];
beforeAll(async () => {
  point = await serveDecisionPoint({
    snapshot: () => snapshotOf([rules, { ...rules, name: "other" }], register),
    authenticate: () => ({ kind: "caller", caller: { name: "gateway", scope } satisfies Caller }),
    decisionLog: { record: (question) => void recorded.push(question), answered: () => {} },
  });
});
afterAll(() => point.stop());
beforeEach(() => {
  recorded.length = 0;
});

const of = (id: string, properties = {}) => ({ subject: { type: "user", id, properties } });
const rest = { action: { name: "sign_in" }, resource: { type: "application", id: "wiki" } };

/** The same question alone and as an item of a batch. */
async function asked(question: object) {
  const alone = await point.ask("/access/v1/evaluation", { ...rest, ...question });
  const batch = await point.ask("/access/v1/evaluations", { ...rest, evaluations: [question, question] });
  const items = batch.body["evaluations"] as readonly Record<string, unknown>[];
  expect(items).toHaveLength(2);
  return { answers: [alone.body, ...items] as { decision: boolean; context: Record<string, unknown> }[], text: alone.text + batch.text };
}

const codes = async (question: object) =>
  (await asked(question)).answers.map(({ decision, context }) => [decision, (context["reason"] as { code: string }).code]);
const three = (decision: boolean, code: string) => [1, 2, 3].map(() => [decision, code]);

async function found(kind: string, body: object): Promise<unknown[]> {
  const { body: answer } = await point.ask(`/access/v1/search/${kind}`, { ...rest, ...body });
  return (answer["results"] as { id?: string; name?: string }[]).map(({ id, name }) => id ?? name);
}

describe("a caller that may not vouch for groups", () => {
  const exempt = { properties: { groups: ["exempt"], role: "x" } };
  test("lets nobody through by a group, whichever way it asks, and is recorded with what it was believed", async () => {
    scope = UNBOUNDED;
    expect(await codes(of("cleo", exempt.properties))).toEqual(three(true, "permitted_by_exception"));
    expect(await found("subject", { subject: { type: "user", ...exempt } })).toEqual(["ada", "bob", "cleo"]);
    scope = { ...UNBOUNDED, mayVouchForGroups: false };
    recorded.length = 0;
    expect(await codes(of("cleo", exempt.properties))).toEqual(three(false, "exception_needed"));
    expect(recorded.map(({ subject }) => subject.properties)).toEqual([{ role: "x" }, { role: "x" }, { role: "x" }]);
    expect(await found("subject", { subject: { type: "user", ...exempt } })).toEqual(["ada"]);
  });
});

describe("a caller that may not see exceptions", () => {
  test("is told nothing of one, neither where it lets through nor where it nearly did", async () => {
    scope = { ...UNBOUNDED, maySeeExceptions: false, maySeeOwners: false };
    for (const [id, decision] of [
      ["ada", true],
      ["bob", false],
    ] as const) {
      const { answers, text } = await asked(of(id));
      expect(answers.map((each) => each.decision)).toEqual([decision, decision, decision]);
      expect(text).not.toMatch(/EX-1|exc_1|per_1|"exception"/);
    }
  });

  test("or not whose it is, is told all but that", async () => {
    scope = { ...UNBOUNDED, maySeeOwners: false };
    const { answers, text } = await asked(of("ada"));
    for (const { context } of answers) expect(context["exception"]).toEqual({ ...GRANT, id: "exc_1", exception: undefined, owner: null });
    expect(text).not.toContain("per_1");
  });
});

describe("a caller that may ask about some only", () => {
  test.each<[string, Partial<CallerScope>, string]>([
    ["types of subjects", { subjects: new Set(["device"]) }, "subject"],
    ["actions", { actions: new Set(["sign_out"]) }, "subject"],
    ["resources", { resources: [{ type: "application", ids: new Set(["mail"]), prefixes: ["wiki-"] }] }, "subject"],
  ])("%s gets no answer about others, and finds nobody there", async (_, limit, kind) => {
    scope = { ...UNBOUNDED, ...limit };
    expect(await codes(of("ada"))).toEqual(three(false, "out_of_caller_scope"));
    expect((await asked(of("ada"))).text).not.toMatch(/EX-1|exc_1/);
    expect(await found(kind, { subject: { type: "user" } })).toEqual([]);
  });

  test("rule sets is refused at every address of another, whether there is one or not", async () => {
    scope = { ...UNBOUNDED, ruleSets: new Set(["other"]) };
    for (const base of ["", "/rules/nobody"]) {
      for (const what of ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"]) {
        const { status, body } = await point.ask(`${base}/access/v1/${what}`, { ...rest, ...of("ada") });
        expect([status, body["title"]]).toEqual([403, "decisions.outOfScope"]);
      }
    }
    expect((await point.ask("/rules/other/access/v1/evaluation", { ...rest, ...of("ada") })).body).toMatchObject({ decision: true });
  });
});
