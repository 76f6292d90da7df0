import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { send } from "../../test/support/decision-point.ts";
import type { Admission } from "./admission.ts";
import { type CallerRefused, type CallerScope, UNBOUNDED } from "./caller.ts";
import { createAdmission } from "./limiter.ts";
import { createSnapshotPoint } from "./publish-routes.ts";

const PLACES = ["", `/files/${"a".repeat(64)}`, "/consistency/1/2", "/events"];
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A caller is named by its header, which the test sends; all have one scope. */
async function serve(scope: CallerScope, admission: Admission, refused?: CallerRefused) {
  const point = createSnapshotPoint({
    authenticate: ({ headers: { authorization = "nobody" } }) => refused ?? { kind: "caller", caller: { name: authorization, scope } },
    admission,
    publisher: { manifest: () => "a note", file: () => new Uint8Array(1), watch: () => () => undefined },
    consistency: () => Promise.resolve([]),
    onFollowed: () => undefined,
    headers: [],
    requestId: () => "1",
  });
  const server = createServer((request, response) => void point.take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (point.drain(), server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  return (caller: string, place = "") =>
    send(port, `/decisions/v1/snapshot${place}`, undefined, { method: "GET", headers: { Authorization: caller } });
}

const admissionOf = (limited: string, nowMs: () => number) =>
  createAdmission({ nowMs, lagMs: () => 0, limitOf: (name) => (name === limited ? { perSecond: 0.1, atOnce: 1 } : undefined) });

test.each(PLACES)("/snapshot%s is for callers whose scope says so, and for no other", async (place) => {
  const ask = await serve({ ...UNBOUNDED, mayReadSnapshot: false }, admissionOf("", Date.now));
  const answered = await ask("edge", place);
  expect([answered.status, answered.body["title"]]).toEqual([403, "decisions.outOfScope"]);
});

test("who cannot be known, because their issuer is silent, is told when to come again", async () => {
  const silent = { kind: "refused", status: 503, code: "decisions.issuerSilent", words: "No keys.", retryAfterSeconds: 30 } as const;
  const ask = await serve(UNBOUNDED, admissionOf("", Date.now), silent);
  const { status, headers } = await ask("edge");
  expect([status, headers["retry-after"]]).toEqual([503, "30"]);
});

test("who asks for the snapshot more than their limit is told when to come again, and has no room taken by it afterwards", async () => {
  const at = { nowMs: 1_000_000 };
  const ask = await serve(
    UNBOUNDED,
    admissionOf("edge", () => at.nowMs),
  );
  expect((await ask("edge")).status).toBe(200);
  const away = await ask("edge");
  expect([away.status, away.headers["retry-after"], away.body["title"]]).toEqual([429, "10", "decisions.tooManyQuestions"]);
  // More than one caller may have open at once.
  for (let i = 0; i < 17; i++) await Promise.all(Array.from({ length: 64 }, () => ask("edge")));
  at.nowMs += 10_000;
  expect((await ask("edge")).status).toBe(200);
});
