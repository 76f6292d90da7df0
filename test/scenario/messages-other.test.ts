/**
 * Who is told of bypasses that nobody answers for, of design issues and of risks: over a real SMTP server, a real receiver of posts
 * and the calendar, on the manual clock.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import { addDuration, duration, instant } from "../../src/kernel/time.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Browser, createBrowser, succeeded } from "../support/browser.ts";
import { type Chat, startChat } from "../support/chat.ts";
import { headerOf, startMailServer, type TestMailServer, textOf } from "../support/mail-server.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { ESTATE, openWholeApp, ORIGIN, requestBody, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

const ESTATE_HERE = [
  ESTATE,
  "  - { key: erika, name: erika, roles: [executive] }",
  "  - { key: otto, name: otto, roles: [application_owner] }",
]
  .join("\n")
  .replaceAll(/key: (\w+), name: \w+,/g, (found, key: string) => `${found} email: ${key}@harbour.example,`)
  .concat(
    "\napplications:",
    "\n  - { key: scada, name: Scada, owner: ada, tier: 2, provider: { connection: memory, policy: vpn } }",
    "\n  - { key: wiki, name: <b>Wiki</b>, owner: otto, tier: 3, provider: { connection: elsewhere } }",
  );

let mail: TestMailServer;
let chat: Chat;
let story: WholeApp;
let provider: MemoryProvider;
let connection: string;
let erika: Browser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  mail = await startMailServer();
  chat = await startChat();
  provider = createMemoryProvider(() => story.clock.now());
  const factory: ConnectorFactory = { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: () => provider };
  const env = {
    POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`,
    POSTERN_MAIL_FROM: "postern@harbour.example",
    POSTERN_WEBHOOK_URL: chat.url,
  };
  story = await openWholeApp({ env, connectorFactories: [factory] });
  const { admin } = story;
  const made = await admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Harbour directory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
  succeeded(await admin.ask("POST", "/api/v1/estate/apply", { yaml: ESTATE_HERE, dryRun: false }));
  for (const path of ["/api/v1/applications", "/api/v1/people?limit=200"]) {
    const { items } = succeeded(await admin.ask("GET", path)).body as { items: Record<string, string>[] };
    for (const { id, key, displayName } of items) ids[key ?? displayName!] = id!;
  }
  erika = await enrol("erika");
});
afterAll(async () => {
  await story.close();
  await mail.close();
  chat.close();
});

async function enrol(name: string): Promise<Browser> {
  story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
  const assertion = await story.admin.sign("access.invite", ids[name]!);
  const invited = succeeded(await story.admin.ask("POST", "/api/v1/invitations", { person: ids[name]!, assertion }));
  const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
  await browser.enrol(invited.body["link"] as string);
  return browser;
}

const after = (length: string) => addDuration(story.clock.now(), duration(length));
const scan = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
const to = (name: string) => mail.taken.filter((letter) => letter.to.includes(`${name}@harbour.example`));
const incidents = (name: string) => to(name).filter((letter) => headerOf(letter, "List-Unsubscribe") === undefined);
const last = (name: string) => textOf(to(name).at(-1)!).replaceAll("\u2060", "");
/** Everything that waited is told: what is to be noted was noted, what is due was made, and every letter was handed over. */
async function settled(): Promise<void> {
  const isEmpty = () =>
    story.until(
      async () => {
        const { rows } = await story.app.database.pool.query<{ n: number }>(
          "select count(*) as n from pgboss.job where name in ('tell', 'deliver', 'converge', 'scan') and state in ('created', 'retry', 'active')",
        );
        return rows[0]!.n;
      },
      (n) => n === 0,
      "the outbox is empty",
    );
  await isEmpty();
  await story.moveTo(story.clock.now());
  await isEmpty();
}
async function moved(length: string): Promise<void> {
  await story.moveTo(after(length));
  await settled();
}
/** How many letters each got since. */
function counting(...names: string[]) {
  const before = names.map((name) => to(name).length);
  return () => names.map((name, i) => to(name).length - before[i]!);
}

