import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import {
  AUDIENCE,
  callersOf,
  type Claims,
  type IssuerKey,
  newKey,
  openTokenIssuer,
  publicOf,
  signToken,
  type TokenIssuer,
  unsignedToken,
} from "../../test/support/token-issuer.ts";
import type { CallerBook } from "./caller-book.ts";
import type { Authenticate, CallerFound } from "./caller.ts";
import { createCallers } from "./callers-service.ts";
import { readCallers } from "./load-callers.ts";

const folder = tempFolders("callers");
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const START = Date.parse("2026-03-02T09:00:00Z");

function bookFrom(text: string, beside: Readonly<Record<string, string>> = {}): CallerBook {
  const at = folder();
  for (const [name, content] of Object.entries(beside)) writeFileSync(join(at, name), content);
  writeFileSync(join(at, "callers.yaml"), text);
  const reading = readCallers(join(at, "callers.yaml"));
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  return reading.book;
}

interface Scene {
  readonly issuer: TokenIssuer;
  /** Name of the caller, or the code and words of the refusal. */
  readonly ask: (token: string, socket?: object) => Promise<string>;
  readonly pass: (ms: number) => void;
  readonly use: (book: CallerBook | undefined) => void;
}

async function scene(
  file: (issuer: TokenIssuer) => string = callersOf,
  settings: Parameters<typeof openTokenIssuer>[0] = {},
): Promise<Scene> {
  let nowMs = START;
  const issuer = await openTokenIssuer({ nowMs: () => nowMs, ...settings });
  closing.push(() => issuer.close());
  let book: CallerBook | undefined = bookFrom(file(issuer));
  const authenticate: Authenticate = createCallers({ nowMs: () => nowMs, book: () => book });
  return {
    issuer,
    ask: async (token, socket = {}) => told(await authenticate({ headers: { authorization: `Bearer ${token}` }, socket })),
    pass(ms) {
      nowMs += ms;
    },
    use(other) {
      book = other;
    },
  };
}

function told(found: CallerFound): string {
  return found.kind === "caller" ? found.caller.name : `${found.status} ${found.code}: ${found.words}`;
}

