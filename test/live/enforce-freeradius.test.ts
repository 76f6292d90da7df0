/** FreeRADIUS as docs/enforce/freeradius has it, before a real directory and the real decision point. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { type Authority, createAuthority, opensslMissing } from "../support/certificates.ts";
import { type Freeradius, freeradiusMissing, startFreeradius } from "../support/freeradius.ts";
import { type Front, LIES, openFront } from "../support/lying-front.ts";
import { type Plants, openPlants } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";
import { tempFolders } from "../support/temp-folders.ts";

const missing = opensslMissing() ?? slapdMissing() ?? freeradiusMissing();
const folder = tempFolders("enforce");
const ADDRESS = "10.20.30.40";

describe("FreeRADIUS before a VPN", () => {
  let authority: Authority;
  let slapd: Slapd;
  let plants: Plants;
  let front: Front;
  let radius: Freeradius;
  let password: string;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    authority = createAuthority();
    slapd = await startSlapd();
    plants = openPlants(slapd);
    ({ password } = await plants.person("alice", { open: true }));
    const at = folder();
    const file = (name: string, text: string) => (writeFileSync(join(at, name), text), join(at, name));
    const server = authority.issue({ commonName: "server", untilDays: 2, names: "DNS:localhost,IP:127.0.0.1" });
    const own = authority.issue({ commonName: "radius", untilDays: 2, names: "DNS:radius.acme.example" });
    front = await openFront(server);
    radius = await startFreeradius({
      postern_url: `https://localhost:${front.port}`,
      postern_ca: file("ca.pem", authority.caPem),
      postern_certificate: file("identity.pem", own.certificatePem),
      postern_key: file("identity.key", own.keyPem),
      ldap_url: slapd.ldapsUrl,
      ldap_ca: file("ldap-ca.pem", slapd.caPem),
      ldap_reader: slapd.reader.dn,
      ldap_password: slapd.reader.password,
      ldap_people: slapd.layout.peopleDn,
      radius_certificate: file("radius.pem", server.certificatePem),
      radius_key: file("radius.key", server.keyPem),
      radius_ca: join(at, "ca.pem"),
    });
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await radius?.close();
    await front?.close();
    await plants?.close();
    await slapd?.close();
    authority?.close();
  });

  const signIn = (more: Record<string, string> = {}) =>
    radius.ask({ "User-Name": "alice", "User-Password": password, "Calling-Station-Id": ADDRESS, ...more });

  test.each(Object.keys(LIES))("%s is an Access-Reject", async (name) => {
    front.tell(LIES[name]!);
    expect(await signIn()).toEqual({ code: "Access-Reject", attributes: {} });
  });

  const PERMIT = { status: 200, text: `{"decision":true,"context":{"obligations":[{"type":"session_length","seconds":60}]}}` };

  test("a permit", async () => {
    front.tell(PERMIT);
    expect(await signIn()).toEqual({ code: "Access-Accept", attributes: { "Session-Timeout": "60" } });
    expect(await radius.tunnel("alice", password, 1)).toEqual({ code: "Access-Accept", attributes: { "Session-Timeout": "60" } });
  });
});
