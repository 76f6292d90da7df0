/** An auditor takes the evidence of one exception away and checks it without a server, with nothing but the log's key. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { evidenceCommands } from "../../src/cli/evidence-commands.ts";
import { journalCommands } from "../../src/cli/journal-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { verifyEvidence } from "../../src/compose-evidence.ts";
import { reviewAction } from "../../src/exceptions/contract.ts";
import type { Pack } from "../../src/evidence/pack.ts";
import { filesOf } from "../../src/evidence/service.ts";
import { parseVerifierKey, type VerifierKey } from "../../src/journal/note.ts";
import { createSigner, parsePrivateKey, sha256, signCheckpoint } from "../../src/journal/signing.ts";
import { canonicalText } from "../../src/kernel/canonical.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { readZip, writeZip } from "../../src/platform/zip.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { openWholeApp, ORIGIN, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

const MARKUP = `<img src=x onerror=alert(1)>"'&<script>alert(2)</script>`;

let story: WholeApp;
let ref: string;
let key: VerifierKey;
let keyLine: string;
let archive: Uint8Array;
let pack: Pack;
const folder = mkdtempSync(join(tmpdir(), "postern-evidence-"));

/** Lives through request, two votes, an extension's review, and an end. */
beforeAll(async () => {
  story = await openWholeApp();
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: MARKUP, kind: "example", config: {} });
  const connection = succeeded(made).body["id"] as string;
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=viktor.petrov&policy=vpn`);
  const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
  const start = story.clock.now();
  const submitted = await submitRequest(story, { connection, policy: "vpn", subject, until: addDuration(start, duration("P60D")) });
  ref = submitted.ref;
  succeeded(await vote(story.as.ivo, submitted));
  succeeded(await vote(story.as.nils, submitted));
  await story.app.tick.tickOnce(story.clock.now());
  await becomes(submitted.id, "active");
  await story.moveTo(addDuration(start, duration("P31D")));
  await retain(story.as.nils, submitted.id);
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${submitted.id}/revoke`, { reason: MARKUP }));
  await story.app.tick.tickOnce(story.clock.now());
  await becomes(submitted.id, "closed");
  keyLine = succeeded(await story.as.audrey.ask("GET", "/api/v1/journal/key")).body["verifierKey"] as string;
  key = parseVerifierKey(sha256, keyLine)!;
  archive = await download(story.as.audrey);
  pack = JSON.parse(text(readZip(archive)![1]!.bytes)) as Pack;
});
afterAll(async () => {
  await story.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A file, which is no JSON, as a signed-in browser gets it. */
const get = async (browser: Browser, path: string) =>
  story.app.http.fetch(new Request(`${ORIGIN}${path}`, { headers: { Cookie: browser.cookie() } }));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const becomes = (id: string, state: string) =>
  story.until(
    () => show(story.as.rolf, id),
    (shown) => shown.state === state,
    state,
  );

async function retain(browser: Browser, id: string): Promise<void> {
  const view = succeeded(await browser.ask("GET", `/api/v1/exceptions/${id}`)).body as { reviews: { id: string; decision: unknown }[] };
  const review = view.reviews.find((each) => each.decision === null)!.id;
  const decision = { verdict: "retain", sentence: "Still needed, the control was tested.", content: null } as const;
  const hash = `sha256:${createHash("sha256")
    .update(canonicalText({ review, ...decision }))
    .digest("hex")}`;
  const assertion = await browser.sign(reviewAction("retain"), id, hash);
  succeeded(await browser.ask("POST", `/api/v1/exceptions/${id}/reviews/${review}/decide`, { ...decision, assertion }));
}

async function download(browser: Browser): Promise<Uint8Array> {
  return story
    .until(
      async () => {
        const response = await get(browser, `/api/v1/exceptions/${ref}/evidence`);
        return response.status === 409 ? undefined : new Uint8Array(await response.arrayBuffer());
      },
      (bytes) => bytes !== undefined,
      "covered",
    )
    .then((bytes) => bytes!);
}

const faults = (file: Uint8Array, by = key) => verifyEvidence(file, by).faults.map(({ code, detail }) => `${code}: ${detail}`);
const codes = (file: Uint8Array, by = key) => [...new Set(verifyEvidence(file, by).faults.map(({ code }) => code))];

// oxlint-disable-next-line typescript/no-explicit-any -- a forger heeds no type
type Data = any;
type Forging = { -readonly [Name in keyof Pack]: Name extends "entries" ? { leaf: number; body: string; inclusion: string[] }[] : Data };

/** The archive a forger would hand on: a changed pack, with the page and the archive made for it. */
function forged(change: (pack: Forging) => void): Uint8Array {
  const copy = structuredClone(pack) as Forging;
  change(copy);
  return writeZip(filesOf(copy));
}

/** The entries of a type, to be changed in place; the body is written again as it has to be. */
function edit(forging: Forging, type: string, change: (data: Data) => void): void {
  for (const entry of forging.entries) {
    const value = JSON.parse(entry.body) as { type: string; data: Data };
    if (value.type !== type) continue;
    change(value.data);
    entry.body = canonicalText(value);
  }
}

describe("an evidence pack", () => {
  test("is sound under the log's key, and says who approved what, when it ended and when it was seen to be gone", () => {
    const result = verifyEvidence(archive, key);
    expect(result.faults).toEqual([]);
    expect(result.isSound).toBe(true);
    expect(result.signed.map(({ words }) => words)).toEqual([
      "approved version 1 as iam",
      "approved version 1 as network_security",
      `reviewed: retain (${ref}-R1)`,
    ]);
    expect(result.signed.map(({ person }) => result.people[person])).toEqual(["ivo", "nils", "nils"]);
    expect(result.state?.state).toBe("closed");
    expect(result.state?.dossier.endings).toMatchObject([{ cause: "revoked", closedAt: expect.any(String) }]);
  });

  test("holds every entry of the exception, and of the passkeys only whose they are and what they signed here", async () => {
    const all = succeeded(await story.as.audrey.ask("GET", `/api/v1/journal/subjects/${pack.exception}/entries?limit=200`)).body;
    const entries = pack.entries.map(({ body }) => JSON.parse(body) as { id: string; kind: string; type: string; subject: string });
    const own = entries.filter(({ subject }) => subject === pack.exception).map(({ id }) => id);
    expect(own).toEqual((all["items"] as { id: string }[]).map(({ id }) => id));
    expect(
      entries
        .filter(({ kind }) => kind === "passkey")
        .map(({ type }) => type)
        .sort(),
    ).toEqual(["registered", "registered", "signed", "signed", "signed"]);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(["exception", "person", "passkey"]));
  });

  test("is for those who may read everything that happened, and for nobody else", async () => {
    for (const player of ["audrey", "ivo", "gerda"] as const)
      expect((await get(story.as[player], `/api/v1/exceptions/${ref}/evidence`)).status).toBe(200);
    for (const player of ["hedi", "rolf", "ada", "nils"] as const) {
      const answer = await story.as[player].ask("GET", `/api/v1/exceptions/${ref}/evidence`);
      expect([answer.status, codeOf(answer)]).toEqual([404, "http.notFound"]);
    }
    expect(codeOf(await story.as.audrey.ask("GET", "/api/v1/exceptions/EXC-2026-9999/evidence"))).toBe("exceptions.notFound");
  });

  test("shows what people typed as text: there is no markup of theirs in the page, and nothing that could run", () => {
    const page = text(readZip(archive)![0]!.bytes);
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;&lt;script&gt;");
    expect(page).not.toMatch(/<(script|img|iframe|object|link)\b/i);
    expect(page).not.toMatch(/<[^>]*\son[a-z]+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("does not survive the change of a single byte, wherever it is", () => {
    const step = Math.max(1, Math.floor(archive.length / 150));
    const survived: number[] = [];
    for (let at = 0; at < archive.length; at += step) {
      const changed = Uint8Array.from(archive);
      changed[at]! ^= 1;
      if (verifyEvidence(changed, key).isSound) survived.push(at);
    }
    expect(survived).toEqual([]);
  });

  test("its JSON alone is verified too; a byte more, before or after, is not", () => {
    const json = readZip(archive)![1]!.bytes;
    expect(verifyEvidence(json, key)).toMatchObject({ isSound: true, form: "json" });
    expect(codes(Buffer.concat([json, Buffer.from(" ")]))).toEqual(["not_a_pack"]);
    expect(codes(Buffer.concat([archive, Buffer.from("x")]))).toEqual(["archive"]);
    expect(codes(Buffer.from("no pack at all"))).toEqual(["not_a_pack"]);
  });
});

describe("whoever forges a pack, page and archive included, is told", () => {
  test("by the key: a pack signed with the forger's own key is of another log", () => {
    const own = createSigner(key.name, parsePrivateKey(Buffer.alloc(32, 7).toString("base64")));
    const [, size, root] = pack.checkpoint.split("\n");
    const file = forged(
      (forging) => (forging.checkpoint = signCheckpoint(own, { size: Number(size), root: Buffer.from(root!, "base64") })),
    );
    expect(codes(file)).toContain("checkpoint");
    expect(codes(archive, own.key)).toContain("checkpoint");
  });

  test("which entry was changed: the vote of somebody else is not proven, and not what was signed", () => {
    const file = forged((forging) => edit(forging, "VoteCast", (data) => (data.vote.person = story.idOf.gerda)));
    expect(codes(file)).toEqual(expect.arrayContaining(["not_proven", "signature", "state_differs"]));
    expect(
      verifyEvidence(file, key)
        .faults.filter(({ code }) => code === "not_proven")
        .map(({ entry }) => entry),
    ).toHaveLength(2);
  });

  test("which state was claimed instead of the one the entries make", () => {
    const file = forged((forging) => (forging.claims.state.dossier.endings[0].closedAt = "2026-03-03T00:00:00.000Z"));
    expect(faults(file)).toEqual(["state_differs: claims.state.dossier.endings.0.closedAt is not what the entries make of it"]);
    expect(codes(forged((forging) => (forging.claims.people[story.idOf.ivo] = "Somebody else")))).toEqual(["names_differ"]);
  });

  test("what was left out in the middle, doubled, or put where it does not belong", () => {
    const second = pack.entries.findIndex(({ body }) => body.includes('"type":"VoteCast"'));
    expect(codes(forged((forging) => forging.entries.splice(second, 1)))).toEqual(expect.arrayContaining(["version_gap", "state_differs"]));
    expect(codes(forged((forging) => forging.entries.splice(second, 0, forging.entries[second]!)))).toEqual(
      expect.arrayContaining(["entry_order", "version_gap"]),
    );
    const withoutAssertions = forged((forging) => {
      forging.entries = forging.entries.filter(({ body }: { body: string }) => !body.includes('"type":"signed"'));
    });
    expect(faults(withoutAssertions)).toHaveLength(3);
    expect(faults(withoutAssertions)[0]).toBe("signature: approved version 1 as iam: the pack has no assertion of it");
  });

  test("which signature does not hold, or is of another decision", () => {
    const bent = forged((forging) => edit(forging, "signed", (data) => (data.record.signature = data.record.signature.replace(/^./, "A"))));
    expect(faults(bent).filter((fault) => fault.startsWith("signature"))[0]).toContain("the digest is not of the assertion");
    const otherContent = forged((forging) =>
      edit(forging, "VersionSubmitted", (data) => (data.version.content.justification = "Another reason")),
    );
    expect(codes(otherContent)).toEqual(expect.arrayContaining(["not_proven", "content_hash"]));
  });

  test("that the page was changed though the JSON was not", () => {
    const [page, json] = readZip(archive)!;
    const painted = writeZip([{ ...page!, bytes: Buffer.from(text(page!.bytes).replace("closed", "active")) }, json!]);
    expect(faults(painted)).toEqual([`page_differs: ${ref}-evidence.html is not what the JSON file makes: do not read it`]);
  });
});

async function run(...argv: string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const terminal = { out: (more: string) => void (out += more), err: (more: string) => void (out += more) };
  const client = { call: () => Promise.reject(new Error("not asked")), download: () => Promise.resolve(archive) };
  const commands = [
    ...evidenceCommands(() => Promise.resolve(client)),
    ...journalCommands({
      replays: {},
      now: () => story.clock.now(),
      verifyPack: verifyEvidence,
      openLocal: () => Promise.reject(new Error("a pack needs no database")),
      findToken: () => Promise.reject(new Error("a pack needs no server")),
    }),
  ];
  return { code: await runCli(commands, argv, {}, terminal), out };
}

describe("on the command line", () => {
  test("evidence writes the file once, and verify tells the whole story of it with a key that was brought along", async () => {
    const file = join(folder, "pack.zip");
    expect(await run("evidence", ref, "--out", file)).toMatchObject({ code: 0 });
    expect(readFileSync(file)).toEqual(Buffer.from(archive));
    expect(await run("evidence", ref, "--out", file)).toMatchObject({ code: 2 });
    const { code, out } = await run("verify", "--pack", file, "--key", keyLine);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^sound: ${ref}, closed since`));
    expect(out).toContain("ivo approved version 1 as iam: signed with their passkey");
    expect(out).toMatch(/ended \S+ \(revoked\), seen to be gone \S+Z/);
    expect(out).toContain("Not proven by any pack: whether something happened after its last entry");
  });

  test("verify asks for a key rather than take one from the pack, and ends with 1 on what is not sound", async () => {
    const file = join(folder, "forged.zip");
    writeFileSync(
      file,
      forged((forging) => (forging.claims.state.dossier.unit = "elsewhere")),
    );
    expect(await run("verify", "--pack", file)).toMatchObject({
      code: 2,
      out: expect.stringContaining("a pack is verified against a key you trust"),
    });
    expect(await run("verify", "--pack", file, "--key", keyLine)).toEqual({
      code: 1,
      out: "NOT SOUND: 1 fault\nstate_differs: claims.state.dossier.unit is not what the entries make of it\n",
    });
  });
});

test("nothing of a pack is of another place than its log", () => {
  expect(pack.log).toBe(new URL(ORIGIN).host);
});