describe("bypasses that nobody answers for", () => {
  test("are told to the owner of what they let into, as one matter however many, with a link to where they are claimed", async () => {
    for (let i = 0; i < 60; i++) provider.held.add(`hand s${i}`);
    const told = counting("ada", "otto", "ivo", "gerda");
    await scan();
    await settled();
    // The chat and the incident letters are for what cannot wait; this can, until the time to claim is over.
    expect([told(), incidents("ada").length, chat.posts.length]).toEqual([[1, 0, 0, 0], 0, 0]);
    expect(last("ada")).toContain("Harbour directory shows ways past strong sign-in that nobody answers for: claim or remove them, by");
    expect(last("ada")).toContain("vpn × 60");
    expect(last("ada")).toMatch(new RegExp(`${ORIGIN}/bypasses\\?connection=${connection}&m=ntf_\\w+`));
    // Whom they let in stays inside.
    expect(last("ada")).not.toMatch(/hand|s59/);
  });

  test("found again by the next reading they are no news; new ones are, tomorrow morning", async () => {
    const told = counting("ada");
    await moved("PT1H");
    await scan();
    provider.held.add("hand new");
    await scan();
    await settled();
    expect(told()).toEqual([0]);
    await moved("PT24H");
    expect(told()).toEqual([1]);
    expect(last("ada")).toContain("vpn × 1");
  });

  test("are in the calendar of whoever is asked, under no name", async () => {
    const made = succeeded(await story.as.ada.ask("POST", "/api/v1/messages/calendar", {}));
    const calendar = await (await story.app.http.fetch(new Request(made.body["address"] as string))).text();
    expect(calendar.match(/SUMMARY:Bypasses to claim or remove/g)).toHaveLength(2);
    expect(calendar).not.toMatch(/\b(Harbour|vpn|Scada|ada)\b/);
  });

  test("are an incident to IAM and the executives once the time is over: one, however many they are, and one post", async () => {
    const told = counting("ivo", "ines", "erika", "ada", "rolf");
    const posts = chat.posts.length;
    await moved("PT48H");
    expect(told()).toEqual([1, 1, 1, 0, 0]);
    expect(headerOf(incidents("erika").at(-1)!, "Subject")).toBe("Postern: act now on Harbour directory");
    expect(last("ivo")).toContain("vpn × 61");
    expect(chat.posts).toHaveLength(posts + 1);
    expect(JSON.parse(chat.posts.at(-1)!.body)).toMatchObject({
      data: { lines: [{ kind: "bypassesOpen", link: `${ORIGIN}/bypasses?connection=${connection}` }] },
    });
    const items = (await story.admin.ask("GET", "/api/v1/deliveries?limit=200")).body["items"] as { result: string; lines: object[] }[];
    expect(items.filter(({ lines }) => JSON.stringify(lines).includes("bypassesOpen")).map(({ result }) => result)).toEqual(
      Array.from({ length: 4 }, () => "sent"),
    );
  });

  test("escalated by hand, one is told at once; dealt with before the letter goes out, it is told to nobody", async () => {
    await moved("PT25H");
    provider.held.clear();
    await scan();
    provider.held.add("hand late");
    provider.held.add("hand later");
    await scan();
    const open = (await story.admin.ask("GET", "/api/v1/bypasses?status=unregistered")).body["items"] as { id: string }[];
    expect(open).toHaveLength(2);
    const told = counting("ivo", "erika", "ada");
    const posts = chat.posts.length;
    // The chat is not well: it gets the same post again, under the same id.
    chat.answer = (response) => {
      response.writeHead(503).end();
      chat.answer = (later) => void later.writeHead(200).end();
    };
    succeeded(await story.as.ada.ask("POST", `/api/v1/bypasses/${open[0]!.id}/escalate`, { reason: "It is an administrator's." }));
    await settled();
    const again = chat.posts.slice(posts).map(({ headers, body }) => `${headers["webhook-id"]} ${body}`);
    expect([again.length, new Set(again).size]).toEqual([2, 1]);
    // The other one waits to be claimed, by Ada.
    expect(told()).toEqual([1, 1, 1]);
    expect(last("ivo")).toContain("vpn × 1");
    expect(last("ivo")).not.toContain("administrator's");
    succeeded(await story.as.ivo.ask("POST", `/api/v1/bypasses/${open[1]!.id}/remove`, { reason: "nobody needs it" }));
    await moved("PT73H");
    expect(told()).toEqual([1, 1, 1]);
  });

  test("without an owner they are told to IAM", async () => {
    const yaml = ESTATE_HERE.replace("provider: { connection: memory, policy: vpn }", "provider: null");
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    const told = counting("ada", "ivo", "ines");
    provider.held.add("hand ownerless");
    await scan();
    await settled();
    await moved("PT24H");
    expect(told()).toEqual([0, 1, 1]);
    provider.held.clear();
    await scan();
  });
});

