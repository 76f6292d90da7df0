/**
 * Whoever holds the log's key can make a log that says anything, with proofs that hold. What people signed they cannot make: the
 * pack of every forged decision is not sound.
 */
import { afterAll, beforeAll, expect, test } from "vitest";

import { verifyEvidence } from "../../src/compose-evidence.ts";
import { foldException, namesIn, type Pack, packText } from "../../src/evidence/pack.ts";
import type { JournalEntry } from "../../src/journal/entry.ts";
import { loadLogKey, openLog } from "../../src/journal/log-key.ts";
import { sha256, signCheckpoint, type Signer } from "../../src/journal/signing.ts";
import { canonicalText } from "../../src/kernel/canonical.ts";
import { hashLeaf, inclusionPath, proofOf, type ReadNode, rootOf } from "../../src/kernel/merkle.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { readZip } from "../../src/platform/zip.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Browser, createBrowser, succeeded } from "../support/browser.ts";
import { ESTATE, openWholeApp, ORIGIN, requestBody, type Shown, show, vote, type WholeApp } from "../support/whole-app.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a forger heeds no type
type Forged = { id: string; kind: string; type: string; actor: { kind: string; id: string }; at: string; data: any };

let story: WholeApp;
let signer: Signer;
let pack: Pack;

const after = (days: number) => addDuration(story.clock.now(), duration(`P${days}D`));

/** Approved by two, on a risk that an executive answers for, and taken over by another owner. */
beforeAll(async () => {
  story = await openWholeApp();
  const { admin, as, idOf } = story;
  const roles = ESTATE.replace("key: rolf, name: rolf, roles: []", "key: rolf, name: rolf, roles: [application_owner]");
  const yaml = `${roles}\n  - { key: erika, name: erika, roles: [executive] }`;
  succeeded(await admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
  succeeded(await as.rolf.signIn());
  const erika = await enrol("erika");
  const made = await admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  const connection = succeeded(made).body["id"] as string;
  const found = await as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=viktor.petrov&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const body = requestBody(story, { connection, policy: "vpn", subject, until: after(60) }) as { content: object };
  const earlier = succeeded(await as.ivo.ask("POST", "/api/v1/exceptions", body)).body["id"] as string;
  const risk = { executive: erika.id, statement: "The plant runs on.", exceptions: [earlier], until: after(200) };
  const proposed = succeeded(await as.gerda.ask("POST", "/api/v1/risk-acceptances", risk)).body as { id: string; contentHash: string };
  const assertion = await erika.browser.sign("governance.acceptRisk", proposed.id, proposed.contentHash);
  succeeded(await erika.browser.ask("POST", `/api/v1/risk-acceptances/${proposed.id}/accept`, { assertion }));

  const draft = { ...body, content: { ...body.content, riskAcceptance: proposed.id } };
  const { id } = succeeded(await as.rolf.ask("POST", "/api/v1/exceptions", draft)).body as unknown as Shown;
  const submitted = succeeded(await as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins: [earlier] }));
  const shown = submitted.body as unknown as Shown;
  for (const browser of [as.ivo, as.nils]) succeeded(await vote(browser, shown));
  await story.moveTo(story.clock.now());
  await story.until(
    () => show(as.rolf, id),
    ({ state }) => state === "active",
    "active",
  );
  const taking = await as.rolf.sign("exceptions.takeOver", id, shown.approval!.contentHash);
  expect(succeeded(await as.rolf.ask("POST", `/api/v1/exceptions/${id}/take-over`, { assertion: taking })).body).toMatchObject({
    owner: idOf.rolf,
  });
  pack = await download(id);
  signer = await openLog(story.app.database.db, await loadLogKey({ dataDir: story.dataDir }), "unused");
});
afterAll(() => story.close());

async function enrol(name: string): Promise<{ browser: Browser; id: string }> {
  const people = succeeded(await story.admin.ask("GET", "/api/v1/people?limit=200")).body["items"] as { id: string; displayName: string }[];
  const { id } = people.find(({ displayName }) => displayName === name)!;
  // Enrolments of one address are limited by the minute.
  story.clock.set(addDuration(story.clock.now(), duration("PT1M")));
  const assertion = await story.admin.sign("access.invite", id);
  const invited = succeeded(await story.admin.ask("POST", "/api/v1/invitations", { person: id, assertion }));
  const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
  await browser.enrol(invited.body["link"] as string);
  return { browser, id };
}

async function download(id: string): Promise<Pack> {
  const ask = async () =>
    story.app.http.fetch(new Request(`${ORIGIN}/api/v1/exceptions/${id}/evidence`, { headers: { Cookie: story.as.audrey.cookie() } }));
  const answer = await story.until(ask, ({ status }) => status === 200, "covered");
  const archive = readZip(new Uint8Array(await answer.arrayBuffer()))!;
  return JSON.parse(Buffer.from(archive[1]!.bytes).toString("utf8")) as Pack;
}

