import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { type Authority, createAuthority, opensslMissing } from "../../test/support/certificates.ts";
import { newKey, publicOf } from "../../test/support/token-issuer.ts";
import { createKeySet, type KeySource } from "./key-sets.ts";

/** A name that leads to this machine and does not look like it: as a name would that its owner changes afterwards. */
async function disguised(): Promise<string | undefined> {
  for (const name of [hostname(), "ip6-localhost", "ip6-loopback"]) {
    const found = await lookup(name, { family: 4 }).catch(() => undefined);
    if (found?.address === "127.0.0.1") return name;
  }
  return undefined;
}

describe("keys at an address of somewhere else", () => {
  const key = newKey();
  const asked: string[] = [];
  let authority: Authority;
  let name: string | undefined;
  let port: number;
  let server: Server | undefined;
  beforeAll(async () => {
    name = await disguised();
    if (name === undefined || opensslMissing() !== undefined) return;
    authority = createAuthority();
    const own = authority.issue({ commonName: "keys", untilDays: 1, names: `DNS:${name},DNS:localhost`, purpose: "serverAuth" });
    server = createServer({ cert: own.certificatePem, key: own.keyPem }, (request, response) => {
      asked.push(request.url!);
      const issuer = `https://${request.headers.host}`;
      const isDiscovery = request.url!.endsWith("openid-configuration");
      response.end(JSON.stringify(isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [publicOf(key)] }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach((ctx) => {
    asked.length = 0;
    if (name === undefined) ctx.skip("no name but localhost leads to this machine");
    ctx.skip(opensslMissing() !== undefined, opensslMissing());
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    authority?.close();
  });

  const find = (source: KeySource) => {
    const troubles: string[] = [];
    const onTrouble = (words: string) => void troubles.push(words);
    const set = createKeySet({ source, nowMs: Date.now, trustPem: authority.caPem, onTrouble });
    return set.find(key.kid, key.alg).then(
      (found) => found.length,
      () => troubles,
    );
  };

  test("are not fetched when its name leads to this machine, whichever way they are named", async () => {
    expect(await find({ kind: "url", url: `https://${name}:${port}/keys` })).toEqual(["It could not be reached."]);
    expect(await find({ kind: "discovery", issuer: `https://${name}:${port}` })).toEqual(["It could not be reached."]);
    expect(asked).toEqual([]);
  });

  test("are fetched from this machine where it is called by its name", async () => {
    expect(await find({ kind: "url", url: `https://localhost:${port}/keys` })).toBe(1);
    expect(await find({ kind: "discovery", issuer: `https://localhost:${port}` })).toBe(1);
  });
});
