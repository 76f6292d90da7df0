/** FreeRADIUS as docs/enforce/freeradius has it, between a real directory and the real decision point. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { createAuthority, type Issued, opensslMissing } from "../support/certificates.ts";
import { type Enforcement, openEnforcement } from "../support/enforcement.ts";
import { type Freeradius, freeradiusMissing, type RadiusReply, startFreeradius } from "../support/freeradius.ts";
import { LIES } from "../support/lying-front.ts";
import { slapdMissing } from "../support/slapd.ts";
import { tempFolders } from "../support/temp-folders.ts";
import type { Shown } from "../support/whole-app.ts";

const missing = opensslMissing() ?? slapdMissing() ?? freeradiusMissing();
const folder = tempFolders("enforce");
const REJECT = { code: "Access-Reject", attributes: {} };
const ADDRESS = "10.20.30.40";

function areBothLetIn(replies: readonly RadiusReply[]): boolean {
  return replies.length === 2 && replies.every(({ code }) => code === "Access-Accept");
}

describe("FreeRADIUS before a VPN", () => {
  let world: Enforcement;
  let radius: Freeradius;
  let shown: Shown;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    world = await openEnforcement(folder(), { name: "radius", resource: { type: "policy", id: "vpn" } }, ["alice", "bob", "carol"]);
    const { slapd, file, caFile, certificateFile, keyFile } = world;
    const own = world.identity();
    radius = await startFreeradius({
      postern_url: `https://localhost:${world.byCertificate.port}`,
      postern_ca: caFile,
      postern_certificate: file("radius.pem", own.certificatePem),
      postern_key: file("radius.key", own.keyPem),
      ldap_url: slapd.ldapsUrl,
      ldap_ca: file("ldap-ca.pem", slapd.caPem),
      ldap_reader: slapd.reader.dn,
      ldap_password: slapd.reader.password,
      ldap_people: slapd.layout.peopleDn,
      radius_certificate: certificateFile,
      radius_key: keyFile,
      radius_ca: caFile,
    });
  });
  afterAll(async () => {
    await radius?.close();
    await world?.close();
  });

  const passwordOf = (name: string): string => world.people.get(name)!.password;
  const signIn = (name: string, more: Record<string, string> = {}): Promise<RadiusReply> =>
    radius.ask({ "User-Name": name, "User-Password": passwordOf(name), "Calling-Station-Id": ADDRESS, ...more });
  const until = (ask: () => Promise<RadiusReply>, code: RadiusReply["code"]) =>
    world.story.until(ask, (reply) => reply.code === code, code);
  /** What the decision point was asked while something was done. */
  async function askedDuring(what: () => Promise<unknown>): Promise<readonly string[]> {
    const before = world.asked.length;
    await what();
    return world.asked.slice(before);
  }

  test("the right password alone is not enough; an exception in force lets in by PAP, for no longer than it holds", async () => {
    expect(await signIn("alice")).toEqual(REJECT);
    shown = await world.grant("alice", "P1D");
    const { attributes } = await until(() => signIn("alice"), "Access-Accept");
    expect(Object.keys(attributes)).toEqual(["Session-Timeout"]);
    expect(Number(attributes["Session-Timeout"])).toBeLessThanOrEqual(86_400);
    expect(Number(attributes["Session-Timeout"])).toBeGreaterThan(86_000);
    expect(await signIn("bob")).toEqual(REJECT);
  });

  test("the same person by EAP-TTLS; a session that could be resumed is asked about again", async () => {
    let asked: readonly string[] = [];
    const tunnelTwice = async () => {
      let replies: readonly RadiusReply[] = [];
      asked = await askedDuring(async () => (replies = await radius.tunnelTwice("alice", passwordOf("alice"))));
      return replies;
    };
    // On a machine that is busy the directory or the answer may come too late, which is a no.
    const replies = await world.story.until(tunnelTwice, areBothLetIn, "let in twice");
    expect(replies.map(({ attributes }) => Object.keys(attributes))).toEqual([["Session-Timeout"], ["Session-Timeout"]]);
    expect(asked).toHaveLength(2);
    expect(await radius.tunnel("bob", passwordOf("bob"))).toEqual(REJECT);
  });

  test("a wrong password, a name of nobody and a name that is a pattern are rejected without a question", async () => {
    const asked = await askedDuring(async () => {
      expect(await signIn("alice", { "User-Password": "not the password" })).toEqual(REJECT);
      expect(await radius.tunnel("alice", "not the password")).toEqual(REJECT);
      for (const name of ["nobody", "*", "alice)(uid=*", "%{User-Password}"])
        expect(await signIn("alice", { "User-Name": name })).toEqual(REJECT);
      expect(await radius.ask({ "User-Name": "alice", "CHAP-Password": passwordOf("alice") })).toEqual(REJECT);
    });
    expect(asked).toEqual([]);
  });

  test("an exception for a network needs the address to be in it, and becomes a filter of the VPN", async () => {
    await world.grant("carol", "PT2H", { networks: ["10.20.0.0/16"] });
    const { attributes } = await until(() => signIn("carol"), "Access-Accept");
    expect(attributes).toMatchObject({ "Filter-Id": "10.20.0.0/16", "Session-Timeout": expect.any(String) });
    expect(await signIn("carol", { "Calling-Station-Id": "192.0.2.1" })).toEqual(REJECT);
    for (const sent of [`${ADDRESS}","networks":["10.20.0.0/16"],"z":"`, "%{User-Name}", "02-00-00-00-00-01", ""]) {
      expect(await signIn("carol", { "Calling-Station-Id": sent })).toEqual(REJECT);
    }
  });

  test("what is asked names the person by the directory's key, and nothing that was typed", async () => {
    const asked = (await askedDuring(() => until(() => signIn("alice", { "User-Name": "ALICE" }), "Access-Accept"))).at(-1)!;
    expect(JSON.parse(asked.slice(asked.indexOf('{"subject"')))).toEqual({
      subject: { type: "user", id: world.people.get("alice")!.subject.key },
      action: { name: "sign_in", properties: { method: "password" } },
      resource: { type: "policy", id: "vpn" },
      context: { ip: ADDRESS },
    });
  });

  describe("while an exception is in force", () => {
    test.each(Object.keys(LIES))("%s is an Access-Reject, and what is true then lets in again", async (name) => {
      world.byCertificate.tell(LIES[name]!);
      expect(await signIn("alice")).toEqual(REJECT);
      world.byCertificate.heal();
      await until(() => signIn("alice"), "Access-Accept");
    });

    test.each(Object.keys(LIES))("%s is an Access-Reject inside of a tunnel, too", async (name) => {
      world.byCertificate.tell(LIES[name]!);
      expect(await radius.tunnel("alice", passwordOf("alice"))).toEqual(REJECT);
    });

    test("a decision point that is away or silent is an Access-Reject, inside of a tunnel too, and an Access-Accept once it is back", async () => {
      world.byCertificate.lead("down");
      expect(await signIn("alice")).toEqual(REJECT);
      world.byCertificate.lead("silent");
      expect(await signIn("alice")).toEqual(REJECT);
      expect(await radius.tunnel("alice", passwordOf("alice"))).toEqual(REJECT);
      world.byCertificate.heal();
      expect(await until(() => signIn("alice"), "Access-Accept")).toMatchObject({ code: "Access-Accept" });
    });

    test.each(["strange", "misnamed"] as const)("a permit of whoever shows a %s certificate is an Access-Reject", async (how) => {
      await world.impersonate(how);
      expect(await signIn("alice")).toEqual(REJECT);
      world.byCertificate.heal();
      await until(() => signIn("alice"), "Access-Accept");
    });

    test("an identity of a strange authority opens nothing; a renewed one is used without a restart", async () => {
      const { file } = world;
      const show = ({ certificatePem, keyPem }: Issued) => {
        file("radius.pem", certificatePem);
        file("radius.key", keyPem);
        world.byCertificate.heal();
      };
      const stranger = createAuthority();
      show(stranger.issue({ commonName: "radius", untilDays: 1, names: "DNS:radius.acme.example", purpose: "clientAuth" }));
      stranger.close();
      expect(await signIn("alice")).toEqual(REJECT);
      show(world.identity());
      await until(() => signIn("alice"), "Access-Accept");
    });

    test("a directory that is away is an Access-Reject without a question", async () => {
      await world.slapd.stop();
      expect(await askedDuring(async () => expect(await signIn("alice")).toEqual(REJECT))).toEqual([]);
      await world.slapd.start();
      await until(() => signIn("alice"), "Access-Accept");
    });
  });

  test("revoked, and the next sign-in is rejected, by PAP and inside of a tunnel", async () => {
    await world.revoke(shown);
    await until(() => signIn("alice"), "Access-Reject");
    expect(await signIn("alice")).toEqual(REJECT);
    expect(await radius.tunnel("alice", passwordOf("alice"))).toEqual(REJECT);
  });

  test("the instant it ends nobody gets in by it, whatever the directory still holds and with nothing done about it yet", async () => {
    await until(() => signIn("carol"), "Access-Accept");
    world.story.clock.set(world.later("PT1H59M59S"));
    await until(() => signIn("carol"), "Access-Accept");
    world.story.clock.set(world.later("PT2S"));
    expect(await signIn("carol")).toEqual(REJECT);
  });

  test("no password is in anything the decision point was asked, in its log, in its database, or in FreeRADIUS's log", async () => {
    expect(world.asked.length).toBeGreaterThan(2);
    const { app, logged } = world.story;
    const texts = [...world.asked, ...logged, radius.log(), ...(await everyRow(app.database.db))];
    const { password, subject } = world.people.get("alice")!;
    expect(texts.filter((text) => text.includes(subject.key)).length).toBeGreaterThan(world.asked.length);
    const spellings = [
      password,
      Buffer.from(password).toString("base64").slice(0, -3),
      Buffer.from(password).toString("hex"),
      "not the password",
    ];
    expect(texts.filter((text) => spellings.some((each) => text.toLowerCase().includes(each.toLowerCase())))).toEqual([]);
  });
});

/** All that the database holds, as text. */
async function everyRow(db: Enforcement["story"]["app"]["database"]["db"]): Promise<readonly string[]> {
  const named = sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
  const texts: string[] = [];
  for (const { schema, name } of (await named.execute(db)).rows) {
    const held = await sql<{ text: string }>`select t::text as text from ${sql.id(schema, name)} as t`.execute(db);
    texts.push(...held.rows.map(({ text }) => text));
  }
  return texts;
}
