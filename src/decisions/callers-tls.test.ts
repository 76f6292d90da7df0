import { writeFileSync } from "node:fs";
import { once } from "node:events";
import { type RequestListener } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { connect as connectInClear } from "node:net";
import { text } from "node:stream/consumers";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type Authority, createAuthority, type Issued, opensslMissing } from "../../test/support/certificates.ts";
import { tempFolders } from "../../test/support/temp-folders.ts";
import { shownBy } from "../platform/client-certificate.ts";
import { listenByTls, type TlsListener } from "../platform/tls-listener.ts";
import type { CallerBook } from "./caller-book.ts";
import { createCallers } from "./callers-service.ts";
import { readCallers } from "./load-callers.ts";

const missing = opensslMissing();
const folder = tempFolders("callers-tls");
const FILE = `authorities:
  - { name: mesh, file: mesh.pem, trustDomain: acme.example }
  - { name: hosts, file: hosts.pem }
  - { name: partner, file: partner.pem, trustDomain: partner.example }
callers:
  - { name: gateway, is: [{ spiffe: "spiffe://acme.example/gateway" }], may: { subjects: any, actions: any, resources: any } }
  - { name: gate, is: [{ authority: mesh, dns: gate.acme.example }], may: { subjects: any, actions: any, resources: any } }
  - { name: vpn, is: [{ authority: hosts, dns: vpn.acme.example }], may: { subjects: any, actions: any, resources: any } }
`;
const GATEWAY = "URI:spiffe://acme.example/gateway";

