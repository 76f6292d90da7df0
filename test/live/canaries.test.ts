/** Canaries on real servers: let in, refused and not asked are told apart, and their secrets stay where they are. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { entriesOfSubject } from "../../src/journal/index.ts";
import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { openPlants, LOCKED, type Plants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

const missing = slapdMissing();

describe("canaries of a directory (slapd)", () => {
  let slapd: Slapd;
  let plants: Plants;
  let story: WholeApp;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    slapd = await startSlapd();
    plants = openPlants(slapd);
    story = await openWholeApp({ start: instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000) });
    const { secret, ...config } = settingsFor(slapd);
    succeeded(await story.admin.ask("POST", "/api/v1/connections", { key: "ldap", name: "OpenLDAP", kind: "openldap", config, secret }));
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await story.close();
    await plants.close();
    await slapd.close();
  });

  async function add(key: string, more: Record<string, unknown>): Promise<string> {
    const asked = { key, name: key, connection: "ldap", way: { kind: "password" }, ...more };
    return succeeded(await story.admin.ask("POST", "/api/v1/canaries", asked)).body["id"] as string;
  }
  const tried = async (id: string) => succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {})).body["answer"];
  const shown = async (id: string) => {
    const { items } = (await story.as.audrey.ask("GET", "/api/v1/canaries")).body as { items: Record<string, unknown>[] };
    return items.find((item) => item["id"] === id)!;
  };

  test("a password that works lets it in, and that this secret worked is remembered until there is another", async () => {
    const { dn, password } = await plants.person("drill-open", { open: true });
    const id = await add("open", { account: dn, secret: password, subject: "drill-open" });
    expect(await shown(id)).toMatchObject({ workedAt: null, subject: { name: "drill-open" } });
    expect(await tried(id)).toBe("let_in");
    expect((await shown(id))["workedAt"]).toBe(story.clock.now());
    await plants.set(dn, "pwdAccountLockedTime", LOCKED);
    expect(await tried(id)).toBe("refused");
    succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/secret`, { secret: "another-one-1234" }));
    expect((await shown(id))["workedAt"]).toBeNull();
  });

  test("a certificate is tried as the directory asks for it", async () => {
    const { dn } = await plants.person("drill-card");
    const { certificatePem, keyPem } = slapd.certificateFor(dn);
    const id = await add("card", { account: dn, way: { kind: "certificate", certificatePem }, secret: keyPem });
    expect(await tried(id)).toBe("let_in");
  });

  test("a directory that is down refuses nobody: it could not be asked", async () => {
    const { dn, password } = await plants.person("drill-down", { open: true });
    const id = await add("down", { account: dn, secret: password });
    await slapd.stop();
    expect(await tried(id)).toBe("none");
    await slapd.start();
    expect(await tried(id)).toBe("let_in");
  });

  test("its secret is in no answer, no journal entry and no column, and is gone when it is removed", async () => {
    const { dn, password } = await plants.person("drill-secret", { open: true });
    const id = await add("secret", { account: dn, secret: password });
    const entries = await entriesOfSubject(story.app.database.db, id);
    expect(entries).not.toHaveLength(0);
    expect(JSON.stringify([entries, await shown(id)])).not.toContain(password);
    const rows = async () =>
      await story.app.database.db
        .withTables<{ canary_secret: { canary: string; sealed: string } }>()
        .selectFrom("canary_secret")
        .selectAll()
        .where("canary", "=", id)
        .execute();
    expect(JSON.stringify(await rows())).not.toContain(password);
    succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/remove`, { reason: "the drill is over" }));
    expect(await rows()).toEqual([]);
    const { status } = await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {});
    expect(status).toBe(409);
  });

  test("it is tried ten times at once and no more: a wrong secret must not lock the account", async () => {
    const { dn } = await plants.person("drill-often", { open: true });
    const id = await add("often", { account: dn, secret: "not the password 1" });
    for (let left = 10; left > 0; left--) await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {});
    const { status, body } = await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {});
    expect([status, (body["reasons"] as { code: string }[])[0]!.code]).toEqual([429, "canaries.tooOften"]);
  });

  test("what could never be tried is refused when it is added", async () => {
    expect(await refusedWith(story, { connection: "elsewhere" })).toBe("canaries.connectionUnknown");
    expect(await refusedWith(story, { connection: null })).toBe("canaries.wayUnfit");
    expect(await refusedWith(story, { control: "nobody" })).toBe("canaries.notFound");
    expect(await refusedWith(story, { subject: "nobody-there" })).toBe("canaries.subjectUnknown");
    expect(await refusedWith(story, { key: "open" })).toBe("canaries.keyTaken");
  });
});

async function refusedWith(story: WholeApp, more: Record<string, unknown>): Promise<string> {
  const asked = { key: "odd", name: "odd", connection: "ldap", account: "x", secret: "y", way: { kind: "password" }, ...more };
  const { body } = await story.admin.ask("POST", "/api/v1/canaries", asked);
  return (body["reasons"] as { code: string }[])[0]!.code;
}
