/** Denied at a gateway, asked for there, completed and approved by people, and let in by the register's grant alone (a draft profile). */
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { believing, linkAccount, putForward, serveGateways, type Gateway, type Served } from "../support/asking-gateway.ts";
import { succeeded } from "../support/browser.ts";
import type { Answered } from "../support/decision-point.ts";
import { openWholeApp, show, vote, type WholeApp } from "../support/whole-app.ts";

const LONG_MS = 300_000;

let story: WholeApp;
let served: Served;
let gateway: Gateway;
let connection: string;
let subject: { kind: string; key: string; name: string };

beforeAll(async () => {
  story = await openWholeApp({ decisions: believing({ discreet: { maySeeExceptions: false }, mute: { mayRequestAccess: false } }) });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = succeeded(made).body["id"] as string;
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=jonas.keller&policy=vpn`);
  subject = succeeded(found).body["subject"] as typeof subject;
  await linkAccount(story, "rolf", { connection, key: subject.key });
  served = await serveGateways(story, subject.key);
  gateway = served.as("vpn gateway");
}, LONG_MS);
/** The register of decisions was heard of since: by the new time it would otherwise be too old to permit or offer anything. */
async function later(length: string): Promise<void> {
  story.clock.set(addDuration(story.clock.now(), duration(length)));
  await story.app.follower.catchUp();
}

afterAll(async () => {
  await served.close();
  await story.close();
});

const contextOf = ({ body }: Answered) => body["context"] as Record<string, unknown>;
const offerOf = (answered: Answered) => contextOf(answered)["access_request"] as Record<string, string> | undefined;
const taskOf = ({ body }: Answered) =>
  body["task"] as { id: string; status: string; status_endpoint: string; links: Record<string, string> };
const pathOf = (url: string) => new URL(url).pathname;
const file = async (by = gateway, more = {}) => by.ask("/access/v1/requests", by.submission(await by.evaluate(), more));
const poll = (filed: Answered, by = gateway) => by.ask(pathOf(taskOf(filed).status_endpoint), undefined, { method: "GET" });
const waiting = async () => succeeded(await story.as.rolf.ask("GET", "/api/v1/access-requests")).body["items"] as { id: string }[];
const typeOf = ({ body }: Answered) => (body["type"] as string).replace("urn:openid:authzen:access-request:error:", "");

async function declineAll(): Promise<void> {
  for (const { id } of await waiting()) {
    succeeded(await story.as.rolf.ask("POST", `/api/v1/access-requests/${id}/decline`, { reason: "It was not me." }));
  }
}

test("the metadata says where requests go, and that it is a capability of this decision point", async () => {
  const { body } = await gateway.ask("/.well-known/authzen-configuration", undefined, { method: "GET" });
  expect(body).toMatchObject({
    access_request_endpoint: "http://localhost:8080/access/v1/requests",
    capabilities: ["urn:openid:authzen:capability:access-request"],
  });
});

test("nothing is offered where no exception may lift it, for service accounts, or to callers that may not ask", async () => {
  expect(offerOf(await gateway.evaluate())).toMatchObject({ requestable: true });
  expect(offerOf(await gateway.evaluate({ subject: "nobody.known" }))).toBeUndefined();
  expect(offerOf(await gateway.evaluate({ type: "workload" }))).toBeUndefined();
  expect(offerOf(await served.as("mute").evaluate())).toBeUndefined();
  expect((await file(served.as("mute"))).status).toBe(404);
});

test(
  "denied at the gateway, asked for, completed by the person, approved by two, let in when it is read back, and denied at its end",
  async () => {
    const denied = await gateway.evaluate();
    expect(denied.body["decision"]).toBe(false);
    const filed = await gateway.ask(
      "/access/v1/requests",
      gateway.submission(denied, { context: { business_justification: "Night shift." }, requested_access: { requested_duration: "P20D" } }),
    );
    expect(filed.status).toBe(202);
    expect(filed.headers["location"]).toBe(taskOf(filed).status_endpoint);
    expect(taskOf(filed)).toMatchObject({ status: "pending", progress: { step_name: "waiting_for_the_person" } });

    const [request] = await waiting();
    expect(request).toMatchObject({ caller: "vpn gateway", address: "10.4.0.7", networks: ["plant"], justification: "Night shift." });
    const taken = { category: "remote_access", unit: "plant" };
    const { exception } = succeeded(await story.as.rolf.ask("POST", `/api/v1/access-requests/${request!.id}/take-up`, taken)).body as {
      exception: string;
    };
    const draft = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${exception}`)).body["draft"];
    expect(draft).toMatchObject({
      justification: "Night shift.",
      weakenedControl: { connection, policy: "vpn" },
      fallbackMethodAllowed: "password",
      scope: [
        { subject: { kind: "user", key: subject.key, name: "rolf", person: story.idOf.rolf }, resource: { kind: "policy", id: "vpn" } },
      ],
      requestedUntil: addDuration(story.clock.now(), duration("P20D")),
    });
    expect(taskOf(await poll(filed))).toMatchObject({ status: "pending", progress: { step_name: "request_form" } });
    expect(await waiting()).toEqual([]);

    const submitted = await putForward(story, exception, { connection, policy: "vpn", subject, until: story.clock.now() });
    expect(taskOf(await poll(filed))).toMatchObject({ status: "pending", progress: { step_name: "approval" } });
    // Whoever it lets through decides nothing of it, nor does the gateway.
    expect((await vote(story.as.rolf, submitted)).status).toBe(422);
    succeeded(await vote(story.as.ivo, submitted));
    succeeded(await vote(story.as.nils, submitted));
    expect(taskOf(await poll(filed)).status).toBe("approved");
    expect((await gateway.evaluate()).body["decision"], "approved is no permission").toBe(false);

    await story.app.tick.tickOnce(story.clock.now());
    await story.until(
      () => show(story.as.rolf, exception),
      ({ state }) => state === "active",
      "active",
    );
    const result = (await poll(filed)).body["result"] as { mode: string; approval: { approved_until: string } };
    expect(result.mode).toBe("reevaluate");
    const permitted = await gateway.evaluate();
    expect(permitted.body["decision"]).toBe(true);
    expect(contextOf(permitted)["exception"]).toMatchObject({ validUntil: result.approval.approved_until });
    expect((await gateway.evaluate({ context: { networks: ["guest"] } })).body["decision"], "only from where it was asked").toBe(false);

    // Polled by others, it is not there; seen by those who may know of no exception, it names none.
    expect((await poll(filed, served.as("another"))).status).toBe(404);

    const until = addDuration(story.clock.now(), duration("P20D"));
    await story.moveTo(until);
    expect((await gateway.evaluate()).body["decision"]).toBe(false);
    const over = await poll(filed);
    expect(taskOf(over).status).toBe("expired");
    expect(over.body["result"]).toBeUndefined();
  },
  LONG_MS,
);