describe("a design issue", () => {
  let issue: string;

  test("is told to whoever answers for it when it is opened, and is in their calendar", async () => {
    const told = counting("otto", "gerda");
    const body = { about: { kind: "application", id: ids["wiki"] }, statement: "The wiki cannot do passkeys." };
    issue = succeeded(await story.as.gerda.ask("POST", "/api/v1/design-issues", body)).body["id"] as string;
    await settled();
    expect(told()).toEqual([1, 0]);
    expect(last("otto")).toContain("<b>Wiki</b> keeps needing exceptions: say what becomes of its design, by");
    expect(last("otto")).toMatch(new RegExp(`${ORIGIN}/issues/${issue}\\?m=ntf_`));
    expect(to("otto").at(-1)!.raw).not.toContain("cannot do passkeys");
    // What its owner is called by others is no markup in the letter, either.
    expect(last("otto")).toContain("&lt;b&gt;Wiki&lt;/b&gt;");
    const otto = await enrol("otto");
    const made = succeeded(await otto.ask("POST", "/api/v1/messages/calendar", {}));
    const calendar = await (await story.app.http.fetch(new Request(made.body["address"] as string))).text();
    expect(calendar).toContain("SUMMARY:Design issue due");
    expect(calendar).not.toContain("Wiki");
    expect((await story.as.gerda.ask("GET", `/api/v1/design-issues/${issue}`)).body["dueAt"]).toMatch(/^2026-0\d-\d\dT/);
  });

  test("is told again a fortnight before it is due, and to governance too when nobody answered in time", async () => {
    const told = counting("otto", "gerda");
    await moved("P70D");
    expect(told()).toEqual([0, 0]);
    await moved("P7D");
    expect(told()).toEqual([1, 0]);
    await moved("P13D");
    expect(told()).toEqual([2, 1]);
    expect(last("gerda")).toContain("nobody has said in time what becomes of its design");
    await moved("P2D");
    expect(told()).toEqual([2, 1]);
    succeeded(await story.as.gerda.ask("POST", `/api/v1/design-issues/${issue}/end`, { outcome: "closed", sentence: "It is retired." }));
  });
});

