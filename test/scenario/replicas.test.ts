/** Two whole applications over one PostgreSQL, ticking and working at the same time, in front of one provider. */
import { expect, test } from "vitest";

import { compose } from "../../src/compose.ts";
import { REPLAYS } from "../../src/compose-replays.ts";
import { readConfig } from "../../src/config.ts";
import type { Connector, ConnectorFactory } from "../../src/connectors/port.ts";
import { loadVerifierKey, readDatabase, verifyJournal } from "../../src/journal/index.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { succeeded } from "../support/browser.ts";
import { describeOnPostgres } from "../support/databases.ts";
import { createMemoryProvider } from "../support/memory-provider.ts";
import { openWholeApp, requestBody, type Shown, show, vote } from "../support/whole-app.ts";

const SUBJECTS = ["s1", "s2", "s3", "s4"];

function factoryOf(connector: () => Connector): ConnectorFactory {
  return { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: connector };
}

describeOnPostgres("two replicas", (_, newUrl) => {
  test("carry every order out as if there were one, and write nothing twice", async () => {
    const databaseUrl = await newUrl();
    const provider = createMemoryProvider(() => story.clock.now());
    const connectorFactories = [factoryOf(() => provider)];
    const story = await openWholeApp({ databaseUrl, connectorFactories });
    const config = readConfig({ POSTERN_DATA: story.dataDir, DATABASE_URL: databaseUrl, POSTERN_TICK_SECONDS: "3600" });
    const { clock } = story;
    const log = createLog(
      () => clock.now(),
      () => undefined,
    );
    const other = await compose(config, { clock, ids: randomIds(clock), log, connectorFactories });
    await other.start();
    const both = [story.app, other];
    const tickBoth = () => Promise.all(both.map(({ tick }) => tick.tickOnce(clock.now())));
    for (const name of SUBJECTS) provider.add({ kind: "user", key: name, name });
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
    const connection = succeeded(made).body["id"] as string;
    const scanBoth = () => Promise.all(both.map(({ bypasses }) => bypasses.scan(connection)));

    const until = addDuration(clock.now(), duration("P20D"));
    const subjects = SUBJECTS.map((key) => ({ kind: "user", key, name: key }));
    const body = requestBody(story, { connection, policy: "vpn", subject: subjects[0]!, until }) as { content: { scope: object[] } };
    const scope = subjects.map((subject) => ({ ...body.content.scope[0], subject: { ...subject, connection } }));
    const asked = { ...body, content: { ...body.content, scope } };
    const { id, ref } = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", asked)).body as unknown as Shown;
    const submitted = succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, {})).body as unknown as Shown;
    succeeded(await vote(story.as.ivo, submitted));
    succeeded(await vote(story.as.nils, submitted));

    provider.held.add("hand s9");
    await Promise.all([tickBoth(), scanBoth()]);
    const shownAs = (state: string) =>
      story.until(
        () => show(story.as.rolf, id),
        (shown) => shown.state === state,
        state,
      );
    await shownAs("active");
    const keys = SUBJECTS.map((key) => `${ref} ${key}`);
    expect([...provider.held].sort()).toEqual([...keys, "hand s9"].sort());

    clock.set(until);
    succeeded(await story.as.rolf.signIn());
    await Promise.all([tickBoth(), scanBoth(), tickBoth()]);
    await shownAs("closed");
    await scanBoth();
    expect([...provider.held]).toEqual(["hand s9"]);
    // An order may be carried out by both at once; it takes effect once, is never given again after it was taken back, and is recorded once.
    expect(provider.effects.toSorted()).toEqual([...keys.map((key) => `grant ${key}`), ...keys.map((key) => `revoke ${key}`)].sort());
    for (const key of keys) expect(provider.calls.lastIndexOf(`grant ${key}`)).toBeLessThan(provider.calls.indexOf(`revoke ${key}`));

    const { rows } = await executeSql(
      other.database.db,
      "select case when body::jsonb->'data'->'outcome'->>'kind' = 'removed' then 'Removed' else type end as type, count(*)::int as n from journal_entry where subject = $1 group by 1",
      [id],
    );
    const counted = Object.fromEntries((rows as { type: string; n: number }[]).map(({ type, n }) => [type, n]));
    expect(counted).toMatchObject({ ActivationBegun: 1, Activated: 1, BindingApplied: 4, RevocationBegun: 1, Removed: 4, Closed: 1 });
    const found = await executeSql(
      other.database.db,
      "select count(*)::int as n from journal_entry where type = 'bypassFound' group by subject",
    );
    expect((found.rows as { n: number }[]).every(({ n }) => n === 1)).toBe(true);

    const key = await loadVerifierKey(other.database.db);
    const result = await readDatabase(other.database.db, REPLAYS, (source) =>
      verifyJournal(source, { key, replays: REPLAYS, now: clock.now() }),
    );
    expect(result).toMatchObject({ isSound: true, faults: [] });
    await other.stop();
    await story.close();
  });
});
