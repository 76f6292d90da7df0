import { once } from "node:events";
import { connect } from "node:net";

import { afterEach, expect, test } from "vitest";

import { rulesThat, send, serveDecisionPoint, type ServedDecisionPoint, snapshotOf } from "../../test/support/decision-point.ts";
import { UNBOUNDED } from "./caller.ts";
import { createAdmission, SURE_A_SECOND } from "./limiter.ts";
import { NONE } from "./question.ts";

const question = { subject: { type: "user", id: "a" }, action: { name: "read" }, resource: { type: "file", id: "f" } };
const padded = (bytes: number) => JSON.stringify({ ...question, context: { pad: "x".repeat(bytes) } });
const at = { nowMs: 1_000_000, lagMs: 0 };
let served: ServedDecisionPoint;
afterEach(() => served.stop());

/** A caller is named by its header, which the test sends. */
async function serve(
  limitOf: (caller: string) => { perSecond: number; atOnce: number } | undefined = () => undefined,
  rules: Parameters<typeof rulesThat>[1] = {},
) {
  at.lagMs = 0;
  const admission = createAdmission({ nowMs: () => at.nowMs, lagMs: () => at.lagMs, limitOf });
  let authenticated = 0;
  served = await serveDecisionPoint({
    snapshot: () => snapshotOf([rulesThat(() => true, rules)]),
    admission,
    authenticate: ({ headers: { authorization = "nobody" } }) => {
      authenticated++;
      return { kind: "caller", caller: { name: authorization, scope: UNBOUNDED } };
    },
  });
  const ask = (caller: string, path = "evaluation", body: unknown = question) =>
    served.ask(`/access/v1/${path}`, body, { headers: { Authorization: caller } });
  return { ask, admission, authenticated: () => authenticated };
}

test("who asks more than their limit is told 429 and when to come again; a batch weighs what it holds, and others are answered", async () => {
  const { ask } = await serve((caller) => (caller === "a" ? { perSecond: 1, atOnce: 10 } : undefined));
  expect((await ask("a", "evaluations", { evaluations: Array.from({ length: 10 }, () => question) })).status).toBe(200);
  const away = await ask("a");
  expect([away.status, away.headers["retry-after"], away.body["type"]]).toEqual([429, "1", expect.stringContaining("tooManyQuestions")]);
  expect((await ask("b")).body["decision"]).toBe(true);
  at.nowMs += 1000;
  expect((await ask("a")).body["decision"]).toBe(true);
});

test("what cannot be read costs as much as a question, and once too much was asked nothing more is read", async () => {
  const { ask } = await serve((caller) => (caller === "a" ? { perSecond: 1, atOnce: 3 } : undefined));
  expect((await ask("a", "evaluation", "{")).status).toBe(400);
  expect((await ask("a", "evaluations", {})).status).toBe(400);
  expect((await ask("a", "search/subject", [])).status).toBe(400);
  for (const body of ["{", {}, question]) expect((await ask("a", "evaluation", body)).status).toBe(429);
  const unread = await send(served.port, "/access/v1/evaluation", undefined, {
    headers: { Authorization: "a", "Content-Length": "1000000" },
  });
  expect(unread.status).toBe(429);
  expect((await ask("b", "evaluation", "{")).status).toBe(400);
});

test("a search for too much costs what looking so far has cost", async () => {
  const many = Array.from({ length: 20_001 }, (_, i) => ({ type: "user", id: String(i), properties: NONE }));
  const { ask } = await serve((caller) => (caller === "a" ? { perSecond: 1, atOnce: 10 } : undefined), { subjects: many });
  const broad = { subject: { type: "user" }, action: { name: "read" }, resource: { type: "file", id: "f" } };
  expect((await ask("a", "search/subject", broad)).body["title"]).toBe("decisions.searchTooBroad");
  const away = await ask("a");
  expect([away.status, Number(away.headers["retry-after"])]).toEqual([429, 40 - 10 + 1]);
});

test("who comes while everything is late is told 503 at once: before it is known who they are", async () => {
  const { ask, admission, authenticated } = await serve();
  admission.admit({ name: "b", scope: UNBOUNDED }, SURE_A_SECOND);
  at.lagMs = 1000;
  const away = await ask("a");
  expect([away.status, away.headers["retry-after"], authenticated()]).toEqual([503, "1", 0]);
});

test("a request that never ends takes its caller's room until it is given up, and nobody else's", async () => {
  const { ask, admission } = await serve();
  const long = { name: "a", scope: UNBOUNDED };
  for (let i = 0; i < 1023; i++) admission.enter(long, 0);
  const open = connect(served.port, "127.0.0.1");
  open.write(
    "POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  await expect.poll(async () => (await ask("a")).status).toBe(429);
  expect((await ask("b")).status).toBe(200);
  open.destroy();
  await once(open, "close");
  await expect.poll(async () => (await ask("a")).status).toBe(200);
});

test("a body of which nobody says how long it is takes no more memory than was kept free for it", async () => {
  const { ask } = await serve();
  const chunked = { Authorization: "a", "Transfer-Encoding": "chunked" };
  expect((await send(served.port, "/access/v1/evaluation", padded(60_000), { headers: chunked })).status).toBe(200);
  const long = await send(served.port, "/access/v1/evaluation", padded(66_000), { headers: chunked });
  expect([long.status, long.body["title"], long.body["detail"]]).toEqual([
    413,
    "http.bodyTooLarge",
    expect.stringContaining("Content-Length"),
  ]);
  expect((await ask("a", "evaluation", JSON.parse(padded(66_000)))).status).toBe(200);
});

test("an answer that was sent leaves no room taken: more are answered one after the other than may be open at once", async () => {
  const { ask, admission } = await serve();
  for (let i = 0; i < 1020; i++) admission.enter({ name: "a", scope: UNBOUNDED }, 0);
  for (let i = 0; i < 20; i++)
    expect((await ask("a", i % 2 === 0 ? "evaluation" : "evaluations", i % 3 === 0 ? "{" : question)).status).not.toBe(429);
});
