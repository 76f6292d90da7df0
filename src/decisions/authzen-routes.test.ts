import { connect, type Socket } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rulesThat, type ServedDecisionPoint, serveDecisionPoint, snapshotOf } from "../../test/support/decision-point.ts";
import { OPEN } from "./admission.ts";
import { type CallerFound, UNBOUNDED } from "./caller.ts";

const ASKED = { subject: { type: "user", id: "alice" }, action: { name: "read" }, resource: { type: "record", id: "record-1" } };
const rules = rulesThat(({ subject, action }) => subject.id === "alice" && action.name === "read");

let point: ServedDecisionPoint;
beforeAll(async () => {
  point = await serveDecisionPoint({ snapshot: () => snapshotOf([rules, { ...rules, name: "other" }]) });
});
afterAll(() => point.stop());

describe("a question", () => {
  test("is answered with the decision, the reason and what it rests on", async () => {
    const answered = await point.ask("/access/v1/evaluation", ASKED);
    expect(answered.status).toBe(200);
    expect(answered.headers["content-type"]).toBe("application/json");
    expect(answered.body).toEqual({
      decision: true,
      context: {
        reason: { code: "permitted_by_rule", words: "A rule permits it." },
        rule: "given",
        snapshot: { sequence: 7, age: expect.any(Number) },
      },
    });
    const denied = await point.ask("/access/v1/evaluation", { ...ASKED, subject: { type: "user", id: "bob" } });
    expect(denied.body).toMatchObject({ decision: false, context: { reason: { code: "nothing_permits" } } });
  });

  test("is answered by the rule set in its address", async () => {
    expect((await point.ask("/rules/other/access/v1/evaluation", ASKED)).body).toMatchObject({ decision: true });
    expect((await point.ask("/rules/nobody/access/v1/evaluation", ASKED)).status).toBe(404);
    expect((await point.ask("/rules/default/access/v1/evaluation", ASKED)).status).toBe(404);
  });

  test("gets its request id back, as it was sent, also where it is refused", async () => {
    const headers = { "X-Request-ID": "bfe9eb29 ab87/=?" };
    for (const body of [ASKED, "no json"]) {
      expect((await point.ask("/access/v1/evaluation", body, { headers })).headers["x-request-id"]).toBe("bfe9eb29 ab87/=?");
    }
    expect((await point.ask("/access/v1/evaluation", ASKED)).headers).not.toHaveProperty("x-request-id");
    const long = await point.ask("/access/v1/evaluation", ASKED, { headers: { "X-Request-ID": "x".repeat(257) } });
    expect([long.status, long.body["title"]]).toEqual([400, "decisions.requestIdInvalid"]);
  });

  test.each([
    ["nothing", "", {}, 400, "http.malformedJson"],
    ["half of JSON", '{"subject":', {}, 400, "http.malformedJson"],
    ["a list", "[]", {}, 400, "decisions.invalidQuestion"],
    ["null", "null", {}, 400, "decisions.invalidQuestion"],
    ["a form", JSON.stringify(ASKED), { "Content-Type": "application/x-www-form-urlencoded" }, 400, "http.contentType"],
    ["no type at all", JSON.stringify(ASKED), { "Content-Type": undefined }, 400, "http.contentType"],
    ["another JSON", JSON.stringify(ASKED), { "Content-Type": "application/json-patch+json" }, 400, "http.contentType"],
    ["more than fits", JSON.stringify({ ...ASKED, context: { x: "y".repeat(1_100_000) } }), {}, 413, "http.bodyTooLarge"],
  ])("that is %s is refused", async (_, body, headers, status, code) => {
    const answered = await point.ask("/access/v1/evaluation", body, { headers });
    expect([answered.status, answered.body["title"]]).toEqual([status, code]);
    expect(answered.headers["content-type"]).toBe("application/problem+json");
  });

  test("may say in which characters its JSON is", async () => {
    const headers = { "Content-Type": "Application/JSON; charset=utf-8" };
    expect((await point.ask("/access/v1/evaluation", ASKED, { headers })).status).toBe(200);
  });

  test("is told all that is wrong with it at once, each with its place", async () => {
    const { status, body } = await point.ask("/access/v1/evaluation", { subject: { id: 1 }, action: {}, context: "x" });
    expect(status).toBe(400);
    expect((body["reasons"] as { at: string }[]).map(({ at }) => at)).toEqual([
      "/subject/type",
      "/subject/id",
      "/action/name",
      "/resource",
      "/context",
    ]);
  });
});