describe("a risk", () => {
  let risk: { id: string; contentHash: string };
  let ref: string;

  test("is put before the executive it names, and nobody else; accepted, whoever proposed it is told", async () => {
    const body = requestBody(story, { connection, policy: "vpn", subject: { kind: "user", key: "s1", name: "s1" }, until: after("P20D") });
    const draft = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", body)).body as { id: string; ref: string };
    ({ ref } = draft);
    // The draft lapses before the risk ends; what it is about beside it is still there.
    const issue = { about: { kind: "application", id: ids["scada"] }, statement: "It takes no passkey." };
    const { id: designIssue } = succeeded(await story.as.gerda.ask("POST", "/api/v1/design-issues", issue)).body;
    await settled();
    const told = counting("erika", "gerda", "ada");
    const content = { executive: ids["erika"], statement: "The plant runs on.", exceptions: [draft.id], designIssue, until: after("P60D") };
    risk = succeeded(await story.as.gerda.ask("POST", "/api/v1/risk-acceptances", content)).body as typeof risk;
    await settled();
    expect(told()).toEqual([1, 0, 0]);
    expect(last("erika")).toContain(`${ref} is to rest on a risk that you are asked to answer for`);
    expect(last("erika")).toMatch(new RegExp(`${ORIGIN}/risks/${risk.id}\\?m=ntf_`));
    expect(last("erika")).not.toContain("plant runs");
    await erika.signIn();
    const assertion = await erika.sign("governance.acceptRisk", risk.id, risk.contentHash);
    succeeded(await erika.ask("POST", `/api/v1/risk-acceptances/${risk.id}/accept`, { assertion }));
    await settled();
    expect(told()).toEqual([1, 1, 0]);
    const made = succeeded(await erika.ask("POST", "/api/v1/messages/calendar", {}));
    const calendar = await (await story.app.http.fetch(new Request(made.body["address"] as string))).text();
    expect(calendar.match(/SUMMARY:.*/g)).toEqual(["SUMMARY:Accepted risk ends"]);
  });

  test("is told of a month and a week before its end, and after it, each time once; muting holds it back", async () => {
    const told = counting("erika", "gerda");
    await moved("P31D");
    expect(told()).toEqual([1, 1]);
    expect(last("erika")).toContain(`${ref} rests on an accepted risk whose time ends soon, by`);
    await moved("P1D");
    expect(told()).toEqual([1, 1]);
    succeeded(await story.as.gerda.ask("PUT", "/api/v1/messages/preferences", { muted: true, language: "de" }));
    await moved("P22D");
    expect(told()).toEqual([2, 1]);
    succeeded(await story.as.gerda.ask("PUT", "/api/v1/messages/preferences", { muted: false, language: "de" }));
    await moved("P7D");
    expect(told()).toEqual([3, 2]);
    expect(last("gerda")).toContain(`${ref} ruhte auf einem angenommenen Risiko, dessen Zeit um ist`);
    await moved("P2D");
    expect(told()).toEqual([3, 2]);
  });

  test("withdrawn before the letter goes out, the executive is not sent to decide it", async () => {
    const draft = (await story.as.rolf.ask("GET", "/api/v1/exceptions")).body["items"] as { id: string }[];
    const told = counting("erika");
    // Before seven, when no digest goes out.
    await story.moveTo(instant(`${after("P1D").slice(0, 10)}T02:00:00Z`));
    await settled();
    const content = { executive: ids["erika"], statement: "Again.", exceptions: [draft[0]!.id], until: after("P60D") };
    const { id } = succeeded(await story.as.gerda.ask("POST", "/api/v1/risk-acceptances", content)).body;
    await settled();
    succeeded(await story.as.gerda.ask("POST", `/api/v1/risk-acceptances/${id as string}/withdraw`, { sentence: "no" }));
    await settled();
    await moved("PT8H");
    expect(to("erika").filter((letter) => textOf(letter).includes(id as string))).toHaveLength(1);
    expect(told()).toEqual([1]);
    expect(last("erika")).toContain("the proposal was withdrawn");
  });
});

/** Asks for something that only the owner of an application and IAM decide. */
async function askOwner(key: string): Promise<{ ref: string }> {
  const body = requestBody(story, { connection, policy: "vpn", subject: { kind: "user", key, name: key }, until: after("P20D") }) as {
    content: { scope: object[] };
  };
  const scope = body.content.scope.map((item) => ({ ...item, resource: { kind: "application", id: ids["scada"] } }));
  const draft = { ...body, category: "legacy_application", content: { ...body.content, scope } };
  const { id } = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", draft)).body as { id: string };
  const { items } = succeeded(await story.as.rolf.ask("GET", "/api/v1/exceptions?limit=200")).body as { items: { id: string }[] };
  const seenTwins = items.map((each) => each.id).filter((each) => each !== id);
  return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins })).body as { ref: string };
}