describe("a token", () => {
  test("of a trusted issuer, for us and soon over, is its caller's; of a subject nobody named it is nobody's", async () => {
    const { issuer, ask } = await scene();
    expect(await ask(issuer.token())).toBe("everything");
    expect(await ask(issuer.token({ sub: "stranger" }))).toContain("403 decisions.callerUnknown");
  });

  test.each<[string, (issuer: TokenIssuer) => string, string]>([
    ["of another issuer", (issuer) => issuer.token({ iss: "https://elsewhere.example" }), "no issuer that is trusted"],
    [
      "of another realm of the same server",
      (issuer) => issuer.token({ iss: `${issuer.issuer}/realms/other` }),
      "no issuer that is trusted",
    ],
    ["without an issuer", (issuer) => issuer.token({ iss: undefined }), "no issuer that is trusted"],
    ["for another decision point", (issuer) => issuer.token({ aud: "https://other.example" }), "not for this decision point"],
    ["for a list of others", (issuer) => issuer.token({ aud: ["a", "b"] }), "not for this decision point"],
    ["for us and others, any of whom could show it", (issuer) => issuer.token({ aud: [AUDIENCE, "b"] }), "for others too"],
    ["for us as a part of a name", (issuer) => issuer.token({ aud: `${AUDIENCE}/x` }), "not for this decision point"],
    ["for nobody", (issuer) => issuer.token({ aud: undefined }), "not for this decision point"],
    ["that ended a second ago", (issuer) => issuer.token({ iat: START / 1000 - 60, exp: START / 1000 - 1 }), "has ended"],
    ["that ends this very moment", (issuer) => issuer.token({ iat: START / 1000 - 60, exp: START / 1000 }), "has ended"],
    ["without an end", (issuer) => issuer.token({ exp: undefined }), "when it ends"],
    ["with an end in words", (issuer) => issuer.token({ exp: "9999999999" }), "when it ends"],
    ["that holds for a day", (issuer) => issuer.token({ exp: START / 1000 + 86_400 }), "more than 3600 seconds"],
    ["that does not say since when", (issuer) => issuer.token({ iat: undefined }), "when it was issued"],
    ["that begins later", (issuer) => issuer.token({ nbf: START / 1000 + 120 }), "has not begun"],
    ["issued in the future, to hold longer", (issuer) => issuer.token({ iat: START / 1000 + 7200, exp: START / 1000 + 9000 }), "not begun"],
    ["without a subject", (issuer) => issuer.token({ sub: "" }), "whose it is"],
    ["for refreshing others", (issuer) => issuer.token({ typ: "Refresh" }), "something else"],
    ["that says who signed in (an ID token)", (issuer) => issuer.token({ nonce: "n" }), "something else"],
    ["that goes along with another (an ID token)", (issuer) => issuer.token({ at_hash: "h" }), "something else"],
    ["that is a notice of an end", (issuer) => issuer.token({ events: {} }), "something else"],
    ["of another type", (issuer) => issuer.token({}, { typ: "logout+jwt" }), "something else"],
    ["with a demand for an extension", (issuer) => issuer.token({}, { crit: ["b64"], b64: false }), "extension"],
    ["with an extension it makes up", (issuer) => issuer.token({}, { crit: ["http://x"], "http://x": 1 }), "extension"],
    ["signed by nothing", (issuer) => `${unsignedToken({ alg: "none" }, claims(issuer))}.`, "no issuer that is trusted"],
    ["signed by nothing, with a signature", (issuer) => `${unsignedToken({ alg: "none" }, claims(issuer))}.AAAA`, "algorithm that is not"],
    ["signed with the public key as a secret", confused, "algorithm that is not"],
    [
      "signed by another key under the right id",
      (issuer) => signToken({ ...newKey(), kid: issuer.key().kid }, claims(issuer)),
      "does not hold",
    ],
    ["by a key that it brings along", withOwnKey, "does not hold"],
    ["by a key at an address that it names", (issuer) => issuer.token({}, { kid: "x", jku: "http://127.0.0.1:1/" }), "does not publish"],
    ["whose key id is a path", (issuer) => issuer.token({}, { kid: "../../etc/passwd" }), "does not publish"],
    ["whose key id is no text", (issuer) => issuer.token({}, { kid: { a: 1 } }), "key id is none"],
    ["with two signatures", (issuer) => `${issuer.token()}.AAAA`, "no issuer that is trusted"],
    ["changed after it was signed", changed, "does not hold"],
    ["of 9000 characters", (issuer) => issuer.token({ pad: "x".repeat(9000) }), "longer than 8192"],
  ])("%s is refused", async (_, make, words) => {
    const { issuer, ask } = await scene();
    expect(await ask(make(issuer))).toMatch(new RegExp(`^401 decisions\\.tokenRefused: .*${words}`));
  });

  test("that was sound is refused from the moment it ends, however often it was seen before", async () => {
    const { issuer, ask, pass } = await scene();
    const token = issuer.token({ exp: START / 1000 + 60 });
    const socket = {};
    for (let i = 0; i < 3; i++) expect(await ask(token, socket)).toBe("everything");
    pass(60_000);
    expect(await ask(token, socket)).toContain("has ended");
    expect(await ask(token)).toContain("has ended");
  });

  test("is verified once and remembered; a changed callers file asks anew", async () => {
    const { issuer, ask, use } = await scene();
    const token = issuer.token();
    const socket = {};
    expect([await ask(token, socket), await ask(token, socket)]).toEqual(["everything", "everything"]);
    use(bookFrom(callersOf(issuer).replace("name: everything", "name: renamed")));
    expect(await ask(token, socket)).toBe("renamed");
    use(undefined);
    expect(await ask(token, socket)).toContain("401 decisions.noCallers");
  });

  test("is not remembered by a callers file that changed while its keys were fetched", async () => {
    const { issuer, ask, use } = await scene();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    issuer.answer((path, response) => void held.then(() => response.end(honest(issuer, path))));
    const token = issuer.token();
    const before = ask(token);
    use(bookFrom(callersOf(issuer).replace("name: everything", "name: renamed")));
    expect(await ask("no-token")).toContain("401");
    letGo();
    expect(await before).toBe("everything");
    expect(await ask(token)).toBe("renamed");
  });

  test("in another form than Bearer is none: no password, no key", async () => {
    const { issuer } = await scene();
    const authenticate = createCallers({ nowMs: () => START, book: () => bookFrom(callersOf(issuer)) });
    for (const authorization of ["Basic YTpi", "Bearer", "Bearer a b", "Bearer \u0000", "", undefined]) {
      expect(told(await authenticate({ headers: { authorization }, socket: {} }))).toContain("401 decisions.tokenNeeded");
    }
  });
});

