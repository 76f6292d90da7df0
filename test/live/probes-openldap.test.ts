/** What drills try by themselves, on real servers: slapd, TLS endpoints, an OpenID provider with two that rely on it, a backup. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { backup } from "../../src/platform/backup.ts";
import { executeSql } from "../../src/platform/db.ts";
import { createOpenLdapConnector } from "../../src/connectors/openldap/connector.ts";
import { openLdapConfig } from "../../src/connectors/openldap/config.ts";
import type { Connector, ConnectorFactory } from "../../src/connectors/port.ts";
import { succeeded } from "../support/browser.ts";
import { type Authority, createAuthority, type Issued, opensslMissing } from "../support/certificates.ts";
import { openProbing, type Probing, trustFile } from "../support/probing.ts";
import { CLIENT, openTlsParty, openTokenWorld, type TlsParty, type TokenWorld } from "../support/relying-parties.ts";
import { LOCKED, machineNow, openPlants, type Plants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { ESTATE, openWholeApp, requestBody, type Shown, show, vote, type WholeApp } from "../support/whole-app.ts";

const missing = slapdMissing() ?? opensslMissing();
const names = "DNS:localhost,IP:127.0.0.1";

/** The connector sees the time of the story. While `lies` it says that it took a grant away, and that it sees it gone, and did nothing. */
const fault = { lies: false, now: machineNow };

/** OpenLDAP's own connector, but for the fault. */
const faulty: ConnectorFactory = {
  kind: "openldap",
  title: "OpenLDAP",
  parse: (config) => ({ ok: true, config: openLdapConfig.parse(config) }),
  create(config, secret = "") {
    const own = createOpenLdapConnector({ ...openLdapConfig.parse(config), secret }, { now: () => fault.now() });
    const liar: Pick<Connector, "revoke" | "read"> = {
      revoke: async (order) => (fault.lies ? { outcome: "removed" } : own.revoke(order)),
      async read(order) {
        const seen = await own.read(order);
        return fault.lies ? { ...seen, configured: false, effective: false, otherWays: [] } : seen;
      },
    };
    return { ...own, ...liar };
  },
};

const death = (subject: string) =>
  ({ kind: "exceptionDeath", connection: "ldap", policy: "vpn", subject, livesMinutes: 10, graceMinutes: 5 }) as const;

