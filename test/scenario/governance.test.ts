/** What repeats and renewals beyond the caps stand on, over HTTP: somebody who changes the design, and an executive for the risk. */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Client } from "../../src/cli/client.ts";
import { governanceCommands } from "../../src/cli/governance-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { REPLAYS } from "../../src/compose-replays.ts";
import { canonicalJson } from "../../src/journal/append.ts";
import { pathOf } from "../../src/kernel/contract.ts";
import { addDuration, duration, type Instant } from "../../src/kernel/time.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Answer, type Browser, createBrowser, succeeded } from "../support/browser.ts";
import { replayAll } from "../support/replayed.ts";
import { ESTATE, openWholeApp, ORIGIN, requestBody, show, type Shown, vote, type WholeApp } from "../support/whole-app.ts";

const MORE_ESTATE = [
  ESTATE,
  "  - { key: erika, name: erika, roles: [executive] }",
  "  - { key: egon, name: egon, roles: [executive] }",
  "applications:",
  "  - { key: scada, name: Scada, owner: ada, tier: 2 }",
  "  - { key: wiki, name: Wiki, owner: ada, tier: 3 }",
].join("\n");

let story: WholeApp;
let erika: Browser;
let egon: Browser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  story = await openWholeApp();
  const { admin } = story;
  succeeded(await admin.ask("POST", "/api/v1/estate/apply", { yaml: MORE_ESTATE, dryRun: false }));
  for (const { key, id } of items(await admin.ask("GET", "/api/v1/applications"))) ids[key!] = id!;
  for (const { displayName, id } of items(await admin.ask("GET", "/api/v1/people?limit=200"))) ids[displayName!] = id!;
  const made = await admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  ids["connection"] = succeeded(made).body["id"] as string;
  erika = await enrol("erika");
  egon = await enrol("egon");
});
afterAll(async () => {
  await story.close();
});

const items = (answer: Answer) => succeeded(answer).body["items"] as Record<string, string>[];
const idOf = (answer: Answer) => succeeded(answer).body["id"] as string;
const codesOf = (answer: Answer) => (answer.body["reasons"] as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];
const after = (days: number): Instant => addDuration(story.clock.now(), duration(`P${days}D`));

async function enrol(key: string): Promise<Browser> {
  // Enrolments of one address are limited by the minute.
  story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
  const person = ids[key]!;
  const invited = await story.admin.ask("POST", "/api/v1/invitations", {
    person,
    assertion: await story.admin.sign("access.invite", person),
  });
  const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
  await browser.enrol(succeeded(invited).body["link"] as string);
  return browser;
}

interface Asked {
  readonly application: string;
  readonly until: Instant;
  readonly by?: Browser;
  readonly designIssue?: string;
}

async function open(name: string, { application, until, by = story.as.rolf, designIssue }: Asked): Promise<Shown> {
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${ids["connection"]}/subject?name=${name}&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const body = requestBody(story, { connection: ids["connection"]!, policy: "vpn", subject, until }) as {
    content: { scope: Record<string, unknown>[] };
  };
  const [item] = body.content.scope;
  const scope = [{ ...item, resource: { kind: "application", id: ids[application] } }];
  const content = { ...body.content, scope, ...(designIssue !== undefined && { designIssue }) };
  return succeeded(await by.ask("POST", "/api/v1/exceptions", { ...body, content })).body as unknown as Shown;
}

async function submit(id: string): Promise<Answer> {
  return story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins: await everyException() });
}

const everyException = async () => items(await story.as.rolf.ask("GET", "/api/v1/exceptions?limit=200")).map(({ id }) => id);

const wanted = () => ({ application: "scada", until: after(20) });
const application = (key: string) => ({ kind: "application", id: ids[key] });
const openIssue = (body: object) =>
  story.as.gerda.ask("POST", "/api/v1/design-issues", { statement: "The terminal takes no authenticator.", ...body });

async function approved(shown: Shown, ...approvers: Browser[]): Promise<Shown> {
  let latest = shown;
  for (const approver of approvers) latest = succeeded(await vote(approver, latest)).body as unknown as Shown;
  return latest;
}

async function accept(id: string, browser = erika): Promise<Answer> {
  const { contentHash } = succeeded(await browser.ask("GET", `/api/v1/risk-acceptances/${id}`)).body as { contentHash: string };
  const assertion = await browser.sign("governance.acceptRisk", id, contentHash);
  return browser.ask("POST", `/api/v1/risk-acceptances/${id}/accept`, { assertion });
}

