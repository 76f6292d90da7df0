/** People and the clock at the same moment, over and over, on PostgreSQL: one of them is first, and nothing of the other is left half done. */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type App, compose } from "../../src/compose.ts";
import { REPLAYS } from "../../src/compose-replays.ts";
import { readConfig } from "../../src/config.ts";
import { canonicalText } from "../../src/kernel/canonical.ts";
import { addDuration, duration, epochMs, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { type Answer, type Browser, codeOf, succeeded } from "../support/browser.ts";
import { describeOnPostgres } from "../support/databases.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { replayAll } from "../support/replayed.ts";
import { openWholeApp, type Shown, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

const ROUNDS = 6;
const hashOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

describeOnPostgres("at the same moment", (_, newUrl) => {
  let story: WholeApp;
  let other: App;
  let provider: MemoryProvider;
  let connection: string;
  let subjects = 0;
  let afterRemoval: (() => Promise<unknown>) | undefined;

  beforeAll(async () => {
    const databaseUrl = await newUrl();
    const memory = createMemoryProvider(() => story.clock.now());
    // One policy each: a need that comes back ten times is refused.
    const policies = Array.from({ length: 100 }, (_, n) => ({ ...memory.policies[0]!, key: n === 0 ? "vpn" : `vpn${n}` }));
    const remove: MemoryProvider["remove"] = async (bypass) => {
      const outcome = await memory.remove(bypass);
      await afterRemoval?.();
      return outcome;
    };
    provider = { ...memory, policies, remove };
    const kind = {
      kind: "memory",
      title: "Memory",
      parse: (config: unknown) => ({ ok: true as const, config }),
      create: () => provider,
    };
    story = await openWholeApp({ databaseUrl, connectorFactories: [kind] });
    const { clock, dataDir } = story;
    const log = createLog(
      () => clock.now(),
      (line) => void story.logged.push(line),
    );
    const config = readConfig({ POSTERN_DATA: dataDir, DATABASE_URL: databaseUrl, POSTERN_TICK_SECONDS: "3600" });
    other = await compose(config, { clock, ids: randomIds(clock), log, connectorFactories: [kind] });
    await other.start();
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
    connection = succeeded(made).body["id"] as string;
  });
  afterAll(async () => {
    await other.stop();
    await story.close();
  });

  const after = (days: number) => addDuration(story.clock.now(), duration(`P${days}D`));
  const tickBoth = () => Promise.all([story.app, other].map(({ tick }) => tick.tickOnce(story.clock.now())));
  const repeat = async (round: () => Promise<void>) => {
    for (let n = 0; n < ROUNDS; n++) await round();
    const { faults } = await replayAll(other.database, REPLAYS);
    expect(faults).toEqual([]);
  };

  async function submitted(until: Instant): Promise<Shown> {
    const subject = { kind: "user", key: `s${++subjects}`, name: `s${subjects}` };
    provider.add(subject as { kind: "user"; key: string; name: string });
    return submitRequest(story, { connection, policy: `vpn${subjects}`, subject, until });
  }

  const inState = (id: string, ...states: string[]) =>
    story.until(
      () => show(story.as.rolf, id),
      ({ state }) => states.includes(state),
      states.join(" or "),
    );

  async function active(until = after(20)): Promise<Shown> {
    const shown = await submitted(until);
    for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
    await tickBoth();
    return inState(shown.id, "active");
  }

  const isHeld = (ref: string) => [...provider.held].some((entry) => entry.startsWith(`${ref} `));

  async function countOf(id: string): Promise<Record<string, number>> {
    const text = "select type, count(*)::int as n from journal_entry where subject = $1 group by 1";
    const { rows } = await executeSql(other.database.db, text, [id]);
    return Object.fromEntries((rows as { type: string; n: number }[]).map(({ type, n }) => [type, n]));
  }

  /** Somebody lets another one through by hand, and a reading finds it. */
  async function found(): Promise<{ id: string; key: string; subject: string }> {
    const subject = `h${++subjects}`;
    const key = `hand ${subject}`;
    provider.held.add(key);
    succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}));
    const open = (await story.admin.ask("GET", "/api/v1/bypasses?limit=200&status=unregistered")).body["items"] as Found[];
    return { id: open.find((each) => each.subject.key === subject)!.id, key, subject };
  }

  test("a bypass claimed by three people: one answers for it, and the others have no draft about it", () =>
    repeat(async () => {
      const { id, subject } = await found();
      const claim = { category: "legacy_application", unit: "plant" };
      const claims = [story.as.ada, story.as.ivo, story.as.ines].map((each) => each.ask("POST", `/api/v1/bypasses/${id}/claim`, claim));
      const answers = await Promise.all(claims);
      expect(answers.filter((answer) => codeOf(answer) === "bypasses.notOpen")).toHaveLength(2);
      const drafts = (await story.admin.ask("GET", `/api/v1/exceptions?limit=200&search=${subject}`)).body["items"] as Shown[];
      expect(drafts.map((each) => each.id)).toEqual([answers.find(({ status }) => status < 300)!.body["exception"]]);
    }));

  test("a bypass claimed, and missed by a reading, while it is being removed: it is told who removed it", async () => {
    for (const inBetween of [
      (id: string) => story.as.ada.ask("POST", `/api/v1/bypasses/${id}/claim`, { category: "legacy_application", unit: "plant" }),
      () => story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {}),
    ]) {
      const { id, key } = await found();
      afterRemoval = async () => succeeded(await inBetween(id));
      const removed = await story.as.ivo.ask("POST", `/api/v1/bypasses/${id}/remove`, { reason: "nobody needs it" });
      afterRemoval = undefined;
      succeeded(removed);
      const rows = (await story.admin.ask("GET", "/api/v1/bypasses?limit=200&status=removed")).body["items"] as { id: string }[];
      expect([rows.some((row) => row.id === id), provider.held.has(key)]).toEqual([true, false]);
    }
    expect((await replayAll(other.database, REPLAYS)).faults).toEqual([]);
  });

  test("a connection made twice, and one given new secrets and removed: one is there, no secret outlives its connection, and never a fault", () =>
    repeat(async () => {
      const key = `k${++subjects}`;
      const made = await Promise.all(
        [1, 2].map(() => story.admin.ask("POST", "/api/v1/connections", { key, name: key, kind: "memory", config: {} })),
      );
      expect(made.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
      const { id } = made.find(({ status }) => status === 201)!.body as { id: string };
      const rotations = ["one", "two"].map((secret) => story.admin.ask("POST", `/api/v1/connections/${id}/secret`, { secret }));
      const removal = story.admin.ask("POST", `/api/v1/connections/${id}/remove`, { reason: "replaced" });
      for (const answer of await Promise.all(rotations)) expect([200, 409]).toContain(answer.status);
      succeeded(await removal);
      expect(codeOf(await story.admin.ask("POST", `/api/v1/connections/${id}/secret`, { secret: "three" }))).toBe("connections.removed");
      const { rows } = await executeSql(other.database.db, "select 1 from connection_secret where connection = $1", [id]);
      expect(rows).toEqual([]);
    }));

  test("withdrawn and approved: what was withdrawn is never provided", () =>
    repeat(async () => {
      const shown = await submitted(after(20));
      succeeded(await vote(story.as.ivo, shown));
      const [withdrawn] = await Promise.all([
        story.as.rolf.ask("POST", `/api/v1/exceptions/${shown.id}/withdraw`, { reason: "not needed" }),
        vote(story.as.nils, shown),
      ]);
      succeeded(withdrawn);
      await tickBoth();
      expect((await show(story.as.rolf, shown.id)).state).toBe("withdrawn");
      expect(isHeld(shown.ref)).toBe(false);
    }));

  /** An extension that lacks one vote: who gives it is returned. */
  async function extended({ id }: Shown, until: Instant): Promise<() => Promise<Answer>> {
    const { versions } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${id}`)).body as unknown as Full;
    const { content } = versions.at(-1)!;
    const scope = content.scope.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling }));
    const body = { kind: "extension", content: { ...content, scope, requestedUntil: until } };
    const proposed = succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/propose`, body)).body as unknown as Shown;
    for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], proposed));
    return signed(story.as.gerda, proposed);
  }

  test("an extension decided and the exception revoked: it is over, and the provider holds nothing", () =>
    repeat(async () => {
      const shown = await active();
      const decide = await extended(shown, after(40));
      const [revoked] = await Promise.all([
        story.as.ada.ask("POST", `/api/v1/exceptions/${shown.id}/revoke`, { reason: "retired" }),
        decide(),
      ]);
      succeeded(revoked);
      await inState(shown.id, "closed");
      expect(isHeld(shown.ref)).toBe(false);
      expect(await countOf(shown.id)).toMatchObject({ RevocationBegun: 1, Closed: 1 });
    }));

  test("an extension decided a millisecond before the end and the tick of two replicas at it: extended or ended, never both", () =>
    repeat(async () => {
      const { clock } = story;
      const end = addDuration(clock.now(), duration("PT10M"));
      const shown = await active(end);
      clock.set(instantOfEpochMs(epochMs(end) - 1));
      const decide = await extended(shown, after(20));
      const voting = decide();
      const [answer] = await Promise.all([voting, Promise.resolve().then(() => clock.set(end)), tickBoth(), tickBoth()]);
      const won = answer.status < 300;
      const settled = await inState(shown.id, won ? "active" : "closed");
      expect([isHeld(shown.ref), settled.inForce]).toEqual([won, won]);
      const counted = await countOf(shown.id);
      expect([counted["VersionApproved"], counted["RevocationBegun"] ?? 0]).toEqual(won ? [2, 0] : [1, 1]);
    }));

  test("suspended and extended: what is suspended is extended by nobody", () =>
    repeat(async () => {
      const shown = await active();
      const decide = await extended(shown, after(40));
      const [suspended, voted] = await Promise.all([
        story.as.gerda.ask("POST", `/api/v1/exceptions/${shown.id}/suspend`, { why: "used from abroad" }),
        decide(),
      ]);
      succeeded(suspended);
      await inState(shown.id, "suspended");
      expect(isHeld(shown.ref)).toBe(false);
      expect((await countOf(shown.id))["VersionApproved"]).toBe(voted.status < 300 ? 2 : 1);
    }));

  test("a review answered by two people: one answer stands, the other is told", () =>
    repeat(async () => {
      const shown = await active();
      succeeded(await story.as.gerda.ask("POST", `/api/v1/exceptions/${shown.id}/suspend`, { why: "used from abroad" }));
      await inState(shown.id, "suspended");
      const { reviews } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${shown.id}`)).body as unknown as Full;
      const answers = await Promise.all([
        review(story.as.gerda, shown.id, reviews[0]!.id, "retain"),
        review(story.as.nils, shown.id, reviews[0]!.id, "revoke"),
      ]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      const retained = answers[0].status < 300;
      await inState(shown.id, retained ? "active" : "closed");
      expect(isHeld(shown.ref)).toBe(retained);
      expect(await countOf(shown.id)).toMatchObject({ ReviewDecided: 1 });
    }));
});

interface Full {
  readonly versions: readonly { readonly content: { readonly scope: readonly Record<string, unknown>[] } }[];
  readonly reviews: readonly { readonly id: string }[];
}

interface Found {
  readonly id: string;
  readonly subject: { readonly key: string };
}

/** A vote signed already, so that only its arrival races. */
async function signed(browser: Browser, shown: Shown): Promise<() => Promise<Answer>> {
  const { version, contentHash } = shown.approval!;
  const assertion = await browser.sign("exceptions.approve", shown.id, contentHash);
  return () => browser.ask("POST", `/api/v1/exceptions/${shown.id}/vote`, { decision: "approve", version, contentHash, assertion });
}

async function review(browser: Browser, id: string, of: string, verdict: string): Promise<Answer> {
  const body = { verdict, sentence: "It is still needed and its control works.", content: null };
  const assertion = await browser.sign(`exceptions.${verdict}`, id, hashOf(canonicalText({ review: of, ...body })));
  return browser.ask("POST", `/api/v1/exceptions/${id}/reviews/${of}/decide`, { ...body, assertion });
}
