/** nginx as docs/enforce/nginx has it, before an application that believes its headers, and the real decision point. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { createAuthority, type Issued, opensslMissing } from "../support/certificates.ts";
import { type Enforcement, openEnforcement } from "../support/enforcement.ts";
import { LIES, MISTYPED } from "../support/lying-front.ts";
import { type Nginx, nginxMissing, startNginx, type Visit } from "../support/nginx.ts";
import { slapdMissing } from "../support/slapd.ts";
import { tempFolders } from "../support/temp-folders.ts";
import type { Shown } from "../support/whole-app.ts";

const missing = opensslMissing() ?? slapdMissing() ?? nginxMissing();
const folder = tempFolders("enforce");
const PASSWORD = "A-password-for-nginx-alone";
const RESOURCE = { type: "policy", id: "vpn" } as const;
const IN_PLANT = "127.0.0.3";

describe("nginx before an application", () => {
  let world: Enforcement;
  let nginx: Nginx;
  let application: Server;
  let shown: Shown;
  /** What came through to the application: headers and body. */
  const inside: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    world = await openEnforcement(folder(), { name: "nginx", resource: RESOURCE }, ["alice", "bob", "carol", "dora"]);
    application = createServer((request, response) => {
      let body = "";
      request.on("data", (bytes: Buffer) => (body += bytes.toString()));
      request.once("end", () => response.end(`inside ${inside.push({ headers: request.headers, body })}`));
    });
    application.listen(0, "127.0.0.1");
    await once(application, "listening");
    const { server, authority } = world;
    const own = world.identity();
    const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: PASSWORD, encoding: "utf8" }).trim();
    nginx = await startNginx({
      postern: world.byCertificate.port,
      application: (application.address() as { port: number }).port,
      plant: `${IN_PLANT}/32`,
      resource: RESOURCE,
      files: {
        "server.pem": server.certificatePem,
        "server.key": server.keyPem,
        "people-ca.pem": authority.caPem,
        "postern-ca.pem": authority.caPem,
        "postern-client.pem": own.certificatePem,
        "postern-client.key": own.keyPem,
        passwords: ["alice", "bob", "carol"].map((name) => `${name}:${hash}\n`).join(""),
      },
    });
  });
  afterAll(async () => {
    await nginx?.close();
    application?.close();
    await world?.close();
  });

  const byPassword = async (name: string, more: Visit = {}) => (await nginx.visit({ basic: `${name}:${PASSWORD}`, ...more })).status;
  const until = (ask: () => Promise<number | "closed">, status: number) =>
    world.story.until(ask, (each) => each === status, String(status));
  const personOf = (commonName: string): Issued => world.authority.issue({ commonName, untilDays: 1, purpose: "clientAuth" });

  test("a certificate gets in by the rules; a password only by an exception in force", async () => {
    const certificate = personOf("dora");
    await until(async () => (await nginx.visit({ certificate })).status, 200);
    expect(inside.at(-1)!.headers).toMatchObject({ "x-person": "dora" });
    expect(await byPassword("alice")).toBe(403);
    shown = await world.grant("alice", "PT3H");
    await until(() => byPassword("alice"), 200);
    expect(await byPassword("bob")).toBe(403);
    expect((await nginx.visit()).status).toBe(401);
    expect((await nginx.visit({ basic: "alice:wrong" })).status).toBe(401);
  });

  test("the application is told who it is and for how long, and nothing that a client says of itself under those names", async () => {
    const forged = { "X-Person": "root", "x-session-seconds": "99999999", "X-Forwarded-User": "root" };
    await until(() => byPassword("alice", { headers: forged, body: "a form" }), 200);
    const { headers, body } = inside.at(-1)!;
    expect(body).toBe("a form");
    expect(headers["x-person"]).toBe("alice");
    expect(Number(headers["x-session-seconds"])).toBeLessThanOrEqual(10_800);
    expect(headers["authorization"]).toBeUndefined();
    expect((await nginx.visit({ headers: forged })).status).toBe(401);
  });

  test("a certificate of another authority, or with more than a plain name, is nobody's", async () => {
    const stranger = createAuthority();
    const strange = stranger.issue({ commonName: "dora", untilDays: 1, purpose: "clientAuth" });
    stranger.close();
    expect((await nginx.visit({ certificate: strange })).status).toBe(400);
    for (const name of ["dora evil", "dora,CN=root", 'dora"']) {
      expect((await nginx.visit({ certificate: personOf(name) })).status).toBe(401);
    }
  });

  test("an exception for a network of the plant is good there and nowhere else", async () => {
    await world.grant("carol", "PT2H", { networks: ["plant"] });
    await until(() => byPassword("carol", { from: IN_PLANT }), 200);
    expect(await byPassword("carol")).toBe(403);
  });

  test("what asks is not to be reached from outside", async () => {
    for (const path of ["/postern/may", "/postern/evaluation", "/x/../postern/may", "//postern/evaluation"]) {
      const { status, text } = await nginx.visit({ path, certificate: personOf("dora") });
      expect([path, status === 404 || text.startsWith("inside")]).toEqual([path, true]);
      expect(text).not.toContain("decision");
    }
  });

  describe("while an exception is in force", () => {
    test.each(Object.entries({ ...LIES, "a permit that says it is HTML": MISTYPED }))(
      "%s lets nobody in, and what is true then does",
      async (name, lie) => {
        const before = inside.length;
        world.byCertificate.tell(lie);
        expect(await byPassword("alice")).toBe(name === "a permit of 100 kilobytes" ? "closed" : 403);
        expect(inside).toHaveLength(before);
        world.byCertificate.heal();
        await until(() => byPassword("alice"), 200);
      },
    );

    test("a decision point that is away or silent lets nobody in, not even by certificate; once it is back they get in", async () => {
      const certificate = personOf("dora");
      world.byCertificate.lead("down");
      expect(await byPassword("alice")).toBe(403);
      world.byCertificate.lead("silent");
      expect(await byPassword("alice")).toBe(403);
      expect((await nginx.visit({ certificate })).status).toBe(403);
      world.byCertificate.heal();
      await until(() => byPassword("alice"), 200);
    });

    test.each(["strange", "misnamed"] as const)("a permit of whoever shows a %s certificate lets nobody in", async (how) => {
      await world.impersonate(how);
      expect(await byPassword("alice")).toBe(403);
      world.byCertificate.heal();
      await until(() => byPassword("alice"), 200);
    });

    test("an identity of a strange authority opens nothing; a renewed one is used without a reload", async () => {
      const show = ({ certificatePem, keyPem }: Issued) => {
        nginx.replace("postern-client.pem", certificatePem);
        nginx.replace("postern-client.key", keyPem);
        world.byCertificate.heal();
      };
      const stranger = createAuthority();
      show(stranger.issue({ commonName: "nginx", untilDays: 1, names: "DNS:nginx.acme.example", purpose: "clientAuth" }));
      stranger.close();
      expect(await byPassword("alice")).toBe(403);
      show(world.identity());
      await until(() => byPassword("alice"), 200);
    });
  });

  test("revoked, the next request is refused; ended, the same instant", async () => {
    await world.revoke(shown);
    await until(() => byPassword("alice"), 403);
    await until(() => byPassword("carol", { from: IN_PLANT }), 200);
    world.story.clock.set(world.later("PT1H59M58S"));
    await until(() => byPassword("carol", { from: IN_PLANT }), 200);
    world.story.clock.set(world.later("PT2S"));
    expect(await byPassword("carol", { from: IN_PLANT })).toBe(403);
  });

  test("no password reached the decision point or the application", () => {
    const told = JSON.stringify([world.asked, inside, world.story.logged]);
    expect(world.asked.length).toBeGreaterThan(5);
    for (const spelling of [PASSWORD, Buffer.from(`alice:${PASSWORD}`).toString("base64")]) expect(told).not.toContain(spelling);
  });
});
