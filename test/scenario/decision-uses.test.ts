/** What the register learns of what gateways asked: a use, a try outside of what an exception covers, and somebody who got in all the same. */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { DecisionView } from "../../src/decisions/contract-log.ts";
import type { FindingView } from "../../src/findings/contract.ts";
import { canonicalText } from "../../src/kernel/canonical.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { believing, type Gateway, serveGateways, type Served } from "../support/asking-gateway.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { openWholeApp, show, type Shown, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

const LONG_MS = 300_000;

let story: WholeApp;
let served: Served;
let gateway: Gateway;
let exception: Shown;

beforeAll(async () => {
  story = await openWholeApp({ decisions: believing() });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  const connection = succeeded(made).body["id"] as string;
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=jonas.keller&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const until = addDuration(story.clock.now(), duration("P60D"));
  const submitted = await submitRequest(story, { connection, policy: "vpn", subject, until });
  succeeded(await vote(story.as.ivo, submitted));
  succeeded(await vote(story.as.nils, submitted));
  await story.app.tick.tickOnce(story.clock.now());
  exception = await story.until(
    () => show(story.as.rolf, submitted.id),
    ({ state }) => state === "active",
    "active",
  );
  served = await serveGateways(story, subject.key);
  gateway = served.as("vpn gateway");
}, LONG_MS);

afterAll(async () => {
  await served.close();
  await story.close();
});

const codeOfAnswer = async (method: string): Promise<string> => {
  const { body } = await gateway.evaluate({ method });
  return (body["context"] as { reason: { code: string } }).reason.code;
};

async function tried(method: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect(await codeOfAnswer(method)).toBe("outside_exception_scope");
  await story.app.decisionLog.flush();
}

async function findings(by: Browser = story.as.ada): Promise<readonly FindingView[]> {
  return succeeded(await by.ask("GET", `/api/v1/findings?kind=deniedOutsideScope`)).body["items"] as FindingView[];
}

const logged = async (query: string): Promise<readonly DecisionView[]> =>
  succeeded(await story.as.ivo.ask("GET", `/api/v1/decisions?${query}`)).body["items"] as DecisionView[];

const hashOf = (value: unknown) => `sha256:${createHash("sha256").update(canonicalText(value)).digest("hex")}`;
const evidence = { evidence: "The gateway's own log has a session from the hotel." };
const report = (by: Browser, id: string) => by.ask("POST", `/api/v1/decisions/${id}/let-in`, evidence);

test("a use is one that was let through: tries that were denied are told beside it, and asking in the console is none", async () => {
  expect(await codeOfAnswer("password")).toBe("permitted_by_exception");
  await tried("sms", 3);
  const question = { subject: { type: "user", id: "jonas.keller" }, action: { name: "sign_in" }, resource: { type: "policy", id: "vpn" } };
  succeeded(await story.as.ivo.ask("POST", "/api/v1/decisions/explain", { question }));
  await story.app.decisionLog.flush();
  const use = succeeded(await story.as.rolf.ask("GET", `/api/v1/decisions/uses/${exception.ref}`)).body;
  expect(use).toMatchObject({
    times: 1,
    lastAt: story.clock.now(),
    isWatched: false,
    days: [{ day: "2026-03-02", times: 1 }],
    callers: [{ caller: "vpn gateway", times: 1 }],
    attempts: [{ caller: "vpn gateway", code: "outside_exception_scope", times: 3 }],
  });
});

test("what was asked about others is read by who runs, governs or audits it; for everybody else there is nothing at these addresses", async () => {
  const { rolf, hedi, ada, nils, ivo, gerda, audrey } = story.as;
  const question = { subject: { type: "user", id: "jonas.keller" }, action: { name: "sign_in" }, resource: { type: "policy", id: "vpn" } };
  const statuses = async (by: Browser) => [
    (await by.ask("GET", "/api/v1/decisions")).status,
    (await by.ask("GET", "/api/v1/decisions/denied")).status,
    (await by.ask("GET", "/api/v1/decisions/standing")).status,
    (await by.ask("POST", "/api/v1/decisions/explain", { question })).status,
  ];
  for (const by of [rolf, hedi, ada, nils]) expect(await statuses(by)).toEqual([404, 404, 404, 404]);
  for (const by of [story.admin, ivo, gerda, audrey]) expect(await statuses(by)).toEqual([200, 200, 200, 200]);
});

test("tried outside of what it covers again and again, it is one finding of its owner, never a suspension; it mends itself", async () => {
  await tried("sms", 1);
  await story.moveTo(addDuration(story.clock.now(), duration("PT20M")));
  expect(await findings(), "four tries are slips").toEqual([]);
  await tried("sms", 30);
  await story.moveTo(addDuration(story.clock.now(), duration("PT20M")));
  const [found, ...more] = await findings();
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    state: "open",
    severity: "low",
    source: "decisions",
    owner: story.idOf.ada,
    subject: { kind: "exception", id: exception.id },
    statement: `${exception.ref} was asked for outside of what it covers, again and again, and denied; asked by vpn gateway.`,
  });
  expect((await show(story.as.rolf, exception.id)).state).toBe("active");
  await story.moveTo(addDuration(story.clock.now(), duration("P9D")));
  const after = await story.until(findings, ([one]) => one?.state !== "open", "mended");
  expect(after.map(({ state }) => state)).toEqual(["mended"]);
});