describe.skipIf(missing !== undefined)("a client certificate", () => {
  let mesh: Authority;
  let hosts: Authority;
  let partner: Authority;
  let stranger: Authority;
  let at: string;
  let book: CallerBook | undefined;
  let listener: TlsListener;
  let aheadMs = 0;
  let lastChainWasWhole = false;
  const troubles: string[] = [];

  beforeAll(async () => {
    [mesh, hosts, partner, stranger] = [createAuthority(), createAuthority(), createAuthority(), createAuthority()];
    at = folder();
    writeFileSync(join(at, "mesh.pem"), mesh.caPem);
    writeFileSync(join(at, "hosts.pem"), hosts.caPem);
    writeFileSync(join(at, "partner.pem"), partner.caPem);
    write(hosts.issue({ commonName: "server", untilDays: 2, names: "DNS:localhost" }));
    book = bookFrom(FILE);
    const authenticate = createCallers({ nowMs: () => Date.now() + aheadMs, book: () => book });
    const handle: RequestListener = (incoming, response) => {
      lastChainWasWhole = shownBy(incoming.socket as TLSSocket)?.issuerCertificate !== undefined;
      void Promise.resolve(authenticate(incoming)).then((found) =>
        response.end(found.kind === "caller" ? found.caller.name : `${found.status} ${found.code}: ${found.words}`),
      );
    };
    listener = await listenByTls({
      port: 0,
      host: "127.0.0.1",
      sharePort: false,
      certificateFile: join(at, "server.pem"),
      keyFile: join(at, "server.key"),
      clientAuthorities: () => book?.authorities.map(({ certificatesPem }) => certificatesPem) ?? [],
      handle,
      handshakeWithinMs: 500,
      onTrouble: (words) => troubles.push(words),
    });
  });
  afterAll(async () => {
    await listener?.close();
    for (const each of [mesh, hosts, partner, stranger]) each?.close();
  });
  afterEach(() => {
    aheadMs = 0;
  });

  function read(text: string) {
    writeFileSync(join(at, "callers.yaml"), text);
    return readCallers(join(at, "callers.yaml"));
  }

  function bookFrom(text: string): CallerBook {
    const reading = read(text);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    return reading.book;
  }

  /** Whether this Node is one of those that show the certificate and nothing of what came with it. */
  async function losesWhatIsSentAlong(): Promise<boolean> {
    const between = hosts.issue({ commonName: "between", untilDays: 2, isAuthority: true });
    const leaf = hosts.issue({ commonName: "x", untilDays: 2, by: between });
    await ask(leaf, between.certificatePem);
    return !lastChainWasWhole;
  }

  function write(issued: Issued): void {
    writeFileSync(join(at, "server.pem"), issued.certificatePem);
    writeFileSync(join(at, "server.key"), issued.keyPem);
  }

  function ask(issued?: Issued, beside = "", agent: Agent | false = false): Promise<string> {
    return new Promise((resolve, reject) => {
      const shown = issued === undefined ? {} : { cert: issued.certificatePem + beside, key: issued.keyPem };
      const sent = request({ port: listener.port, host: "localhost", ca: hosts.caPem, ...shown, agent }, (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => (text += part.toString()));
        answer.on("end", () => resolve(text));
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  test("of a trusted authority is its caller's: by SPIFFE ID of that authority's own trust domain, or by host", async () => {
    expect(await ask(mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY, purpose: "clientAuth" }))).toBe("gateway");
    expect(await ask(hosts.issue({ commonName: "x", untilDays: 2, names: "DNS:VPN.acme.example" }))).toBe("vpn");
  });

  test("of a trusted intermediate is its caller's, whatever it brings along", async () => {
    const between = mesh.issue({ commonName: "between", untilDays: 5, isAuthority: true });
    writeFileSync(join(at, "between.pem"), between.certificatePem + mesh.caPem);
    const former = book;
    book = bookFrom(FILE.replace("file: mesh.pem", "file: between.pem"));
    listener.reload();
    try {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const leaf = mesh.issue({ commonName: "x", untilDays: 9, names: GATEWAY, by: between });
      expect(await ask(leaf, "", agent)).toBe("gateway");
      // The connection goes on; who vouches for its certificate has ended.
      aheadMs = 6 * 86_400_000;
      expect(await ask(leaf, "", agent)).toContain("401 decisions.certificateRefused");
      agent.destroy();
      aheadMs = 0;
      expect(await ask(mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY }))).toContain("401 decisions.certificateRefused");
    } finally {
      book = former;
      listener.reload();
    }
  });

  test("of an intermediate whose root is not named is a fault of the file; a root that was renewed stands there twice", () => {
    const between = mesh.issue({ commonName: "between", untilDays: 5, isAuthority: true });
    writeFileSync(join(at, "between.pem"), between.certificatePem);
    const withBetween = FILE.replace("file: mesh.pem", "file: between.pem");
    expect(read(withBetween)).toMatchObject({
      ok: false,
      faults: [{ at: "callers.yaml:2:25", detail: expect.stringContaining("between.pem has nobody above CN=between") as string }],
    });
    writeFileSync(join(at, "between.pem"), mesh.caPem + mesh.renewedCaPem());
    expect(bookFrom(withBetween).authorities[0]?.fingerprints.size).toBe(2);
  });

  test("is followed through the authority's intermediates that it brings along", async (ctx) => {
    if (await losesWhatIsSentAlong()) ctx.skip(`Node ${process.version} loses what a client sends along (nodejs/node#65579)`);
    const between = mesh.issue({ commonName: "between", untilDays: 5, isAuthority: true });
    const leaf = mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY, by: between });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(leaf, between.certificatePem, agent)).toBe("gateway");
    // Looked at anew on the same connection, as after the file of callers was read again.
    book = bookFrom(FILE);
    expect(await ask(leaf, between.certificatePem, agent)).toBe("gateway");
    agent.destroy();
    expect(await ask(leaf)).toContain("401 decisions.certificateRefused");
  });

  test.each<[string, () => Issued, string]>([
    ["that has ended", () => mesh.issue({ commonName: "x", fromDays: -3, untilDays: -1, names: GATEWAY }), "has ended"],
    ["that has not begun", () => mesh.issue({ commonName: "x", fromDays: 1, untilDays: 3, names: GATEWAY }), "has not begun"],
    ["for servers", () => mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY, purpose: "serverAuth" }), "not for clients"],
    ["of a stranger", () => stranger.issue({ commonName: "x", untilDays: 2, names: GATEWAY }), "no authority that is trusted"],
    ["with a common name and nothing else", () => hosts.issue({ commonName: "vpn.acme.example", untilDays: 2 }), "no caller"],
    [
      "with a SPIFFE ID that its authority may not give out",
      () => hosts.issue({ commonName: "x", untilDays: 2, names: GATEWAY }),
      "no caller",
    ],
    [
      "with a host that another authority vouches for",
      () => mesh.issue({ commonName: "x", untilDays: 2, names: "DNS:vpn.acme.example" }),
      "no caller",
    ],
    [
      "with two SPIFFE IDs",
      () => mesh.issue({ commonName: "x", untilDays: 2, names: `${GATEWAY},URI:spiffe://acme.example/b` }),
      "no caller",
    ],
    ["for a year", () => mesh.issue({ commonName: "x", untilDays: 365, names: GATEWAY }), "longer than is accepted"],
    [
      "of another trust domain, with a SPIFFE ID of this one",
      () => partner.issue({ commonName: "x", untilDays: 2, names: GATEWAY }),
      "no caller",
    ],
    [
      "with the names of two callers",
      () => mesh.issue({ commonName: "x", untilDays: 2, names: `${GATEWAY},DNS:gate.acme.example` }),
      "several callers",
    ],
    [
      "of an authority that may be a client, too",
      () => mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY, isAuthority: true, purpose: "clientAuth" }),
      "",
    ],
    [
      "with a name that holds another name",
      () => hosts.issue({ commonName: "x", untilDays: 2, names: "@alt\n[alt]\nemail=a, DNS:vpn.acme.example, b" }),
      "cannot be read",
    ],
    ["of an authority itself", () => mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY, isAuthority: true }), "not for clients"],
    [
      "whose name is quoted",
      () => hosts.issue({ commonName: "x", untilDays: 2, names: "email:a@b.c,dirName:dn\n[dn]\nCN=DNS:vpn.acme.example" }),
      "",
    ],
  ])("%s is refused, and it is said why", async (_, issue, words) => {
    expect(await ask(issue())).toMatch(new RegExp(`^401 decisions\\.certificateRefused: .*${words}`));
  });

  test("with a forged link to another authority beside it stays its own authority's", async () => {
    const name = "between";
    const own = hosts.issue({ commonName: name, untilDays: 5, isAuthority: true });
    const others = mesh.issue({ commonName: name, untilDays: 5, isAuthority: true });
    const leaf = hosts.issue({ commonName: "x", untilDays: 2, names: GATEWAY, by: own });
    for (const beside of [others.certificatePem + own.certificatePem, own.certificatePem + others.certificatePem]) {
      expect(await ask(leaf, beside)).toContain("401");
    }
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("is shown anew by every connection: none is resumed (%s)", async (version) => {
    const leaf = mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY });
    const shown = { cert: leaf.certificatePem, key: leaf.keyPem };
    const open = async (more: ConnectionOptions) => {
      const socket = connect({
        port: listener.port,
        host: "localhost",
        ca: hosts.caPem,
        minVersion: version,
        maxVersion: version,
        ...more,
      });
      let session: Buffer | undefined;
      socket.on("session", (given: Buffer) => (session = given));
      await once(socket, "secureConnect");
      const isReused = socket.isSessionReused();
      socket.end("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      const said = await text(socket);
      return { isReused, said, session: session ?? socket.getSession() };
    };
    const first = await open(shown);
    expect(first.said).toContain("gateway");
    const second = await open({ session: first.session });
    expect([second.isReused, second.said]).toEqual([false, expect.stringContaining("401 decisions.tokenNeeded")]);
  });

  test("none at all is answered, not cut off", async () => {
    expect(await ask()).toContain("401 decisions.tokenNeeded");
  });

  test("is the one that the connection began with: nobody shows another one later", async () => {
    const leaf = mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY });
    const shown = { cert: leaf.certificatePem, key: leaf.keyPem };
    const socket = connect({ port: listener.port, host: "localhost", ca: hosts.caPem, maxVersion: "TLSv1.2", ...shown });
    await once(socket, "secureConnect");
    const renegotiated = new Promise<string>((resolve) => {
      socket.once("error", (error) => resolve(error.message));
      socket.renegotiate({}, (error) => resolve(error?.message ?? "done"));
    });
    expect(await renegotiated).toContain("no renegotiation");
    socket.destroy();
  });

  test("that never comes, because the client says nothing, holds the connection for a moment only", async () => {
    const socket = connectInClear({ port: listener.port, host: "localhost" });
    const rest = socket.on("error", () => undefined).resume();
    await once(rest, "close");
  });

  test("counts on an open connection until it ends, and until its caller is taken out of the file", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const leaf = mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY });
    expect([await ask(leaf, "", agent), await ask(leaf, "", agent)]).toEqual(["gateway", "gateway"]);
    book = bookFrom(FILE.replace("spiffe://acme.example/gateway", "spiffe://acme.example/other"));
    expect(await ask(leaf, "", agent)).toContain("no caller");
    book = bookFrom(FILE);
    expect(await ask(leaf, "", agent)).toBe("gateway");
    aheadMs = 3 * 86_400_000;
    expect(await ask(leaf, "", agent)).toContain("401 decisions.certificateRefused");
    agent.destroy();
  });

  test("of an authority that the file no longer names is refused on connections that are open, too", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const leaf = mesh.issue({ commonName: "x", untilDays: 2, names: GATEWAY });
    expect(await ask(leaf, "", agent)).toBe("gateway");
    writeFileSync(join(at, "mesh.pem"), stranger.caPem);
    book = bookFrom(FILE);
    expect(await ask(leaf, "", agent)).toContain("no authority that is trusted");
    writeFileSync(join(at, "mesh.pem"), mesh.caPem);
    book = bookFrom(FILE);
    agent.destroy();
  });

  test("of the server may be renewed without a restart; files that cannot be used leave the former in force", async () => {
    expect(await nameOfServer()).toBe("server");
    write(hosts.issue({ commonName: "renewed", untilDays: 3, names: "DNS:localhost" }));
    listener.reload();
    expect(await nameOfServer()).toBe("renewed");
    writeFileSync(join(at, "server.key"), "nonsense");
    listener.reload();
    expect([await nameOfServer(), troubles.length]).toEqual(["renewed", 1]);
  });

  function nameOfServer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: listener.port, host: "localhost", ca: hosts.caPem }, () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
      socket.on("error", reject);
    });
  }
});
