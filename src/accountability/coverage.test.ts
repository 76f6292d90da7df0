import { describe, expect, test } from "vitest";

import type { ComponentKind } from "../estate/component.ts";
import type { Expression } from "../estate/expression.ts";
import type { AccessPath, Assurance, Operation } from "../estate/operation.ts";
import { coverageOf } from "./coverage.ts";
import { strengthOf, weakerBecause } from "./strength.ts";

const KINDS: Readonly<Record<string, ComponentKind>> = {
  key: "authenticator",
  sms: "sms",
  desk: "helpdesk",
  laptop: "device-trust",
  idp: "idp",
};
const kindOf = (key: string) => KINDS[key];

const path = (role: AccessPath["role"], needs: Expression, more: Partial<AccessPath> = {}): AccessPath => ({
  key: role,
  name: `By ${role}`,
  population: "human",
  role,
  needs,
  minutes: null,
  ...more,
});
const aal = (level: Assurance["aal"], phishingResistant = false) => ({ assurance: { aal: level, phishingResistant } });
const operation = (paths: readonly AccessPath[], criticality: Operation["criticality"] = 1): Operation => ({
  key: "pay",
  name: "Pay wages",
  criticality,
  application: null,
  businessOwner: null,
  modelApprover: null,
  maintainer: null,
  onCall: null,
  tolerates: 1,
  withinMinutes: null,
  paths,
  status: "active",
});
const gaps = (paths: readonly AccessPath[], criticality?: Operation["criticality"]) =>
  coverageOf(operation(paths, criticality), kindOf).gaps.map(({ statement }) => statement);
const ALL = (["primary", "fallback", "recovery", "break-glass", "rollback"] as const).map((role) => path(role, "key"));

const of = (needs: Expression, more: Partial<AccessPath> = {}) => strengthOf(path("primary", needs, more), kindOf);

describe("how strong a sign-in is", () => {
  test.each<[string, Expression, string | null]>([
    ["by what has to be held", { all: ["idp", "key"] }, "bound"],
    ["by the weakest of what may be chosen", { any: ["key", "sms"] }, "weak"],
    ["by the strongest of what all is needed", { all: ["sms", "laptop"] }, "bound"],
    ["by so many as are needed", { atLeast: 2, of: ["sms", "desk", "key"] }, "weak"],
    ["by more than is weak", { atLeast: 2, of: ["sms", "key", "laptop"] }, "bound"],
    ["not known where nothing tells", { all: ["idp", "unheard-of"] }, null],
    ["weak where the one thing that tells is", { all: ["idp", { any: ["desk", "idp"] }] }, "weak"],
  ])("is told %s", (_, needs, rank) => expect(strengthOf(path("primary", needs), kindOf).rank).toBe(rank));

  test("is what somebody says, whatever it needs", () => {
    expect(strengthOf(path("primary", "sms", aal(3)), kindOf)).toEqual({ said: { aal: 3, phishingResistant: false }, rank: "bound" });
  });

  test("is less by a level, by what a false page can take, and by the telephone; not known is not less", () => {
    expect(weakerBecause(of("key", aal(1)), of("key", aal(2)))).toBe("AAL1 instead of AAL2");
    expect(weakerBecause(of("key", aal(3)), of("key", aal(2, true)))).toBe("a false page can take it");
    expect(weakerBecause(of("sms"), of("key"))).toMatch(/telephone/);
    expect(weakerBecause(of("key", aal(1)), of("key"))).toBe("only AAL1");
    for (const needs of ["idp", "key"]) expect(weakerBecause(of(needs), of("key"))).toBeUndefined();
    expect(weakerBecause(of("sms"), of("idp"))).toBeUndefined();
  });
});

describe("the ways back of an operation", () => {
  test("are all there, or each that is not is said; less is asked of what matters less", () => {
    expect(gaps(ALL)).toEqual([]);
    for (const [i, { role }] of ALL.entries()) {
      expect(gaps(ALL.toSpliced(i, 1))).toEqual([
        expect.stringMatching(role === "break-glass" ? /no break-glass path/ : new RegExp(`no ${role}`)),
      ]);
    }
    expect(gaps([], 2)).toHaveLength(5);
    expect(gaps([], 3)).toEqual(["Pay wages has no primary path.", "Pay wages has no recovery path."]);
  });

  test("are asked of each population that gets in, break-glass and rollback of one", () => {
    expect(gaps([...ALL, path("primary", "key", { key: "robot", population: "machine" })])).toEqual([
      "Pay wages has no fallback for machines.",
      "Pay wages has no recovery path for machines.",
    ]);
  });

  test("are no weaker than the path they stand in for; of several primary ones the weakest counts, a rollback opens no door", () => {
    const weak = [...ALL.slice(0, 1), path("fallback", "sms"), ...ALL.slice(2, 4), path("rollback", "sms")];
    expect(gaps(weak)).toEqual([
      "The fallback “By fallback” of Pay wages is weaker than “By primary”: it goes over the telephone, a text message or the help desk alone.",
    ]);
    expect(gaps([...weak, path("primary", "sms", { key: "old" })])).toEqual([]);
    expect(gaps([...ALL.slice(0, 3), path("break-glass", "desk", { population: "privileged" }), ALL[4]!])).toHaveLength(1);
  });
});