/** A log of these entries alone, signed with the true key, and a pack of it that claims what they say. */
async function remade(change: (entries: Forged[]) => void): Promise<Uint8Array> {
  const entries = pack.entries.map(({ body }) => JSON.parse(body) as Forged);
  change(entries);
  const bodies = entries.map((entry) => Buffer.from(canonicalText(entry)));
  const leaves = bodies.map((body) => hashLeaf(sha256, body));
  const tree = { start: 0, end: leaves.length };
  const read: ReadNode = (level, index) => Promise.resolve(rootOf(sha256, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
  const checkpoint = signCheckpoint(signer, { size: leaves.length, root: rootOf(sha256, leaves) });
  const proven = await Promise.all(
    bodies.map(async (body, leaf) => ({
      leaf,
      body: body.toString("utf8"),
      inclusion: (await proofOf(sha256, inclusionPath(leaf, tree), read)).map((hash) => Buffer.from(hash).toString("base64")),
    })),
  );
  const own = entries.filter(({ kind }) => kind === "exception") as unknown as JournalEntry[];
  const claims = { state: foldException(own), people: namesIn(entries as unknown as JournalEntry[]) };
  return Buffer.from(packText({ ...pack, checkpoint, entries: proven, claims }));
}

const found = async (change: (entries: Forged[]) => void) =>
  verifyEvidence(await remade(change), signer.key).faults.map(({ code, detail }) => `${code}: ${detail}`);
const first = (entries: Forged[], type: string) => entries.find((entry) => entry.type === type)!;
const whereSigned = (entry: Forged): { assertion: string } => (entry.type === "VoteCast" ? entry.data.vote : entry.data);
const WORDS = {
  VoteCast: "approved version 1 as iam",
  OwnerTookOver: "answers for it from then on",
  riskAccepted: "accepted the risk",
} as const;
const SIGNED = Object.keys(WORDS) as (keyof typeof WORDS)[];

test("the log made again over the true entries is sound, and tells who signed what", async () => {
  const result = verifyEvidence(await remade(() => undefined), signer.key);
  expect(result.faults).toEqual([]);
  expect(result.signed.map(({ words, person }) => `${result.people[person]} ${words}`.replace(/rsk_\w+/, "RISK"))).toEqual([
    "erika accepted the risk RISK",
    "ivo approved version 1 as iam",
    "nils approved version 1 as network_security",
    "rolf answers for it from then on",
  ]);
});

test.each(SIGNED)("%s under an invented signature", async (type) => {
  const faults = await found((entries) => {
    whereSigned(first(entries, type)).assertion = `sha256:${"0".repeat(64)}`;
  });
  expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^signature: ${WORDS[type]}.*: the pack has no assertion of it`)));
});

test.each(SIGNED)("%s under the signature of another decision", async (type) => {
  const other = type === "VoteCast" ? "OwnerTookOver" : "VoteCast";
  const faults = await found((entries) => {
    whereSigned(first(entries, type)).assertion = whereSigned(first(entries, other)).assertion;
  });
  expect(faults.filter((fault) => fault.startsWith("signature: "))).not.toEqual([]);
});

test.each(SIGNED)("%s in the name of somebody who did not sign it", async (type) => {
  const faults = await found((entries) => {
    const entry = first(entries, type);
    entry.actor.id = story.idOf.ines;
    if (type === "VoteCast") entry.data.vote.person = story.idOf.ines;
    else if (type === "OwnerTookOver") entry.data.owner = story.idOf.ines;
    else entry.data.by = story.idOf.ines;
  });
  expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^signature: ${WORDS[type]}`)));
});

test.each(SIGNED)("%s long after it was signed", async (type) => {
  const faults = await found((entries) => {
    const entry = first(entries, type);
    entry.at = after(2);
  });
  expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^signature: ${WORDS[type]}.*: it was signed at .* and decided at`)));
});

test("what an executive is made to have accepted is not what they signed", async () => {
  const faults = await found((entries) => {
    first(entries, "riskProposed").data.statement = "Whatever happens.";
  });
  expect(faults).toContainEqual(expect.stringMatching(/^signature: accepted the risk .*: what was signed has another contentHash/));
});

test("content put under votes and under a new owner is neither what they voted on nor what they answer for", async () => {
  const faults = await found((entries) => {
    first(entries, "VersionSubmitted").data.version.content.requestedUntil = after(80);
  });
  for (const words of [WORDS.VoteCast, WORDS.OwnerTookOver]) {
    expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^signature: ${words}`)));
  }
});

test("an approval without its votes does not follow from anything", async () => {
  const faults = await found((entries) => {
    // A vote turned down counts for nothing; the approval after it says otherwise.
    for (const entry of entries) if (entry.type === "VoteCast") entry.data.vote.discounted = "left";
  });
  expect(faults).toContainEqual("replay_failed: the votes before it do not meet the plan");
});
