/** Chains and key sets read from real TLS endpoints. */
import { createServer as createHttps, type Server as HttpsServer } from "node:https";
import { type AddressInfo, createServer as createPlain, type Server as PlainServer } from "node:net";
import { createServer, type Server } from "node:tls";
import { createPublicKey, generateKeyPairSync } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { judgeChain, judgeKeySet } from "../../src/connectors/certificates/evaluate.ts";
import { readKeySet } from "../../src/connectors/certificates/jwks.ts";
import { readChain } from "../../src/connectors/certificates/tls.ts";
import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { type Authority, createAuthority, type Issued, opensslMissing } from "../support/certificates.ts";

const missing = opensslMissing();
const now = instantOfEpochMs(Date.now());
const NEED_DAYS = 7;
const names = "DNS:localhost,IP:127.0.0.1";

describe("what a TLS endpoint shows", () => {
  let authority: Authority;
  const servers: (Server | HttpsServer)[] = [];
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(() => {
    if (missing === undefined) authority = createAuthority();
  });
  afterAll(() => {
    for (const server of servers) server.close();
    if (missing === undefined) authority.close();
  });

  async function listening(server: Server | HttpsServer): Promise<string> {
    servers.push(server);
    return `127.0.0.1:${await portOf(server)}`;
  }

  function serve(own: Issued, ...issuers: readonly Issued[]): Promise<string> {
    const cert = [own, ...issuers].map(({ certificatePem }) => certificatePem).join("");
    return listening(createServer({ key: own.keyPem, cert, ciphers: "DEFAULT@SECLEVEL=0" }));
  }

  async function faultsAt(address: string, more: { name?: string; trustPem?: string | undefined } = {}): Promise<string[]> {
    const reading = await readChain({ address, trustPem: authority.caPem, ...more });
    return judgeChain(reading, NEED_DAYS, now).faults.map(({ kind }) => kind);
  }

  test("a good chain has no fault, and says how many days are left of the one that ends first", async () => {
    const middle = authority.issue({ commonName: "Middle", untilDays: 12.5, isAuthority: true });
    const address = await serve(authority.issue({ commonName: "good", untilDays: 20, names, by: middle }), middle);
    const reading = await readChain({ address, trustPem: authority.caPem });
    const judged = judgeChain(reading, NEED_DAYS, now);
    expect(judged).toMatchObject({ faults: [], daysLeft: 12 });
    expect(reading.certificates.map(({ subject }) => subject)).toEqual(["CN=good", "CN=Middle"]);
  });

  test("a certificate about to end is found with its day, one that has ended as ended", async () => {
    expect(await faultsAt(await serve(authority.issue({ commonName: "soon", untilDays: 3, names })))).toEqual(["expires_soon"]);
    const over = await serve(authority.issue({ commonName: "over", fromDays: -9, untilDays: -1, names }));
    expect(await faultsAt(over)).toEqual(["expired", "untrusted"]);
    const early = await serve(authority.issue({ commonName: "early", fromDays: 2, untilDays: 20, names }));
    expect(await faultsAt(early)).toEqual(["not_yet_valid", "untrusted"]);
  });

  test("an issuer that ended breaks a chain whose own certificate is good", async () => {
    const middle = authority.issue({ commonName: "Old middle", fromDays: -20, untilDays: -2, isAuthority: true });
    const own = authority.issue({ commonName: "under old", untilDays: 20, names, by: middle });
    const reading = await readChain({ address: await serve(own, middle), trustPem: authority.caPem });
    const { faults } = judgeChain(reading, NEED_DAYS, now);
    expect(faults[0]).toMatchObject({ kind: "expired", words: expect.stringContaining("Old middle") as string });
  });

  test("a chain with a hole, or of an authority nobody trusts, is not trusted", async () => {
    const middle = authority.issue({ commonName: "Unsent", untilDays: 20, isAuthority: true });
    const own = authority.issue({ commonName: "holed", untilDays: 20, names, by: middle });
    expect(await faultsAt(await serve(own))).toEqual(["untrusted"]);
    const good = await serve(authority.issue({ commonName: "good", untilDays: 20, names }));
    expect(await faultsAt(good, { trustPem: undefined })).toEqual(["untrusted"]);
  });

  test("a certificate for another name, and a weak key, are told apart from trust", async () => {
    const address = await serve(authority.issue({ commonName: "good", untilDays: 20, names }));
    expect(await faultsAt(address, { name: "id.example.org" })).toEqual(["wrong_name"]);
    const weak = await serve(authority.issue({ commonName: "weak", untilDays: 20, names, rsaBits: 1024 }));
    expect(await faultsAt(weak)).toContain("weak_key");
  });

  test("what is no TLS endpoint, closed, or nobody's address is a fault of asking, not a finding about a certificate", async () => {
    const plain = createPlain((socket) => socket.end("hello", () => socket.destroy()));
    const port = await portOf(plain);
    await expect(readChain({ address: `127.0.0.1:${port}` })).rejects.toMatchObject({ name: "ProviderFault" });
    await new Promise((resolve) => plain.close(resolve));
    await expect(readChain({ address: `127.0.0.1:${port}` })).rejects.toMatchObject({ kind: "unreachable" });
    await expect(readChain({ address: "169.254.169.254:443" })).rejects.toMatchObject({ kind: "denied" });
    await expect(readChain({ address: "localhost" })).rejects.toMatchObject({ kind: "fault" });
    const silent = createPlain(() => undefined);
    await expect(readChain({ address: `127.0.0.1:${await portOf(silent)}`, timeoutMs: 200 })).rejects.toMatchObject({ kind: "timeout" });
    silent.close();
  });

  test("a key set is read over a connection that is trusted, and only so", async () => {
    const own = authority.issue({ commonName: "jwks", untilDays: 20, names });
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signing = authority.issue({ commonName: "sig", untilDays: 3 });
    const x5c = [signing.certificatePem.replaceAll(/-----[^-]+-----|\s/g, "")];
    const ends = { ...createPublicKey(signing.certificatePem).export({ format: "jwk" }), kid: "ends", use: "sig", x5c };
    const sets: Record<string, unknown> = {
      "/ends": { keys: [ends] },
      "/lasts": { keys: [ends, { ...publicKey.export({ format: "jwk" }), kid: "next" }] },
      "/empty": { keys: [] },
      "/another": { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "another", use: "sig", x5c }] },
    };
    const server = createHttps({ key: own.keyPem, cert: own.certificatePem }, (request, response) => {
      const set = sets[request.url ?? ""];
      response.writeHead(set === undefined ? 503 : 200).end(JSON.stringify(set ?? {}));
    });
    const base = `https://${await listening(server)}`;
    const faults = async (path: string) =>
      judgeKeySet(await readKeySet(`${base}${path}`, { trustPem: authority.caPem }), NEED_DAYS, now).faults.map(({ kind }) => kind);
    expect(await faults("/ends")).toEqual(["expires_soon"]);
    expect(await faults("/lasts")).toEqual([]);
    expect(await faults("/empty")).toEqual(["no_keys"]);
    // How long the certificate of another key lasts says nothing of this one.
    expect(await faults("/another")).toEqual(["no_keys"]);
    await expect(faults("/away")).rejects.toMatchObject({ kind: "fault" });
    await expect(readKeySet(`${base}/ends`)).rejects.toMatchObject({ kind: "denied" });
    await expect(readKeySet("http://id.example.org/jwks")).rejects.toMatchObject({ kind: "denied" });
  });
});

async function portOf(server: PlainServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
