import { expect, test } from "vitest";

import type { Bypass, BypassSubject } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { accountFor, type Documented, undocumented } from "./documented.ts";

const now = instant("2026-11-21T12:00:00.000Z");

function bypass(kind: BypassSubject["kind"], key: string): Bypass {
  const subject = { kind, key, name: key };
  return { key: `${kind}:${key}`, form: "ungoverned_exemption", subject, object: "policy 1", critical: false, evidence: {} };
}

function exception(kind: BypassSubject["kind"], key: string, more: Partial<Documented> = {}): Documented {
  const from = instant("2026-11-01T00:00:00.000Z");
  return { exception: `for ${key}`, subject: { kind, key }, from, until: instant("2026-12-01T00:00:00.000Z"), ...more };
}

function uncovered(seen: Bypass[], documented: Documented[]) {
  return undocumented(accountFor(seen, documented, now)).map(({ key }) => key);
}

test("what no exception names is undocumented, one by one", () => {
  const seen = [bypass("user", "u1"), bypass("user", "u2")];
  expect(uncovered(seen, [])).toEqual(["user:u1", "user:u2"]);
  expect(uncovered(seen, [exception("user", "u1")])).toEqual(["user:u2"]);
  expect(accountFor(seen, [exception("user", "U1"), exception("user", "u2")], now).map(({ by }) => by?.exception)).toEqual([
    "for U1",
    "for u2",
  ]);
});

test("an exception for a person says nothing about a group, a role or an application of the same key", () => {
  const seen = [bypass("group", "x"), bypass("role", "x"), bypass("application", "x"), bypass("everyone", "x")];
  expect(uncovered(seen, [exception("user", "x")])).toHaveLength(4);
});

test("an exception for one policy covers no other", () => {
  expect(uncovered([bypass("user", "u1")], [exception("user", "u1", { object: "policy 2" })])).toEqual(["user:u1"]);
  expect(uncovered([bypass("user", "u1")], [exception("user", "u1", { object: "policy 1" })])).toEqual([]);
});

test("an exception knows its policy by the provider's name, by its id and by the connection's key", () => {
  const seen = { ...bypass("user", "u1"), policy: "vpn", evidence: { policyId: "P-1" } };
  for (const object of ["policy 1", "p-1", "vpn"]) expect(uncovered([seen], [exception("user", "u1", { object })])).toEqual([]);
  expect(uncovered([{ ...seen, evidence: { state: "p-1" } }], [exception("user", "u1", { object: "p-1" })])).toEqual(["user:u1"]);
});

test("an exception for a policy does not cover a password that works beside it, unless it is about that very bypass", () => {
  const seen = { ...bypass("user", "u1"), form: "password_usable" } as const;
  expect(uncovered([seen], [exception("user", "u1")])).toEqual(["user:u1"]);
  expect(uncovered([seen], [exception("user", "u1", { bypass: "user:u1" })])).toEqual([]);
  expect(uncovered([bypass("user", "u1")], [exception("user", "u1", { bypass: "another" })])).toEqual(["user:u1"]);
  expect(uncovered([seen], [exception("user", "u2", { bypass: "user:u1" })])).toEqual(["user:u1"]);
});

test("of several exceptions the one that lasts longest is told", () => {
  const longer = exception("user", "u1", { exception: "longer", until: instant("2027-01-01T00:00:00.000Z") });
  expect(accountFor([bypass("user", "u1")], [exception("user", "u1"), longer], now)[0]!.by).toBe(longer);
});

test("an exception covers from its first moment and not at its end", () => {
  const seen = [bypass("user", "u1")];
  expect(uncovered(seen, [exception("user", "u1", { from: now })])).toEqual([]);
  expect(uncovered(seen, [exception("user", "u1", { until: now })])).toEqual(["user:u1"]);
  expect(uncovered(seen, [exception("user", "u1", { from: instant("2026-11-21T12:00:00.001Z") })])).toEqual(["user:u1"]);
});

test("an exception that names what is not let past does no harm", () => {
  expect(accountFor([], [exception("user", "u1")], now)).toEqual([]);
});