describe("who is not there", () => {
  test("on leave gets no letter of the day until back; whom they delegated to gets it in their place", async () => {
    await moved("P1D");
    const ada = await story.admin.ask("GET", `/api/v1/people/${story.idOf.ada}`);
    const ifMatch = { "If-Match": ada.headers.get("ETag") ?? "" };
    const leave = [{ from: after("PT1M"), until: after("P5D") }];
    succeeded(await story.as.ada.ask("PUT", `/api/v1/people/${story.idOf.ada}/leave`, { leave }, ifMatch));
    const delegated = { to: ids["otto"], validFrom: after("PT1M"), validUntil: after("P5D"), role: null, reason: "on leave" };
    succeeded(await story.as.ada.ask("POST", "/api/v1/delegations", delegated));
    await moved("PT2M");
    const told = counting("ada", "otto");
    const { ref } = await askOwner("away1");
    await settled();
    expect(told()).toEqual([0, 1]);
    expect(last("otto")).toContain(`${ref} is waiting for your decision`);
    await moved("P2D");
    expect(told()).toEqual([0, 1]);
  });

  test("left, they get nothing any more", async () => {
    const otto = await story.admin.ask("GET", `/api/v1/people/${ids["otto"]}`);
    const ifMatch = { "If-Match": otto.headers.get("ETag") ?? "" };
    succeeded(await story.admin.ask("POST", `/api/v1/people/${ids["otto"]}/deactivate`, { reason: "moved on" }, ifMatch));
    const told = counting("otto");
    await askOwner("away2");
    await moved("P1D");
    expect(told()).toEqual([0]);
  });
});

test("every link of every letter leads into the console, and carries ids and nothing else", () => {
  expect(mail.taken.length).toBeGreaterThan(20);
  for (const letter of mail.taken) {
    for (const [link] of textOf(letter).matchAll(/https?:[^\s"<]+/g)) {
      expect(link.replaceAll("&amp;", "&")).toMatch(
        /^http:\/\/localhost:8080\/((bypasses|findings|issues|risks|exceptions|approvals|messages)[/\w]*)?(\?connection=con_\w{26}|\?owner=(per_\w{26}|nobody))?([?&]m=ntf_\w{26})?$/,
      );
    }
  }
});

/** The owner, and IAM. */
const CONCERNED = ["ada", "ivo", "ines"];

test("what ended and was put back behind Postern's back is an incident to its owner and to IAM", async () => {
  provider.add({ kind: "user", key: "back", name: "back" });
  const subject = { kind: "user", key: "back", name: "back" };
  const asked = await submitRequest(story, { connection, policy: "vpn", subject, until: after("P10D") });
  for (const browser of [story.as.ivo, story.as.nils]) succeeded(await vote(browser, asked));
  await story.moveTo(story.clock.now());
  const reaches = (state: string) =>
    story.until(
      () => show(story.as.rolf, asked.id),
      (shown) => shown.state === state,
      state,
    );
  await reaches("active");
  const [entry] = [...provider.held];
  succeeded(await story.as.ada.ask("POST", `/api/v1/exceptions/${asked.id}/revoke`, { reason: "over" }));
  await story.moveTo(story.clock.now());
  await reaches("closed");
  await settled();
  const before = CONCERNED.map((name) => incidents(name).length);
  provider.held.add(entry!);
  await scan();
  await moved("PT1M");
  expect(CONCERNED.map((name) => incidents(name).length)).toEqual(before.map((n) => n + 1));
  expect(last("ada")).toContain(`${asked.ref} had ended and was put back in the provider`);
  expect(last("ada")).toMatch(new RegExp(`${ORIGIN}/exceptions/${asked.id}\\?m=ntf_`));
});