test("who is not of IAM or governance reports nobody, and only a denial outside of its limits can be reported", async () => {
  await story.app.follower.catchUp();
  expect(await codeOfAnswer("password")).toBe("permitted_by_exception");
  await tried("sms", 1);
  const [outside] = await logged("code=outside_exception_scope");
  const [permitted] = await logged("code=permitted_by_exception");
  for (const by of [story.as.rolf, story.as.hedi, story.as.audrey, story.as.ada]) expect((await report(by, outside!.id)).status).toBe(404);
  expect(codeOf(await report(story.as.ivo, permitted!.id))).toBe("decisions.notOutsideScope");
  expect(codeOf(await report(story.as.ivo, "999999999"))).toBe("decisions.notFound");
  expect((await show(story.as.rolf, exception.id)).state).toBe("active");
});

test("reported to have got in all the same, it is suspended with what was seen and by whom, and the gateway denies", async () => {
  const [outside] = await logged("code=outside_exception_scope");
  expect(succeeded(await report(story.as.ivo, outside!.id)).body).toEqual({ exception: exception.id });
  await story.until(
    () => show(story.as.rolf, exception.id),
    ({ state }) => state === "suspended",
    "suspended",
  );
  expect(await codeOfAnswer("password")).toBe("exception_suspended");
  const { timeline } = succeeded(await story.as.audrey.ask("GET", `/api/v1/exceptions/${exception.id}`)).body as {
    timeline: { type: string; words: string; actor: { id: string } }[];
  };
  const told = timeline.filter(({ words }) => words.includes(evidence.evidence));
  expect(told.map(({ actor }) => actor.id)).toContain(story.idOf.ivo);
});

test("further reports while it is suspended for one add nothing; once it was let go on, the next one of the same day suspends it again", async () => {
  const dossier = async () => {
    const found = (await story.app.exceptions.store.findByRef(exception.ref))!.exception.dossier;
    return { outside: found.triggers.filter(({ kind }) => kind === "used_outside_scope").length, reviews: found.reviews };
  };
  const [, another] = await logged("code=outside_exception_scope");
  succeeded(await report(story.as.ivo, another!.id));
  const { outside, reviews } = await dossier();
  expect(outside).toBe(1);
  const review = reviews.find(({ dedupeKey }) => dedupeKey.startsWith("suspension:"))!;
  const answer = { verdict: "retain", sentence: "The gateway was mended and tested by the plant's network team." };
  const assertion = await story.as.gerda.sign("exceptions.retain", exception.id, hashOf({ review: review.id, ...answer, content: null }));
  succeeded(await story.as.gerda.ask("POST", `/api/v1/exceptions/${exception.id}/reviews/${review.id}/decide`, { ...answer, assertion }));
  await story.until(
    () => show(story.as.rolf, exception.id),
    ({ state }) => state === "active",
    "active again",
  );
  await tried("sms", 1);
  const [anew] = await logged("code=outside_exception_scope");
  succeeded(await report(story.as.ivo, anew!.id));
  await story.until(
    () => show(story.as.rolf, exception.id),
    ({ state }) => state === "suspended",
    "suspended again",
  );
  expect((await dossier()).outside).toBe(2);
});
