/** What drills try by themselves on a real Active Directory domain (Samba), and whether a fallback holds as the model says (slapd). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { settingsFor as directorySettings } from "../support/activedirectory.ts";
import { succeeded } from "../support/browser.ts";
import { openProbing, type Probing } from "../support/probing.ts";
import { BIT, openPlants as openDomainPlants, type Planted, type Plants as DomainPlants } from "../support/samba-plants.ts";
import { type Samba, sambaMissing, startSamba } from "../support/samba.ts";
import { openPlants, type Plants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { ESTATE, openWholeApp, requestBody, show, type Shown, vote, type WholeApp } from "../support/whole-app.ts";

const missing = sambaMissing() ?? slapdMissing();

const MODEL = `
components:
  - { key: domain, name: The domain, kind: directory, layer: identity, owner: ivo, connection: corp }
  - { key: codes, name: Codes, kind: authenticator, layer: identity, owner: ivo, requires: domain }
  - { key: standby, name: Standby directory, kind: directory, layer: identity, owner: ivo, connection: ldap }
operations:
  - key: wages
    name: Pay wages
    criticality: 1
    businessOwner: ada
    tolerates: 1
    paths:
      - { key: card, name: Smart card, population: human, role: primary, needs: domain }
      - { key: standby, name: Standby directory, population: human, role: fallback, needs: standby }
  - key: orders
    name: Take orders
    criticality: 1
    businessOwner: ada
    tolerates: 1
    paths:
      - { key: card, name: Smart card, population: human, role: primary, needs: domain }
      - { key: code, name: One-time code, population: human, role: fallback, needs: codes }
`;

describe("probes on a domain", () => {
  let samba: Samba;
  let domain: DomainPlants;
  let slapd: Slapd;
  let plants: Plants;
  let story: WholeApp;
  let probing: Probing;
  let start: Instant;
  let connection: string;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    [samba, slapd] = await Promise.all([startSamba(), startSlapd()]);
    domain = await openDomainPlants(samba);
    plants = openPlants(slapd);
    start = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
    story = await openWholeApp({ start });
    probing = openProbing(story);
    const connect = async (key: string, kind: string, { secret, ...config }: { secret: string }) =>
      succeeded(await story.admin.ask("POST", "/api/v1/connections", { key, name: key, kind, config, secret })).body["id"] as string;
    connection = await connect("corp", "activedirectory", directorySettings(samba));
    await connect("ldap", "openldap", settingsFor(slapd));
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await story.close();
    await domain.close();
    await samba.close();
    await plants.close();
    await slapd.close();
  });

  const canary = ({ name, dn, password }: Planted, more: Record<string, unknown> = {}) =>
    probing.addCanary(name, { connection: "corp", account: dn, secret: password, ...more });
  const asks = (account: string, expected: "can" | "cannot", place = "corp") =>
    probing.probe({ kind: "identity", connection: place, account, does: "bind", method: null, expected });

  test("a password that was set behind the smart-card bit still binds: the drill that expects a no catches it", async () => {
    const trap = await domain.passwordResetBehind("drill-trap");
    await canary(trap);
    expect(await asks(trap.dn, "cannot")).toMatchObject({ outcome: "failed", saw: expect.stringContaining("let it in") as string });
  });

  test("a disabled account is refused with a reason, which needs no secret that worked; a wrong password proves nothing", async () => {
    const gone = await domain.person("drill-gone", { bits: BIT.disabled });
    await canary(gone);
    expect(await asks(gone.dn, "cannot")).toMatchObject({ outcome: "passed", saw: expect.stringContaining("disabled") as string });
    const open = await domain.person("drill-wrong", { bits: 0 });
    await canary(open, { secret: "Not-The-Password-1!" });
    expect(await asks(open.dn, "cannot")).toMatchObject({ outcome: "unknown" });
  });

  test("a synthetic exception is marked as a drill's, asked for again as often as it takes, and gone from the domain itself at its end", async () => {
    const person = await domain.person("drill-death");
    await canary(person, { subject: "drill-death" });
    const subject = { kind: "user", key: person.key, name: person.name };
    const until = addDuration(start, duration("P7D"));
    const seenTwins: string[] = [];
    const ask = async (): Promise<Shown> => {
      const asked = requestBody(story, { connection, policy: "vpn", subject, until });
      const { id } = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", asked)).body as unknown as Shown;
      const submitted = await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins });
      seenTwins.push(id);
      return succeeded(submitted).body as unknown as Shown;
    };
    // The limit for the same subject and the same is three: the drill's fourth request meets none.
    for (let left = 3; left > 0; left--) {
      const { id } = await ask();
      succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/withdraw`, { reason: "last week's drill" }));
    }
    const shown = await ask();
    succeeded(await vote(story.as.ivo, shown));
    succeeded(await vote(story.as.nils, shown));
    await story.moveTo(story.clock.now());
    const active = await story.until(
      () => show(story.as.rolf, shown.id),
      ({ state }) => state === "active",
      "active",
    );
    expect(active).toMatchObject({ flags: ["drill"] });
    await story.moveTo(addDuration(start, duration("P1D")));
    await story.moveTo(until);
    await story.until(
      () => show(story.as.rolf, shown.id),
      ({ state }) => state === "closed",
      "closed",
    );
    const death = { kind: "exceptionDeath", connection: "corp", policy: "vpn", subject: "drill-death" } as const;
    expect(await probing.probe({ ...death, livesMinutes: 10, graceMinutes: 5 })).toMatchObject({
      outcome: "passed",
      saw: expect.stringMatching(/let its subject in at .*, and was gone from the provider at/) as string,
    });
    expect(await probing.probe({ ...death, policy: "card", livesMinutes: 10, graceMinutes: 5 })).toMatchObject({ outcome: "unknown" });
  });

  test("with the domain killed each fallback holds or fails as the model predicted, and the drills see the same", async () => {
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: `${ESTATE}\n${MODEL}`, dryRun: false }));
    const predicted = succeeded(await story.as.gerda.ask("GET", "/api/v1/lock-out/what-if?failed=domain")).body as unknown as WhatIf;
    expect(predicted.lockedOut.items.map(({ key }) => key)).toEqual(["orders"]);
    expect(predicted.weakened.items.map(({ key }) => key)).toEqual(["wages"]);

    const coder = await domain.person("drill-coder", { bits: 0 });
    await canary(coder);
    const standby = await plants.person("drill-standby", { open: true });
    await probing.addCanary("standby", { connection: "ldap", account: standby.dn, secret: standby.password });
    /** The drill of each operation's fallback. */
    const fallbacks = async () => ({
      orders: (await asks(coder.dn, "can")).outcome,
      wages: (await asks(standby.dn, "can", "ldap")).outcome,
    });

    expect(await fallbacks()).toEqual({ orders: "passed", wages: "passed" });
    await samba.stop({ hard: true });
    expect(await probing.probe({ kind: "provider", connection: "corp", canary: null })).toMatchObject({ outcome: "failed" });
    expect(await fallbacks()).toEqual({ orders: "unknown", wages: "passed" });
    await samba.start();
    expect(await fallbacks()).toEqual({ orders: "passed", wages: "passed" });
  });
});

interface WhatIf {
  readonly lockedOut: { readonly items: readonly { readonly key: string }[] };
  readonly weakened: { readonly items: readonly { readonly key: string }[] };
}
