import { expect, test } from "vitest";

import type { BypassSubject, FileReading } from "../connectors/port.ts";
import { seenIn } from "./readings.ts";

const group: BypassSubject = { kind: "group", key: "g", name: "exempt" };

function reading(more: Partial<FileReading>): FileReading {
  return { kind: "entra", title: "a file", bypasses: [], accounts: undefined, accountsBehind: () => undefined, unknown: [], ...more };
}

const policies = reading({
  bypasses: [{ key: "b", form: "ungoverned_exemption", subject: group, object: "policy", critical: false, evidence: {} }],
});

const members = (...keys: string[]) => reading({ accountsBehind: ({ key }) => (key === "g" ? keys : undefined) });

test("of a group whose members lie in several files all are counted, each once", () => {
  const { findings } = seenIn([
    { name: "policies.json", reading: policies },
    { name: "members-0.json", reading: members("ada@acme.test", "ben@acme.test") },
    { name: "members-1.json", reading: members("ben@acme.test", "cy@acme.test") },
  ]);
  expect([...findings].map(({ accounts }) => accounts?.map(({ identity }) => identity))).toEqual([
    ["ada@acme.test", "ben@acme.test", "cy@acme.test"],
  ]);
});

test("an export in parts is joined with what lies in the same folder, and with nothing else", () => {
  const joinedWith: string[] = [];
  const part = (title: string) =>
    reading({
      title,
      joined: (others) => {
        joinedWith.push(`${title}: ${others.map((other) => other.title).join()}`);
        return reading({ title });
      },
    });
  seenIn([
    { name: "prod/realm.json", reading: part("realm") },
    { name: "prod/users.json", reading: part("users") },
    { name: "test\\users.json", reading: part("strangers") },
    { name: "alone.json", reading: part("alone") },
  ]);
  expect(joinedWith).toEqual(["realm: users", "users: realm"]);
});

const named = (name: string, more: Partial<FileReading>) => ({ name, reading: reading(more) });
const bypassOf = (key: string) => ({ ...policies.bypasses[0]!, key });

const keys = (...readings: Parameters<typeof seenIn>[0]) => [...seenIn(readings).findings].map(({ bypass }) => bypass.key);

test("two exports that are called the same are two tenants': what both show is there twice, and their people are not each other's", () => {
  const tenant = { bypasses: [bypassOf("legacy")], accountsBehind: () => ["admin"] };
  const { findings, sources } = seenIn([named("prod.json", tenant), named("test.json", tenant)]);
  const identities = [...findings].map(({ accounts }) => accounts!.map(({ identity }) => identity));
  expect(identities).toHaveLength(2);
  expect(identities[0]).not.toEqual(identities[1]);
  expect(sources).toHaveLength(2);
});

test("a bypass whose key is unique in the world is one in however many exports, whatever these are called", () => {
  const one = { isUnique: (key: string) => key.startsWith("policy:"), bypasses: [bypassOf("policy:1"), bypassOf("legacy")] };
  expect(keys(named("a.json", one), named("b.json", { ...one, title: "another" }))).toEqual(["policy:1", "legacy", "legacy"]);
  expect(keys(named("a.json", one), named("b.json", { ...one, kind: "okta" }))).toEqual(["policy:1", "legacy", "policy:1", "legacy"]);
});

test("an export in parts is one source, which names its parts; a part that nobody tells is a source of its own", () => {
  const realm = reading({ title: "realm" });
  const part = (title: string) =>
    reading({ title, joined: (others) => ({ ...reading({ title }), ...(others.includes(realm) && { toldBy: realm }) }) });
  const { sources } = seenIn([
    { name: "prod/users-0.json", reading: part("users 0") },
    { name: "prod/realm.json", reading: realm },
    { name: "prod/users-1.json", reading: part("users 1") },
    { name: "test/users-0.json", reading: part("strangers") },
  ]);
  expect(sources).toEqual([
    { name: "prod/realm.json", kind: "entra", title: "realm", parts: ["prod/users-0.json", "prod/users-1.json"] },
    { name: "test/users-0.json", kind: "entra", title: "strangers" },
  ]);
});