test("a denial binds: forged, changed, of another caller, too old, or about something else it is refused, and nothing is filed", async () => {
  const denied = await gateway.evaluate();
  const sent = (more: object, by = gateway) => by.ask("/access/v1/requests", by.submission(denied, more));
  const other = served.as("another");
  const offered = offerOf(denied)!;
  const mark = offered["request_context"]!;
  const denial = (more: object) => ({ denial: { decision: { decision: false }, access_request: { ...offered, ...more } } });
  const forged = `${Buffer.from(JSON.stringify(["postern-access-request-1"])).toString("base64url")}.${mark.split(".")[1]}`;
  for (const [what, answered] of Object.entries({
    ofAnother: await sent({}, other),
    forged: await sent(denial({ request_context: forged })),
    changed: await sent(denial({ request_context: `A${mark.slice(1)}` })),
    none: await sent(denial({ request_context: undefined })),
    somebodyElse: await sent({ subject: { type: "user", id: "mei.tanaka" } }),
    somethingElse: await sent({ resource: { type: "policy", id: "admin" } }),
    anotherMethod: await sent({ action: { name: "sign_in", properties: { method: "sms" } } }),
    elsewhere: await sent({ context: { ip: "10.4.0.7", networks: [] } }),
    byOtherRules: await gateway.ask("/rules/gateway/access/v1/requests", gateway.submission(denied)),
  })) {
    expect([answered.status, typeOf(answered)], what).toEqual([400, "invalid_denial_binding"]);
  }
  expect(typeOf(await sent(denial({ requestable: false })))).toBe("not_requestable");
  expect((await sent({ callback: { endpoint: "http://169.254.169.254/" } })).status).toBe(400);
  await later("PT10M");
  const late = await sent({});
  expect([late.status, typeOf(late)]).toEqual([410, "expired_denial"]);
  expect(late.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(await waiting()).toEqual([]);
});

test("filed again it is the same task; cancelled by the caller or declined by the person it is over, and stays it however often it is sent", async () => {
  const denied = await gateway.evaluate();
  const key = { headers: { "Idempotency-Key": "one" } };
  const filed = await gateway.ask("/access/v1/requests", gateway.submission(denied), key);
  const again = await file();
  expect(taskOf(again).id).toBe(taskOf(filed).id);
  expect(taskOf(await gateway.ask("/access/v1/requests", gateway.submission(denied), key)).id).toBe(taskOf(filed).id);
  const different = await gateway.ask(
    "/access/v1/requests",
    gateway.submission(denied, { requested_access: { requested_duration: "PT1H" } }),
    key,
  );
  expect([different.status, typeOf(different)]).toEqual([409, "duplicate_request"]);

  const cancel = pathOf(taskOf(filed).links["cancel"]!);
  expect((await served.as("another").ask(cancel, {})).status).toBe(404);
  const cancelled = await gateway.ask(cancel, undefined, { headers: { "Content-Length": "0" } });
  expect(taskOf(cancelled).status).toBe("cancelled");
  const twice = await gateway.ask(cancel, { comment: "again" });
  expect([twice.status, typeOf(twice)]).toEqual([409, "invalid_task_state"]);
  expect(taskOf(await gateway.ask("/access/v1/requests", gateway.submission(denied))).status).toBe("cancelled");

  const anew = await file();
  expect(taskOf(anew).id).not.toBe(taskOf(filed).id);
  await declineAll();
  expect(taskOf(await poll(anew)).status).toBe("cancelled");
  const nagging = await file();
  expect([nagging.status, typeOf(nagging)]).toEqual([409, "duplicate_request"]);
  expect((await file(served.as("another"))).status).toBe(409);
});

test(
  "however long the words of a gateway are, the draft they become can be read",
  async () => {
    await later("P2D");
    succeeded(await story.as.rolf.signIn());
    const [method, networks] = ["m".repeat(400), ["n".repeat(400), "plant"]];
    const denied = await gateway.evaluate({ method, context: { networks } });
    const said = { action: { name: "sign_in", properties: { method } }, context: { networks } };
    const filed = await gateway.ask("/access/v1/requests", gateway.submission(denied, said));
    const taken = { category: "remote_access", unit: "plant" };
    const { exception } = succeeded(await story.as.rolf.ask("POST", `/api/v1/access-requests/${taskOf(filed).id}/take-up`, taken)).body;
    const { draft } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${exception as string}`)).body as { draft: object };
    expect(draft).toMatchObject({ fallbackMethodAllowed: null, scope: [{ conditions: { networks: ["plant"] } }] });
  },
  LONG_MS,
);

test("somebody else's request is nobody's: not to read, not to take up, not to decline", async () => {
  await later("P2D");
  succeeded(await story.as.rolf.signIn());
  succeeded(await story.as.hedi.signIn());
  const filed = await file();
  const id = taskOf(filed).id;
  const take = { category: "remote_access", unit: "plant" };
  expect((await story.as.hedi.ask("POST", `/api/v1/access-requests/${id}/take-up`, take)).status).toBe(404);
  expect((await story.as.hedi.ask("POST", `/api/v1/access-requests/${id}/decline`, { reason: "no" })).status).toBe(404);
  expect(succeeded(await story.as.hedi.ask("GET", "/api/v1/access-requests")).body["items"]).toEqual([]);
  await declineAll();
});

test("a caller that runs wild is sent away, with the time after which to ask again, and a person is not buried", async () => {
  await later("P2D");
  succeeded(await story.as.rolf.signIn());
  const wild = served.as("wild");
  const statuses = new Map<string, number>();
  for (let i = 0; i < 70; i++) {
    const resource = `policy-${i}`;
    const denied = await wild.ask("/access/v1/evaluation", {
      subject: { type: "user", id: subject.key },
      action: { name: "sign_in", properties: { method: "password" } },
      resource: { type: "policy", id: resource },
    });
    const body = wild.submission(denied, { resource: { type: "policy", id: resource }, context: {} });
    const { status, headers } = await wild.ask("/access/v1/requests", body);
    const after = status === 429 ? Number(headers["retry-after"]) : 0;
    const told = after === 0 ? String(status) : `${status}, again in ${after < 60 ? "seconds" : "an hour"}`;
    statuses.set(told, (statuses.get(told) ?? 0) + 1);
  }
  // Five wait; the next are too many for a person, until it was too much for anybody in so short a time.
  expect(statuses).toEqual(
    new Map([
      ["202", 5],
      ["429, again in an hour", 55],
      ["429, again in seconds", 10],
    ]),
  );
  expect(await waiting()).toHaveLength(5);
  await declineAll();
});

test("who asks how a task stands without a pause is sent away for a while, and nobody else with it", async () => {
  const filed = await file(served.as("eager"));
  const eager = served.as("eager");
  const statuses = new Set<number>();
  for (let i = 0; i < 601; i++) statuses.add((await poll(filed, eager)).status);
  expect([...statuses]).toEqual([200, 429]);
  expect((await poll(filed)).status).toBe(404);
  await declineAll();
});