function claims(issuer: TokenIssuer) {
  return { iss: issuer.issuer, sub: "workload-1", aud: AUDIENCE, iat: START / 1000, exp: START / 1000 + 300 };
}

function confused(issuer: TokenIssuer): string {
  const text = unsignedToken({ alg: "HS256", kid: issuer.key().kid }, claims(issuer));
  const secret = issuer.key().publicKey.export({ type: "spki", format: "pem" });
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

function withOwnKey(issuer: TokenIssuer): string {
  const own = { ...newKey(), kid: issuer.key().kid };
  return signToken(own, claims(issuer), { jwk: publicOf(own), x5c: ["MIIB"], x5u: "http://127.0.0.1:1/" });
}

function changed(issuer: TokenIssuer): string {
  const [header, , signature] = issuer.token().split(".");
  return [header, Buffer.from(JSON.stringify({ ...claims(issuer), sub: "admin" })).toString("base64url"), signature].join(".");
}

describe("an issuer's keys", () => {
  test("may change: a token by a new one is believed at once, one by a key that is gone no longer, even if it was before", async () => {
    const { issuer, ask, pass } = await scene();
    const old = issuer.token({ exp: START / 1000 + 3000 });
    expect(await ask(old)).toBe("everything");
    pass(31_000);
    issuer.rotate();
    expect(await ask(issuer.token())).toBe("everything");
    expect(await ask(old)).toContain("does not publish");
  });

  test("are not asked for more than twice in half a minute, whatever ids strangers make up", async () => {
    const { issuer, ask } = await scene();
    expect(await ask(issuer.token())).toBe("everything");
    for (let i = 0; i < 20; i++) expect(await ask(issuer.token({}, { kid: `made-up-${i}` }))).toContain("does not publish");
    expect(issuer.asked).toHaveLength(2);
  });

  test("count for an hour while the issuer is silent, and no longer", async () => {
    const { issuer, ask, pass } = await scene();
    expect(await ask(issuer.token())).toBe("everything");
    issuer.answer((_, response) => response.destroy());
    pass(59 * 60_000);
    expect(await ask(issuer.token())).toBe("everything");
    pass(2 * 60_000);
    expect(await ask(issuer.token())).toContain("503 decisions.issuerSilent");
    issuer.answer(undefined);
    pass(31_000);
    expect(await ask(issuer.token())).toBe("everything");
  });

  test("are asked for anew when the clock is set back: one that is gone counts no longer for that", async () => {
    const { issuer, ask, pass } = await scene();
    const old = issuer.token({ iat: START / 1000 - 3600, exp: START / 1000 });
    expect(await ask(issuer.token())).toBe("everything");
    issuer.rotate();
    pass(-1800 * 1000);
    await expect.poll(() => ask(old)).toContain("does not publish");
  });

  test.each<[string, (path: string, response: ServerResponse, issuer: TokenIssuer) => void]>([
    [
      "says it is another",
      (path, response, issuer) => response.end(honest(issuer, path).replace(/"issuer":"[^"]*"/, '"issuer":"https://other.example"')),
    ],
    [
      "sends us elsewhere",
      (path, response, issuer) =>
        path.startsWith("/elsewhere")
          ? response.end(honest(issuer, path))
          : void response.writeHead(302, { Location: `/elsewhere${path}` }).end(),
    ],
    ["answers megabytes", (path, response, issuer) => response.end(honest(issuer, path) + " ".repeat(3_000_000))],
    ["answers no JSON", (_, response) => response.end("<html>")],
    ["answers a list", (_, response) => response.end("[]")],
    ["answers nothing at all", (_, response) => response.end("null")],
    ["refuses", (path, response, issuer) => void response.writeHead(500).end(honest(issuer, path))],
    ["keeps its keys at an address that is none", (path, response) => response.end(metadata(path, "file:///etc/passwd"))],
    ["keeps its keys where a cloud keeps its secrets", (path, response) => response.end(metadata(path, "http://169.254.169.254/"))],
  ])("cannot be had from one that %s: nobody is believed, and it is said whose fault that is", async (_, answer) => {
    const { issuer, ask } = await scene();
    address = issuer.issuer;
    issuer.answer((path, response) => answer(path, response, issuer));
    expect(await ask(issuer.token())).toContain("503 decisions.issuerSilent");
  });

  test("are good for the algorithm they are for, and without a name only where there is a single one", async () => {
    const unnamed = { kid: undefined };
    expect(await askWith((own) => [{ ...publicOf(own), alg: "ES384" }])).toContain("does not publish");
    expect(await askWith((own) => [publicOf(newKey("RS256")), publicOf(own)], unnamed)).toBe("everything");
    expect(await askWith((own) => [publicOf(newKey()), publicOf(own)], unnamed)).toContain("does not publish");
  });

  test("for encrypting, and secrets among them, are none", async () => {
    const { issuer, ask } = await scene((own) => callersOf(own).replace(" }", `, keys: { url: "${own.keysUrl}" } }`));
    const { kid } = issuer.key();
    const enc = { ...publicOf(issuer.key()), use: "enc" };
    issuer.answer((_, response) => response.end(JSON.stringify({ keys: [enc, { kty: "oct", k: "AAAA", kid, alg: "HS256" }, null, 7] })));
    expect(await ask(issuer.token())).toContain("does not publish");
    expect(await ask(confused(issuer))).toContain("algorithm that is not");
  });

  test("may be read from a file, which is looked at again", async () => {
    const { issuer, pass } = await scene();
    const at = folder();
    writeFileSync(join(at, "keys.json"), issuer.published());
    writeFileSync(join(at, "callers.yaml"), callersOf(issuer).replace(" }", ", keys: { file: keys.json } }"));
    const reading = readCallers(join(at, "callers.yaml"));
    if (!reading.ok) throw new Error("unreadable");
    let later = 0;
    const authenticate = createCallers({ nowMs: () => START + later, book: () => reading.book });
    const ask = async (token: string) => told(await authenticate({ headers: { authorization: `Bearer ${token}` }, socket: {} }));
    const token = issuer.token();
    expect(await ask(token)).toBe("everything");
    issuer.rotate();
    writeFileSync(join(at, "keys.json"), issuer.published());
    later = 10_000;
    pass(later);
    expect(await ask(issuer.token())).toBe("everything");
    expect(await ask(token)).toContain("does not publish");
    expect(issuer.asked).toEqual([]);
  });
});

/** What is said to a token when an issuer publishes this. */
async function askWith(published: (own: IssuerKey) => Claims[], header: Claims = {}): Promise<string> {
  const { issuer, ask } = await scene((own) => callersOf(own).replace(" }", `, keys: { url: "${own.keysUrl}" } }`));
  issuer.answer((_, response) => response.end(JSON.stringify({ keys: published(issuer.key()) })));
  return ask(issuer.token({}, header));
}

/** What the issuer would have answered. */
function honest(from: TokenIssuer, path: string): string {
  const { issuer, keysUrl } = from;
  return path.endsWith("openid-configuration") ? JSON.stringify({ issuer, jwks_uri: keysUrl }) : from.published();
}

let address = "";
function metadata(path: string, keys: string): string {
  return path.endsWith("openid-configuration") ? JSON.stringify({ issuer: address, jwks_uri: keys }) : "{}";
}

describe("a SPIFFE identity by token", () => {
  const ID = "spiffe://acme.example/gateway";
  const file = (issuer: TokenIssuer) => `audiences: ["${AUDIENCE}"]
issuers:
  - { name: other, issuer: "${issuer.issuer}" }
spiffe:
  - { trustDomain: acme.example, keys: { url: "${issuer.keysUrl}" } }
callers:
  - { name: gateway, is: [{ spiffe: "${ID}" }], may: { subjects: any, actions: any, resources: any } }
`;

  test("is believed of its own trust domain, with or without an issuer", async () => {
    const { issuer, ask } = await scene(file);
    expect(await ask(issuer.token({ sub: ID, iss: undefined }))).toBe("gateway");
    expect(await ask(issuer.token({ sub: ID, iss: "https://spire.example" }))).toBe("gateway");
  });

  test("is not believed of another trust domain, nor of an issuer of other names", async () => {
    const { issuer, ask } = await scene(file);
    expect(await ask(issuer.token({ sub: "spiffe://evil.example/gateway" }))).toContain("no issuer that is trusted");
    const strange = await openTokenIssuer({ nowMs: () => START });
    closing.push(() => strange.close());
    expect(await ask(strange.token({ sub: ID, iss: issuer.issuer }))).toContain("does not publish");
  });

  test("is not believed when signed by EdDSA, which SPIFFE leaves out", async () => {
    const { issuer, ask } = await scene(file, { alg: "EdDSA" });
    expect(await ask(issuer.token({ sub: ID }))).toContain("algorithm that is not accepted");
  });
});
