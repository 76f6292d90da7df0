/** Many questions in one: what an item inherits, whose fault is whose, and where it stops. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rulesThat, type ServedDecisionPoint, serveDecisionPoint, snapshotOf } from "../../test/support/decision-point.ts";
import { MOST_QUESTIONS } from "./authzen-read.ts";

const subject = { type: "user", id: "alice", properties: { role: "clerk" } };
const action = { name: "read", properties: { soft: true } };
const resource = { type: "record", id: "r1", properties: { status: "active" } };
const rules = rulesThat((asked) => asked.resource.id !== "locked");

let point: ServedDecisionPoint;
const seen: unknown[] = [];
beforeAll(async () => {
  const decisionLog = { record: (question: unknown) => void seen.push(question), answered: () => {} };
  point = await serveDecisionPoint({ snapshot: () => snapshotOf([rules]), decisionLog });
});
afterAll(() => point.stop());

interface Item {
  readonly decision: boolean;
  readonly context: { readonly reason: { readonly code: string; readonly words: string }; readonly error?: { readonly status: number } };
}

async function ask(body: unknown) {
  const { status, body: answer } = await point.ask("/access/v1/evaluations", body);
  const items = (answer["evaluations"] ?? []) as readonly Item[];
  return { status, answer, items, decisions: items.map(({ decision }) => decision) };
}

const at = (id: string) => ({ resource: { type: "record", id } });

describe("a batch", () => {
  test("is answered in its order, one answer each", async () => {
    const { status, decisions, answer } = await ask({ subject, action, evaluations: [at("a"), at("locked"), at("c")] });
    expect([status, decisions]).toEqual([200, [true, false, true]]);
    expect(answer).not.toHaveProperty("decision");
  });

  test("gives its items what they leave out, and what they bring replaces the default as a whole", async () => {
    seen.length = 0;
    await ask({ subject, action, resource, context: { a: 1 }, evaluations: [{}, { ...at("b"), action: { name: "write" }, context: {} }] });
    expect(seen).toEqual([
      { subject, action, resource, context: { a: 1 } },
      { subject, action: { name: "write", properties: {} }, resource: { type: "record", id: "b", properties: {} }, context: {} },
    ]);
  });

  test("puts nothing together of a default and an item: half an entity is a fault of that item alone", async () => {
    const { status, items } = await ask({
      subject,
      action,
      resource: { type: "record" },
      evaluations: [{ resource: { id: "a" } }, at("a"), {}],
    });
    expect(status).toBe(200);
    expect(items.map(({ decision, context }) => [decision, context.reason.code, context.reason.words])).toEqual([
      [false, "invalid_question", "/resource/type is missing."],
      [true, "permitted_by_rule", "A rule permits it."],
      [false, "invalid_question", "/resource/id is missing."],
    ]);
    expect(items[0]!.context.error).toEqual({ status: 400, message: "/resource/type is missing." });
  });

  test.each([1, "x", null, [], [[]], { subject: 1 }, { action: [] }, { context: null }, { resource: { type: "t", id: {} } }])(
    "denies an item that is %j, and answers the others",
    async (item) => {
      const { status, decisions, items } = await ask({ subject, action, resource, evaluations: [{}, item, {}] });
      expect([status, decisions]).toEqual([200, [true, false, true]]);
      expect(items[1]!.context.reason.code).toBe("invalid_question");
    },
  );

  test.each([undefined, []])("whose list of items is %j is one question", async (evaluations) => {
    expect((await ask({ subject, action, resource, evaluations })).answer).toMatchObject({ decision: true });
    expect((await ask({ subject, action, evaluations })).status).toBe(400);
  });

  test.each([
    ["a default of a wrong type", { subject: "alice", action, resource, evaluations: [{}] }, ["/subject"]],
    ["a default with a name of a wrong type", { subject, action: { name: 1 }, resource, evaluations: [at("a")] }, ["/action/name"]],
    ["a context that is a list", { subject, action, resource, context: [], evaluations: [{}] }, ["/context"]],
    ["items that are no list", { subject, action, resource, evaluations: {} }, ["/evaluations"]],
    ["items that are null", { subject, action, resource, evaluations: null }, ["/evaluations"]],
    ["too many items", { subject, action, evaluations: Array.from({ length: MOST_QUESTIONS + 1 }, () => ({})) }, ["/evaluations"]],
    ["options that are a list", { subject, action, resource, options: [], evaluations: [{}] }, ["/options"]],
    [
      "a semantic that nobody knows",
      { subject: 1, action, resource, options: { evaluations_semantic: "any" }, evaluations: [{}] },
      ["/options/evaluations_semantic", "/subject"],
    ],
  ])("with %s is refused as a whole, and told all of it", async (_, body, places) => {
    const { status, answer } = await ask(body);
    expect(status).toBe(400);
    expect((answer["reasons"] as { at: string }[]).map((each) => each.at)).toEqual(places);
  });
});

describe("a batch stops", () => {
  const evaluations = [at("a"), at("locked"), at("c")];
  test.each([
    ["execute_all", evaluations, [true, false, true]],
    ["deny_on_first_deny", evaluations, [true, false]],
    ["permit_on_first_permit", evaluations, [true]],
    ["permit_on_first_permit", [at("locked"), at("b"), at("c")], [false, true]],
    ["deny_on_first_deny", [at("a"), {}, at("c")], [true, false]],
    ["permit_on_first_permit", [{}, at("b"), at("c")], [false, true]],
  ])("by %s of %j after %j", async (semantic, items, expected) => {
    seen.length = 0;
    const options = { evaluations_semantic: semantic, another: 1 };
    expect((await ask({ subject, action, evaluations: items, options })).decisions).toEqual(expected);
    expect(seen.length).toBeLessThanOrEqual(expected.length);
  });
});
