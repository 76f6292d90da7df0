/** The first five minutes of the README, over HTTP, on the embedded database and the built-in example directory. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { codeOf, succeeded } from "../support/browser.ts";
import { openWholeApp, requestBody, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let connection: string;
let subject: { kind: string; key: string; name: string };
beforeAll(async () => {
  story = await openWholeApp();
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = succeeded(made).body["id"] as string;
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=viktor.petrov&policy=vpn`);
  subject = succeeded(found).body["subject"] as typeof subject;
});
afterAll(async () => {
  await story.close();
});

test("discovery shows what the directory really holds, unregistered until somebody answers for it", async () => {
  const scanned = succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
  expect(scanned.body["seen"]).toBeGreaterThan(5);
  const { items } = (await story.admin.ask("GET", "/api/v1/bypasses?status=unregistered")).body as { items: { form: string }[] };
  expect(items.length).toBe(scanned.body["found"]);
  expect(new Set(items.map((each) => each.form)).size).toBeGreaterThan(3);
});

test("an exception is requested, refused to those who may not decide, approved by two, applied, ended and seen to be gone", async () => {
  const until = addDuration(story.clock.now(), duration("P20D"));
  const submitted = await submitRequest(story, { connection, policy: "vpn", subject, until });
  expect(submitted.state).toBe("in_approval");
  expect(codeOf(await vote(story.as.rolf, submitted))).toBe("exceptions.requesterMayNotApprove");
  expect((await vote(story.as.hedi, submitted)).body["reasons"]).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: "exceptions.helpDeskMayNotApprove" })]),
  );
  succeeded(await vote(story.as.ivo, submitted));
  succeeded(await vote(story.as.nils, submitted));
  await story.app.tick.tickOnce(story.clock.now());
  const active = await story.until(
    () => show(story.as.rolf, submitted.id),
    (shown) => shown.state === "active",
    "active",
  );
  expect(active).toMatchObject({ inForce: true, observed: "present" });
  story.clock.set(until);
  succeeded(await story.as.rolf.signIn());
  expect(await show(story.as.rolf, submitted.id)).toMatchObject({ inForce: false });
  await story.moveTo(until);
  const closed = await story.until(
    () => show(story.as.rolf, submitted.id),
    (shown) => shown.state === "closed",
    "closed",
  );
  expect(closed).toMatchObject({ inForce: false, observed: "absent" });
});

test("no secret of anybody is in the log", () => {
  expect(story.logged.join("")).not.toMatch(/#[A-Za-z0-9_-]{22,}|Bearer |__Host-|"token"/);
});

test("a request about a connection that is not there is told with everything else that stands against it", async () => {
  const { rolf } = story.as;
  const nobody = { kind: "user", key: "nobody", name: "nobody" };
  const until = addDuration(story.clock.now(), duration("P20D"));
  const body = requestBody(story, { connection: "con_none", policy: "vpn", subject: nobody, until }) as { content: object };
  const content = { ...body.content, title: "" };
  const { id } = succeeded(await rolf.ask("POST", "/api/v1/exceptions", { ...body, content })).body as { id: string };
  const answer = await rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins: [] });
  expect(answer.status).toBe(422);
  const codes = (answer.body["reasons"] as { code: string }[]).map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["exceptions.fieldMissing", "exceptions.policyUnknown", "exceptions.headcountUnknown"]));
});