test("an address that is not there, or not for this method, says so; what is not the decision point's is left to others", async () => {
  expect((await point.ask("/access/v1/nothing", ASKED)).status).toBe(404);
  const { status, headers } = await point.ask("/access/v1/evaluation", undefined, { method: "GET" });
  expect([status, headers.allow]).toEqual([405, "POST"]);
  expect((await point.ask("/api/v1/exceptions", ASKED)).status).toBe(418);
  expect((await point.ask("/rules", ASKED)).status).toBe(418);
});

test("nobody who is not known is answered, and a decision point that has no snapshot answers nobody", async () => {
  const refused = { kind: "refused", status: 401, code: "decisions.noCallers", words: "No." } as const;
  const closed = await serveDecisionPoint({ authenticate: () => refused, snapshot: () => snapshotOf([rules]) });
  const { status, headers } = await closed.ask("/access/v1/evaluation", ASKED);
  expect([status, headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  await closed.stop();
  const early = await serveDecisionPoint({});
  const answered = await early.ask("/access/v1/evaluation", ASKED);
  expect([answered.status, answered.headers["retry-after"]]).toEqual([503, "1"]);
  await early.stop();
});

test("of whoever goes away while it is found out who they are nothing counts as open", async () => {
  let open = 0;
  const asked = Promise.withResolvers<void>();
  const known = Promise.withResolvers<void>();
  const slow = await serveDecisionPoint({
    snapshot: () => snapshotOf([rules]),
    admission: { ...OPEN, enter: () => void open++, leave: () => void open-- },
    async authenticate({ socket: theirs }): Promise<CallerFound> {
      asked.resolve();
      await new Promise((resolve) => (theirs as Socket).once("close", resolve));
      setImmediate(known.resolve);
      return { kind: "caller", caller: { name: "test", scope: UNBOUNDED } };
    },
  });
  const socket = connect(slow.port, "127.0.0.1");
  socket.write(`POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`);
  await asked.promise;
  socket.resetAndDestroy();
  await known.promise;
  expect(open).toBe(0);
  await slow.stop();
});

describe("the metadata", () => {
  test("name the base they were found under, and every endpoint below it", async () => {
    const { status, headers, body } = await point.ask("/.well-known/authzen-configuration", undefined, { method: "GET" });
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(body).toEqual({
      policy_decision_point: "https://postern.example",
      access_evaluation_endpoint: "https://postern.example/access/v1/evaluation",
      access_evaluations_endpoint: "https://postern.example/access/v1/evaluations",
      search_subject_endpoint: "https://postern.example/access/v1/search/subject",
      search_resource_endpoint: "https://postern.example/access/v1/search/resource",
      search_action_endpoint: "https://postern.example/access/v1/search/action",
    });
  });

  test("of another rule set lie where RFC 8615 puts them", async () => {
    const { body } = await point.ask("/.well-known/authzen-configuration/rules/other", undefined, { method: "GET" });
    expect(body["policy_decision_point"]).toBe("https://postern.example/rules/other");
    expect(body["access_evaluation_endpoint"]).toBe("https://postern.example/rules/other/access/v1/evaluation");
    for (const name of ["nobody", "default", "..", "%00"]) {
      expect((await point.ask(`/.well-known/authzen-configuration/rules/${name}`, undefined, { method: "GET" })).status).toBe(404);
    }
  });
});