describe("a need that keeps coming back", () => {
  let issueOfRule: string | undefined;

  test("is refused the fourth time in a year, and nobody attaches what is not there", async () => {
    for (let n = 1; n <= 3; n++) {
      const { id } = await open("viktor.petrov", wanted());
      succeeded(await submit(id));
      succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/withdraw`, { reason: "not now" }));
    }
    const fourth = await open("viktor.petrov", wanted());
    expect(codesOf(await submit(fourth.id))).toEqual(["exceptions.repeatLimitReached"]);
    const { id } = await open("viktor.petrov", { ...wanted(), designIssue: "iss_00000000000000000000000000" });
    expect(codesOf(await submit(id))).toEqual(["exceptions.repeatLimitReached"]);
  });

  test("has a design issue opened for the application's owner by the third time, once, and is listed with it", async () => {
    const opened = await story.until(
      async () => items(await story.as.audrey.ask("GET", "/api/v1/design-issues?state=open")),
      (issues) => issues.length > 0,
      "an issue opened by the rule",
    );
    expect(opened).toEqual([expect.objectContaining({ about: application("scada"), ownerName: "ada", openedBy: null })]);
    issueOfRule = opened[0]!["id"]!;
    for (const level of ["same", "resource"]) {
      const [cluster] = items(await story.as.gerda.ask("GET", `/api/v1/repeats?level=${level}`));
      expect(cluster).toMatchObject({
        level,
        count: 5,
        limitReached: level === "same",
        about: application("scada"),
        designIssue: issueOfRule,
      });
      expect(cluster!["members"]).toHaveLength(5);
    }
    const [subject] = items(await story.as.gerda.ask("GET", "/api/v1/repeats?level=subject"));
    expect(subject).toMatchObject({ count: 5, limit: 5, limitReached: true, about: null, designIssue: null });
    expect(items(await story.as.gerda.ask("GET", "/api/v1/repeats?level=split"))).toEqual([]);
  });

  test("goes through with an open design issue about it, and not with one about something else or one that has ended", async () => {
    const elsewhere = idOf(await openIssue({ about: application("wiki") }));
    const wrong = await open("viktor.petrov", { ...wanted(), designIssue: elsewhere });
    expect(codesOf(await submit(wrong.id))).toEqual(["exceptions.repeatLimitReached"]);

    const issue = issueOfRule!;
    const through = await open("viktor.petrov", { ...wanted(), designIssue: issue });
    expect(succeeded(await submit(through.id)).body).toMatchObject({ state: "in_approval" });

    const end = { outcome: "resolved", sentence: "Scada takes passkeys since March." };
    expect(codesOf(await story.as.rolf.ask("POST", `/api/v1/design-issues/${issue}/end`, end))).toEqual(["governance.notYours"]);
    const ended = await story.as.ada.ask("POST", `/api/v1/design-issues/${issue}/end`, end);
    expect(succeeded(ended).body).toMatchObject({ state: "resolved", ended: { sentence: end.sentence } });
    const late = await open("viktor.petrov", { ...wanted(), designIssue: issue });
    expect(codesOf(await submit(late.id))).toEqual(["exceptions.repeatLimitReached"]);
  });
});

describe("a design issue", () => {
  test("is owned by the application's owner, and never by the help desk", async () => {
    expect(codesOf(await openIssue({ about: application("scada"), owner: ids["hedi"] }))).toEqual([
      "governance.helpDeskMayNotOwn",
      "governance.ownerNotAllowed",
    ]);
    expect(codesOf(await openIssue({ about: application("scada"), owner: ids["ivo"] }))).toEqual(["governance.ownerNotAllowed"]);
    const policy = { about: { kind: "policy", id: "mfa" } };
    expect(codesOf(await openIssue(policy))).toEqual(["governance.ownerNotAllowed"]);
    expect(codesOf(await openIssue({ ...policy, owner: ids["hedi"] }))).toContain("governance.helpDeskMayNotOwn");
    expect(succeeded(await openIssue({ ...policy, owner: ids["ada"] })).body).toMatchObject({ owner: ids["ada"], ownerName: "ada" });
    expect(codesOf(await openIssue({ ...policy, owner: ids["ada"] }))).toEqual(["governance.issueOpen"]);
  });

  test("is about an application that is there", async () => {
    expect(codesOf(await openIssue({ about: { kind: "application", id: "app_0" } }))).toEqual(["governance.aboutUnknown"]);
  });
});

describe("an exception at the cap", () => {
  let active: Shown;
  let issue: string;

  async function proposeExtension(until: Instant, standsOn: object = {}): Promise<Answer> {
    const { body } = await story.as.rolf.ask("GET", `/api/v1/exceptions/${active.id}`);
    const { scope, ...content } = (body["versions"] as { content: { scope: Record<string, unknown>[] } }[])[0]!.content;
    const plain = scope.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling }));
    return story.as.rolf.ask("POST", `/api/v1/exceptions/${active.id}/propose`, {
      kind: "extension",
      seenTwins: await everyException(),
      content: { ...content, scope: plain, requestedUntil: until, ...standsOn },
    });
  }

  const propose = (more: object) =>
    story.as.gerda.ask("POST", "/api/v1/risk-acceptances", {
      executive: ids["erika"],
      statement: "The plant runs on without passkeys until the terminal is replaced.",
      exceptions: [active.id],
      until: after(200),
      ...more,
    });

  beforeAll(async () => {
    const { nils, ivo, gerda, rolf } = story.as;
    const asked = await open("noor.rahman", { application: "wiki", until: after(90) });
    const submitted = succeeded(await submit(asked.id)).body as unknown as Shown;
    await approved(submitted, ivo, nils);
    await story.app.tick.tickOnce(story.clock.now());
    active = await story.until(
      () => show(rolf, asked.id),
      ({ state }) => state === "active",
      "active",
    );
    const once = succeeded(await proposeExtension(after(180))).body as unknown as Shown;
    await approved(once, ivo, nils, gerda);
    const known = items(await gerda.ask("GET", "/api/v1/design-issues?state=open")) as unknown as { id: string; about: { id: string } }[];
    issue = known.find(({ about }) => about.id === ids["wiki"])!.id;
  });

  test("is not extended without an issue and an acceptance, nor with a proposal nobody accepted", async () => {
    expect(codesOf(await proposeExtension(after(190)))).toEqual(["exceptions.capReached"]);
    expect(codesOf(await proposeExtension(after(190), { designIssue: issue }))).toEqual(["exceptions.capReached"]);
    const riskAcceptance = idOf(await propose({}));
    expect(codesOf(await proposeExtension(after(190), { designIssue: issue, riskAcceptance }))).toEqual(["exceptions.capReached"]);
  });

  test("is not extended beyond the acceptance, by one that is over, or by one about another exception", async () => {
    const short = idOf(await propose({ until: after(1) }));
    expect(succeeded(await accept(short)).body).toMatchObject({ state: "accepted", inForce: true, boardVisible: true });
    expect(codesOf(await proposeExtension(after(190), { designIssue: issue, riskAcceptance: short }))).toEqual(["exceptions.capReached"]);
    const other = await open("noor.rahman", { application: "wiki", until: after(9) });
    const elsewhere = idOf(await propose({ exceptions: [other.id] }));
    succeeded(await accept(elsewhere));
    expect(codesOf(await proposeExtension(after(190), { designIssue: issue, riskAcceptance: elsewhere }))).toEqual([
      "exceptions.capReached",
    ]);
    await story.moveTo(after(1));
    succeeded(await erika.signIn());
    succeeded(await egon.signIn());
    const over = succeeded(await erika.ask("GET", `/api/v1/risk-acceptances/${short}`)).body;
    expect(over).toMatchObject({ state: "accepted", inForce: false });
    expect(codesOf(await proposeExtension(after(190), { designIssue: issue, riskAcceptance: short }))).toEqual(["exceptions.capReached"]);
  });

  test("is accepted by the executive it names, with a passkey over exactly what it says, and not by who asked", async () => {
    const named = idOf(await propose({}));
    expect(codesOf(await accept(named, egon))).toEqual(["governance.notYours"]);
    expect((await story.as.gerda.ask("POST", `/api/v1/risk-acceptances/${named}/accept`, {})).status).toBe(404);
    const assertion = await erika.sign("governance.acceptRisk", named, `sha256:${"0".repeat(64)}`);
    expect(codesOf(await erika.ask("POST", `/api/v1/risk-acceptances/${named}/accept`, { assertion }))).toEqual([
      "access.assertionElsewhere",
    ]);
    expect(codesOf(await propose({ executive: ids["ivo"] }))).toEqual(["governance.executiveNeeded"]);
    expect(codesOf(await propose({ until: after(366) }))).toEqual(["governance.untilOutOfBounds"]);

    const own = await open("noor.rahman", { application: "wiki", until: after(9), by: egon });
    expect(codesOf(await propose({ executive: ids["egon"], exceptions: [own.id] }))).toEqual(["governance.requesterMayNotAccept"]);
    const body = { executive: ids["erika"], statement: "Mine.", exceptions: [active.id], until: after(200) };
    expect(codesOf(await erika.ask("POST", "/api/v1/risk-acceptances", body))).toEqual(["governance.requesterMayNotAccept"]);
  });

  test("is neither put before an executive who owns it, nor extended on an acceptance of whoever is to own it then", async () => {
    const yaml = MORE_ESTATE.replace("roles: [application_owner]", "roles: [application_owner, executive]");
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    expect(codesOf(await propose({ executive: ids["ada"] }))).toEqual(["governance.requesterMayNotAccept"]);

    const riskAcceptance = idOf(await propose({}));
    succeeded(await accept(riskAcceptance));
    const standsOn = { designIssue: issue, riskAcceptance };
    const { body } = await story.as.rolf.ask("GET", `/api/v1/exceptions/${active.id}`);
    const { accountability } = (body["versions"] as { content: { accountability: object } }[])[0]!.content;
    const owned = { ...standsOn, accountability: { ...accountability, businessOwner: ids["erika"] } };
    expect(codesOf(await proposeExtension(after(190), owned))).toContain("exceptions.capReached");
  });

  test("is extended with an open issue and an executive's acceptance, by one approval level more", async () => {
    const riskAcceptance = idOf(await propose({}));
    succeeded(await accept(riskAcceptance));
    const pending = succeeded(await proposeExtension(after(190), { designIssue: issue, riskAcceptance })).body as unknown as Shown;
    const { ivo, nils, gerda } = story.as;
    const extended = await approved(pending, ivo, nils, gerda, erika);
    expect(extended).toMatchObject({ state: "active", endsAt: after(190), renewals: 2 });
    expect(codesOf(await story.as.gerda.ask("POST", `/api/v1/risk-acceptances/${riskAcceptance}/withdraw`, { sentence: "no" }))).toEqual([
      "governance.notInThisState",
    ]);
  });
});

test("the command line shows what keeps coming back, who changes the design, and what waits for whom", async () => {
  const client: Client = {
    async call(endpoint, input = {}) {
      const query = new URLSearchParams(input.query as Record<string, string>);
      const answer = await story.as.gerda.ask(endpoint.method, `${pathOf(endpoint.path, input.params ?? {})}?${query.toString()}`);
      return endpoint.reply.parse(succeeded(answer).body) as never;
    },
    download: () => Promise.reject(new Error("none of these commands downloads anything")),
  };
  const run = async (...argv: string[]) => {
    let out = "";
    const terminal = { out: (text: string) => void (out += text), err: (text: string) => void (out += text) };
    const code = await runCli(
      governanceCommands(() => Promise.resolve(client)),
      argv,
      {},
      terminal,
    );
    return `${code} ${out}`;
  };
  expect(await run("repeats", "--level", "resource")).toMatch(new RegExp(`^0 COUNT.*\\n\\d+ +10 +-? .*application ${ids["scada"]!}`));
  expect(await run("issues")).toMatch(new RegExp(`^0 ID[^]*application ${ids["wiki"]!} +ada `));
  expect(await run("due")).toBe("0 Nothing.\n");
  expect(JSON.parse((await run("reviews", "--json")).slice(2))).toEqual({ items: [] });
});

describe("a category's policy", () => {
  const path = "/api/v1/categories/remote_access";
  const read = async () => succeeded(await story.as.rolf.ask("GET", path)).body as unknown as { key: string; version: number };
  /** Signs one policy and sends another, the same unless told. */
  const edit = async (browser: Browser, { key, ...policy }: { key: string }, sent: object = policy) => {
    const contentHash = `sha256:${createHash("sha256")
      .update(canonicalJson({ ...policy, key }))
      .digest("hex")}`;
    return browser.ask("PUT", path, { ...sent, assertion: await browser.sign("exceptions.editCategory", key, contentHash) });
  };

  test("is read whole and replaced by its next version, and by nothing that breaks a rule", async () => {
    const policy = await read();
    const next = { ...policy, version: policy.version + 1, headcountCeiling: 99 };
    expect((await edit(story.as.ivo, next)).status).toBe(404);
    expect(codesOf(await edit(story.as.gerda, { ...next, ownerRolesAllowed: ["help_desk"] } as typeof next))).toContain(
      "exceptions.policyUnsound",
    );
    expect(succeeded(await edit(story.as.gerda, next)).body).toMatchObject({ version: 2, headcountCeiling: 99 });
    expect(codesOf(await edit(story.as.gerda, next))).toEqual(["exceptions.changedMeanwhile"]);
    expect(await read()).toMatchObject({ version: 2, headcountCeiling: 99 });
  });

  test("is replaced only by the one that was signed: to change the rule is a decision", async () => {
    const { key, ...policy } = await read();
    const next = { ...policy, key, version: policy.version + 1 };
    const { key: _, ...relaxed } = { ...next, headcountCeiling: 10_000 };
    expect(codesOf(await edit(story.as.gerda, next, relaxed))).toEqual(["access.assertionElsewhere"]);
    expect(codesOf(await story.as.gerda.ask("PUT", path, relaxed))).toEqual(["http.invalidInput"]);
    expect(await read()).toEqual({ key, ...policy });
  });
});

test("the journal of all of that replays to exactly what is stored", async () => {
  const { faults, entries } = await replayAll(story.app.database, REPLAYS);
  expect(faults).toEqual([]);
  expect(entries).toBeGreaterThan(100);
});
