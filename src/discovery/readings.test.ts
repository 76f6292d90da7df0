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