describe("probes", () => {
  let slapd: Slapd;
  let plants: Plants;
  let authority: Authority;
  let story: WholeApp;
  let probing: Probing;
  let tokens: TokenWorld;
  let start: Instant;
  let connection: string;
  const backups = mkdtempSync(join(tmpdir(), "postern-backups-"));
  const closing: (() => unknown)[] = [];
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    slapd = await startSlapd();
    plants = openPlants(slapd);
    authority = createAuthority();
    tokens = await openTokenWorld();
    start = instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000);
    const env = { POSTERN_TRUST_FILE: trustFile(authority.caPem), POSTERN_BACKUPS: backups };
    story = await openWholeApp({ start, connectorFactories: [faulty], env });
    fault.now = () => story.clock.now();
    probing = openProbing(story, env);
    const { secret, ...config } = settingsFor(slapd);
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "ldap", name: "OpenLDAP", kind: "openldap", config, secret });
    connection = succeeded(made).body["id"] as string;
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await story.close();
    await tokens.stop();
    await plants.close();
    await slapd.close();
    authority.close();
    rmSync(backups, { recursive: true, force: true });
    for (const close of closing) await close();
  });

  async function serve(own: Issued, server: Server = createServer()): Promise<string> {
    server.setSecureContext({ key: own.keyPem, cert: own.certificatePem });
    closing.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("a certificate about to expire fails its drill, a good one passes, an endpoint that is down is neither", async () => {
    const soon = await serve(authority.issue({ commonName: "soon", untilDays: 3, names }));
    const lasts = await serve(authority.issue({ commonName: "lasts", untilDays: 20, names }));
    expect(await probing.probe({ kind: "tls", address: soon, daysLeft: 14 })).toMatchObject({
      outcome: "failed",
      saw: expect.stringMatching(/CN=soon ends on .*\. [23] days are left/) as string,
    });
    expect(await probing.probe({ kind: "tls", address: lasts, daysLeft: 14 })).toMatchObject({ outcome: "passed" });
    expect(await probing.probe({ kind: "tls", address: "127.0.0.1:1", daysLeft: 14 })).toMatchObject({ outcome: "unknown" });
    expect(await probing.probe({ kind: "tls", address: "169.254.169.254:443", daysLeft: 14 })).toMatchObject({ outcome: "unknown" });
  });

  test("a certificate of a component that ends soon is a finding: kept while its endpoint is away, mended when it is renewed", async () => {
    const server = createServer();
    const address = await serve(authority.issue({ commonName: "ends", untilDays: 12, names }), server);
    const component = `{ key: portal, name: Portal, kind: idp, layer: identity, owner: ivo, endpoints: [{ kind: tls, address: "${address}" }] }`;
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: `${ESTATE}\ncomponents:\n  - ${component}`, dryRun: false }));
    const found = async () => {
      await story.app.findings.reconcile(story.clock.now());
      const { items } = (await story.as.gerda.ask("GET", "/api/v1/findings?kind=certificateExpiring&limit=200")).body as {
        items: FindingShown[];
      };
      return items.map(({ state, severity, statement }) => [state, severity, statement.includes("CN=ends ends on")]);
    };
    expect(await found()).toEqual([["open", "medium", true]]);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await found()).toEqual([["open", "medium", false]]);
    const renewed = authority.issue({ commonName: "renewed", untilDays: 29.9, names });
    const lasting = authority.issue({ commonName: "lasting", untilDays: 365, names });
    server.setSecureContext({ key: renewed.keyPem, cert: renewed.certificatePem });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    expect(await found()).toEqual([["open", "medium", false]]);
    server.setSecureContext({ key: lasting.keyPem, cert: lasting.certificatePem });
    expect((await found()).filter(([state]) => state === "open")).toEqual([]);
  });

  test("an account that can, and one that cannot any more, are told from a directory that is down", async () => {
    const { dn, password } = await plants.person("drill-ann", { open: true });
    const id = await probing.addCanary("ann", { connection: "ldap", account: dn, secret: password });
    const asks = (expected: "can" | "cannot") =>
      probing.probe({ kind: "identity", connection: "ldap", account: dn, does: "bind", method: null, expected });
    expect(await asks("can")).toMatchObject({ outcome: "passed" });
    expect(await asks("cannot")).toMatchObject({ outcome: "failed" });
    await plants.set(dn, "pwdAccountLockedTime", LOCKED);
    expect(await asks("cannot")).toMatchObject({ outcome: "passed" });
    expect(await asks("can")).toMatchObject({ outcome: "failed" });
    // A certificate was not given to it: that way was not tried.
    const other = { connection: "ldap", account: dn, expected: "cannot" } as const;
    expect(await probing.probe({ ...other, kind: "identity", does: "useMethod", method: "certificate" })).toMatchObject({
      outcome: "unknown",
    });
    expect(await probing.probe({ ...other, kind: "identity", does: "useMethod", method: null })).toMatchObject({ outcome: "unknown" });
    // With a secret that never worked a no proves nothing.
    succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/secret`, { secret: "never-worked-1234" }));
    expect(await asks("cannot")).toMatchObject({ outcome: "unknown" });
    await slapd.stop();
    expect(await asks("cannot")).toMatchObject({ outcome: "unknown" });
    expect(await probing.probe({ kind: "provider", connection: "ldap", canary: null })).toMatchObject({ outcome: "failed" });
    await slapd.start();
    expect(await probing.probe({ kind: "provider", connection: "ldap", canary: null })).toMatchObject({ outcome: "passed" });
  });

  const tokenCanary = (key: string, shownTo: readonly string[], secret: string = CLIENT.secret) =>
    probing.addCanary(key, {
      way: { kind: "openid", issuer: tokens.issuer, clientId: CLIENT.id, grant: "client_credentials", scope: null },
      shownTo: shownTo.map((party) => new URL(party).origin),
      secret,
    });

  test("a token that was taken back is refused by who asks, and one that goes by its memory is caught", async () => {
    await tokenCanary("token", [tokens.asking, tokens.remembering]);
    const asked = { kind: "revocation", credential: "token" } as const;
    expect(await probing.probe({ ...asked, relyingParties: [tokens.asking] })).toMatchObject({ outcome: "passed" });
    const caught = await probing.probe({ ...asked, relyingParties: [tokens.asking, tokens.remembering] });
    expect(caught).toMatchObject({
      outcome: "failed",
      saw: expect.stringContaining(`${tokens.remembering}: It takes what was revoked.`) as string,
    });
  });

  test("a token is shown to nobody its record does not name, and nothing is proven without one", async () => {
    await tokenCanary("shy", [tokens.asking]);
    const asked = { kind: "revocation", credential: "shy", relyingParties: [tokens.asking, "http://localhost:1/elsewhere"] } as const;
    expect(await probing.probe(asked)).toMatchObject({ outcome: "unknown" });
    await tokenCanary("wrong", [tokens.asking], "not the secret of this client");
    expect(await probing.probe({ kind: "revocation", credential: "wrong", relyingParties: [tokens.asking] })).toMatchObject({
      outcome: "unknown",
    });
    expect(await probing.probe({ kind: "revocation", credential: "nobody", relyingParties: [tokens.asking] })).toMatchObject({
      outcome: "unknown",
    });
  });

  test("a revoked certificate is refused by the endpoint that looks, and the one that does not is caught", async () => {
    const own = authority.issue({ commonName: "party", untilDays: 20, names });
    const [client, other] = [
      authority.issue({ commonName: "client", untilDays: 20 }),
      authority.issue({ commonName: "other", untilDays: 20 }),
    ];
    authority.revoke(client);
    const looks: TlsParty = await openTlsParty(own, authority.caPem, authority.crlPem());
    const blind: TlsParty = await openTlsParty(own, authority.caPem);
    closing.push(
      () => looks.close(),
      () => blind.close(),
    );
    const shownTo = [looks, blind].map(({ address }) => new URL(address).origin);
    const certificate = (issued: Issued) => ({
      way: { kind: "certificate", certificatePem: issued.certificatePem },
      secret: issued.keyPem,
      shownTo,
    });
    await probing.addCanary("good-card", certificate(other));
    const cookie = { way: { kind: "cookie", name: "sid" }, secret: "a cookie", shownTo, control: "good-card" };
    const odd = await story.admin.ask("POST", "/api/v1/canaries", { key: "odd", name: "odd", account: "odd", ...cookie });
    expect(odd.body["reasons"]).toMatchObject([{ code: "canaries.wayUnfit" }]);
    await probing.addCanary("revoked-card", { ...certificate(client), control: "good-card" });
    const asks = (...parties: TlsParty[]) =>
      probing.probe({ kind: "revocation", credential: "revoked-card", relyingParties: parties.map(({ address }) => address) });
    expect(await asks(looks)).toMatchObject({ outcome: "passed" });
    expect(await asks(looks, blind)).toMatchObject({ outcome: "failed" });
  });

  const granted: string[] = [];
  async function grantDrillException(subject: { kind: string; key: string; name: string }, until: Instant): Promise<string> {
    // What ended is shown to whoever asks for the same again.
    const asked = requestBody(story, { connection, policy: "vpn", subject, until });
    const { id } = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", asked)).body as unknown as Shown;
    const submitted = await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/submit`, { seenTwins: granted });
    const shown = succeeded(submitted).body as unknown as Shown;
    granted.push(id);
    succeeded(await vote(story.as.ivo, shown));
    succeeded(await vote(story.as.nils, shown));
    await story.moveTo(story.clock.now());
    await story.until(
      () => show(story.as.rolf, shown.id),
      ({ state }) => state === "active",
      "active",
    );
    return shown.id;
  }

  test("a synthetic exception dies in the directory itself, and a connector that only says so is caught", async () => {
    const { dn, subject, password } = await plants.person("drill-death", { open: true });
    await probing.addCanary("death", { connection: "ldap", account: dn, subject: "drill-death", secret: password });
    const asks = (since?: Instant) => probing.probe(death("drill-death"), since);
    expect(await asks()).toMatchObject({ outcome: "unknown" });

    const end = addDuration(start, duration("P7D"));
    const honest = await grantDrillException(subject, end);
    await story.moveTo(addDuration(start, duration("P1D")));
    await story.moveTo(end);
    await story.until(
      () => show(story.as.rolf, honest),
      ({ state }) => state === "closed",
      "closed",
    );
    expect(await asks()).toMatchObject({ outcome: "passed" });
    // What one drill saw is not told to the next.
    expect(await asks(end)).toMatchObject({ outcome: "unknown" });

    const later = addDuration(end, duration("P7D"));
    const lied = await grantDrillException(subject, later);
    await story.moveTo(addDuration(end, duration("P1D")));
    fault.lies = true;
    await story.moveTo(later);
    await story.until(
      () => show(story.as.rolf, lied),
      ({ state }) => state === "closed",
      "closed, as the connector says",
    );
    const caught = await asks(end);
    fault.lies = false;
    expect(caught).toMatchObject({ outcome: "failed", saw: expect.stringContaining("the provider still let its subject in") as string });
  });

  test("a synthetic exception that somebody ended before its time did not die by itself", async () => {
    const { dn, subject, password } = await plants.person("drill-ended", { open: true });
    await probing.addCanary("ended", { connection: "ldap", account: dn, subject: "drill-ended", secret: password });
    const began = story.clock.now();
    const id = await grantDrillException(subject, addDuration(began, duration("P7D")));
    await story.moveTo(addDuration(began, duration("P1D")));
    succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${id}/revoke`, { reason: "no longer needed" }));
    await story.moveTo(addDuration(began, duration("P1DT1M")));
    await story.until(
      () => show(story.as.rolf, id),
      ({ state }) => state === "closed",
      "closed",
    );
    await story.moveTo(addDuration(began, duration("P7D")));
    const seen = await probing.probe(death("drill-ended"), began);
    expect(seen).toMatchObject({ outcome: "unknown", saw: expect.stringContaining("was ended before its time") as string });
  });

  test("a backup is restored into an empty folder and verifies there; one that was changed does not", async () => {
    expect(await probing.probe({ kind: "restore", backup: null })).toMatchObject({ outcome: "failed" });
    // The clock of this story jumps by days: what was written before one and waits for its leaf looks forgotten after it.
    const waiting = async () => (await executeSql(story.app.database.db, "select from journal_entry where leaf_index is null")).rows.length;
    await expect.poll(waiting, { timeout: 30_000 }).toBe(0);
    await backup(story.dataDir, join(backups, "monday"), story.clock.now());
    expect(await probing.probe({ kind: "restore", backup: null })).toMatchObject({ outcome: "passed" });
    writeFileSync(join(backups, "tuesday"), "half a backup");
    expect(await probing.probe({ kind: "restore", backup: "tuesday" })).toMatchObject({ outcome: "failed" });
    expect(await probing.probe({ kind: "restore", backup: "../monday" })).toMatchObject({ outcome: "unknown" });
  });

  test("no secret is in what was kept as evidence, or logged", () => {
    const told = [...probing.evidence, ...story.logged].join("\n");
    expect(probing.evidence.length).toBeGreaterThan(5);
    for (const secret of [CLIENT.secret, "A-password-of-24-letters", "PRIVATE KEY", "Bearer "]) expect(told).not.toContain(secret);
  });
});

interface FindingShown {
  readonly state: string;
  readonly severity: string;
  readonly statement: string;
}
