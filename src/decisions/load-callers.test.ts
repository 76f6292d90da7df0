import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { mayAsk } from "./caller.ts";
import { readCallers } from "./load-callers.ts";
import { NONE, type Question } from "./question.ts";

const folder = tempFolders("load-callers");

/** `code line:column` of every fault, in the order they are told. */
function faultsOf(text: string): readonly string[] {
  const path = join(folder(), "callers.yaml");
  writeFileSync(path, text);
  const reading = readCallers(path);
  return reading.ok
    ? []
    : reading.faults.map(({ code, at }) => `${code.replace("decisions.callers", "")} ${at!.replace("callers.yaml:", "")}`);
}

const ONE = `audiences: [us]
issuers:
  - { name: cluster, issuer: "https://issuer.example" }
callers:
  - name: vpn
    is: [{ issuer: cluster, subject: vpn }]
    may: { subjects: [user], actions: [sign_in], resources: [{ type: application, prefixes: [vpn-] }, { type: policy }] }
`;

const ask = (type: string, id: string): Question => ({
  subject: { type: "user", id: "a", properties: NONE },
  action: { name: "sign_in", properties: NONE },
  resource: { type, id, properties: NONE },
  context: NONE,
});

describe("a callers file", () => {
  test("is read as it says: a scope is what is written, and every right left out is none", () => {
    const path = join(folder(), "callers.yaml");
    writeFileSync(path, ONE);
    const reading = readCallers(path);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    const { scope } = reading.book.callers.get("sub cluster vpn")!;
    expect([ask("application", "vpn-1"), ask("application", "hr"), ask("policy", "p")].map((each) => mayAsk(scope, each))).toEqual([
      true,
      false,
      true,
    ]);
    const rights = Object.entries(scope).filter(([name]) => name.startsWith("may"));
    expect(rights.map(([, right]) => right)).toEqual([false, false, false, false, false, false]);
    expect(scope.ruleSets).toEqual(new Set(["default"]));
  });

  test("names every fault with its place, all at once and in the order of the file", () => {
    expect(
      faultsOf(`audiences: [us]
issuers:
  - { name: a, issuer: "http://elsewhere.example" }
  - { name: A, issuer: "https://x.example/?q", algorithms: [HS256] }
spiffe:
  - { trustDomain: acme.example, keys: { url: "https://x.example" }, algorithms: [EdDSA] }
callers:
  - name: vpn
    is: []
    key: secret
    may: { subjects: all, actions: any, resources: any, search: yes }
`),
    ).toEqual([
      "ValueInvalid 3:24",
      "ValueInvalid 4:13",
      "ValueInvalid 4:24",
      "ValueInvalid 4:61",
      "ValueInvalid 6:83",
      "ValueInvalid 9:9",
      "KeyUnknown 10:5",
      "ValueInvalid 11:22",
      "ValueInvalid 11:65",
    ]);
  });

  test("that fits in its shape is still refused for what contradicts itself", () => {
    expect(
      faultsOf(`issuers:
  - { name: a, issuer: "https://a.example", keys: { file: nowhere.json } }
  - { name: a, issuer: "https://a.example" }
authorities:
  - { name: mesh, file: nowhere.pem }
callers:
  - { name: one, is: [{ issuer: b, subject: x }, { spiffe: "spiffe://acme.example/x" }], may: { subjects: any, actions: any, resources: any } }
  - { name: two, is: [{ authority: mesh, dns: a.example }], may: { subjects: any, actions: any, resources: any } }
  - { name: two, is: [{ authority: mesh, dns: a.example }], may: { subjects: any, actions: any, resources: any } }
`),
    ).toEqual([
      "Missing 1:1",
      "FileUnreadable 2:59",
      "NameTwice 3:13",
      "NameTwice 3:24",
      "FileUnreadable 5:25",
      "TrustUnknown 7:23",
      "TrustUnknown 7:50",
      "NameTwice 9:13",
      "IdentityTwice 9:23",
    ]);
  });

  test.each([
    ["no YAML", "callers: [", "Unreadable"],
    ["two documents", `${ONE}---\n${ONE}`, "Unreadable"],
    ["an alias", ONE.replace("[user]", "&u [user]").replace("[sign_in]", "*u"), "Alias"],
    ["a key twice", `${ONE}callers: []\n`, "Unreadable"],
    ["no callers at all", "audiences: [us]\n", "Missing"],
    ["a scope that names no resources", ONE.replace(/, resources.*/, " }"), "Missing"],
    ["a SPIFFE ID that climbs", ONE.replace("issuer: cluster, subject: vpn", 'spiffe: "spiffe://acme.example/a/../b"'), "ValueInvalid"],
    ["a token that holds for a week", ONE.replace('example" }', 'example", maxLifetimeSeconds: 604800 }'), "ValueInvalid"],
    ["a list", "- a\n", "ValueInvalid"],
  ])("with %s is refused", (_, text, code) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(`${code} `)]);
  });

  test("that is not there is refused by its name", () => {
    const reading = readCallers("/nowhere/callers.yaml");
    expect(reading).toMatchObject({ ok: false, faults: [{ code: "decisions.callersFileUnreadable", at: "callers.yaml" }] });
  });
});
