import { describe, expect, test } from "vitest";

import { doorsOf, evaluate, goesThrough, selectorKey, type Standing } from "./evaluate.ts";
import { demandOf, type RawRule, rulesOf } from "./map.ts";

const STRICT = { type: "ASSURANCE", factorMode: "2FA", constraints: [{ possession: { phishingResistant: "REQUIRED", required: true } }] };
const WEAK = { type: "ASSURANCE", factorMode: "2FA", constraints: [] };
const EVERYONE = "00gEveryone";

function rule(
  name: string,
  verificationMethod: object | "deny",
  conditions: Record<string, unknown> = {},
  more: Partial<RawRule> = {},
): RawRule {
  const appSignOn = verificationMethod === "deny" ? { access: "DENY" } : { access: "ALLOW", verificationMethod };
  return { id: name, name, status: "ACTIVE", conditions, actions: { appSignOn }, ...more };
}

const policy = (...raw: readonly RawRule[]) =>
  rulesOf(
    raw.map((one, at) => ({ priority: at + 1, ...one })),
    EVERYONE,
  );
const include = (...groups: readonly string[]) => ({ people: { groups: { include: groups } } });
const person = (id: string, ...groups: readonly string[]): Standing => ({ id, groups: new Set([EVERYONE, ...groups]) });
const last = rule("last", "deny");

describe("what a rule demands", () => {
  const cases: readonly (readonly [string, object, boolean | "unknown"])[] = [
    ["any two factors", WEAK, false],
    ["phishing resistance", STRICT, true],
    [
      "one of two constraints, the other weaker",
      { ...STRICT, constraints: [...STRICT.constraints, { knowledge: { types: ["password"] } }] },
      false,
    ],
    [
      "phishing resistance, but no possession",
      { ...STRICT, constraints: [{ possession: { phishingResistant: "REQUIRED", required: false } }] },
      "unknown",
    ],
    ["WebAuthn by name", { ...STRICT, constraints: [{ possession: { methods: ["WEBAUTHN"] } }] }, true],
    ["WebAuthn or a pushed message", { ...STRICT, constraints: [{ possession: { methods: ["WEBAUTHN", "PUSH"] } }] }, false],
    ["FastPass without the word", { ...STRICT, constraints: [{ possession: { methods: ["SIGNED_NONCE"] } }] }, false],
    [
      "WebAuthn as a named authenticator",
      { ...STRICT, constraints: [{ possession: { authenticationMethods: [{ key: "webauthn", method: "webauthn" }] } }] },
      true,
    ],
    ["constraints that are no list", { ...STRICT, constraints: { possession: {} } }, "unknown"],
    [
      "a chain with a resistant second step",
      {
        type: "AUTH_METHOD_CHAIN",
        chains: [
          {
            authenticationMethods: [{ key: "okta_password", method: "password" }],
            next: [{ authenticationMethods: [{ key: "webauthn", method: "webauthn" }] }],
          },
        ],
      },
      true,
    ],
    [
      "two chains, one of passwords alone",
      {
        type: "AUTH_METHOD_CHAIN",
        chains: [
          { authenticationMethods: [{ key: "webauthn", method: "webauthn" }] },
          { authenticationMethods: [{ key: "okta_password", method: "password" }] },
        ],
      },
      false,
    ],
    ["a chain without a chain", { type: "AUTH_METHOD_CHAIN", chains: [] }, "unknown"],
    ["proof of identity", { type: "ID_PROOFING" }, "unknown"],
    ["nothing", {}, "unknown"],
  ];
  test.each(cases)("%s", (_, verificationMethod, resistant) => {
    expect(demandOf({ access: "ALLOW", verificationMethod }).resistant).toBe(resistant);
  });

  test("a rule that says neither ALLOW nor DENY is unknown, and one that denies demands more than anybody has", () => {
    expect(demandOf({ verificationMethod: STRICT }).resistant).toBe("unknown");
    expect(demandOf({ access: "DENY" }).resistant).toBe(true);
  });
});

describe("which rule decides", () => {
  test("the first by priority that matches, whatever their order in the answer", () => {
    const rules = rulesOf([rule("second", WEAK, {}, { priority: 2 }), rule("first", STRICT, {}, { priority: 1 })], EVERYONE);
    expect(evaluate(rules, person("ann"))).toMatchObject({ resistant: true, reached: [{ rule: { name: "first" } }] });
  });

  test("a rule without a priority is the last, and one that is switched off is none", () => {
    const rules = rulesOf([rule("unplaced", WEAK, {}, { priority: null }), rule("first", STRICT, {}, { priority: 9 })], EVERYONE);
    expect(evaluate(rules, person("ann")).resistant).toBe(true);
    expect(evaluate(policy(rule("off", WEAK, {}, { status: "INACTIVE" }), rule("on", STRICT)), person("ann")).resistant).toBe(true);
  });

  test("whoever is left out of the strict rule falls to the next", () => {
    const rules = policy(
      rule("strict", STRICT, { people: { users: { exclude: ["ann"] }, groups: { exclude: ["old"] } } }),
      rule("rest", WEAK),
    );
    expect(evaluate(rules, person("ann")).resistant).toBe(false);
    expect(evaluate(rules, person("bob", "old")).resistant).toBe(false);
    expect(evaluate(rules, person("bob")).resistant).toBe(true);
  });

  test("who is included and left out by the same rule is left out", () => {
    const rules = policy(
      rule("weak", WEAK, { people: { groups: { include: ["team"] }, users: { exclude: ["ann"] } } }),
      rule("strict", STRICT),
    );
    expect(evaluate(rules, person("ann", "team")).resistant).toBe(true);
    expect(evaluate(rules, person("bob", "team")).resistant).toBe(false);
  });

  test("a rule for a place, device, platform, risk or type of user may match or not: both are followed", () => {
    const conditions = [
      { network: { connection: "ZONE", include: ["office"] } },
      { device: { registered: true, managed: true } },
      { platform: { include: [{ type: "MOBILE" }] } },
      { riskScore: { level: "LOW" } },
      { userType: { include: ["contractor"], exclude: [] } },
    ];
    for (const condition of conditions) {
      expect(evaluate(policy(rule("sometimes", WEAK, condition), rule("strict", STRICT)), person("ann"))).toMatchObject({
        resistant: false,
        reached: [{ when: "sometimes" }, { when: "always" }],
      });
      expect(evaluate(policy(rule("sometimes", STRICT, condition), rule("weak", WEAK)), person("ann")).resistant).toBe(false);
    }
  });

  test("conditions that hold anywhere are none", () => {
    const anywhere = {
      network: { connection: "ANYWHERE" },
      riskScore: { level: "ANY" },
      device: {},
      platform: { include: [], exclude: [] },
      elCondition: null,
    };
    expect(evaluate(policy(rule("strict", STRICT, anywhere), rule("weak", WEAK)), person("ann"))).toMatchObject({ resistant: true });
  });

  test("an expression, or a condition nobody told us of, makes the answer unknown and never closed", () => {
    for (const condition of [{ elCondition: { condition: "user.isMemberOf('x')" } }, { moonPhase: { full: true } }]) {
      const verdict = evaluate(policy(rule("strange", WEAK, condition), rule("strict", STRICT)), person("ann"));
      expect(verdict.resistant).toBe("unknown");
      expect(verdict.why).toContain(Object.keys(condition)[0]);
      // What it demands is enough, whether it matches or not.
      expect(evaluate(policy(rule("strange", STRICT, condition), rule("strict", STRICT)), person("ann")).resistant).toBe(true);
    }
  });

  test("a condition of a shape that is not understood never makes a strict rule decide for certain", () => {
    const strange = [{ network: "OFFICE" }, { device: ["x"] }, { platform: [{ type: "MOBILE" }] }, { riskScore: { levels: ["HIGH"] } }];
    const named = JSON.parse('[{ "constructor": { "a": 1 } }, { "__proto__": { "a": 1 } }]') as Record<string, unknown>[];
    for (const condition of [...strange, ...named])
      expect(
        evaluate(policy(rule("strict", STRICT, condition), rule("weak", WEAK)), person("ann")).resistant,
        JSON.stringify(condition),
      ).toBe(false);
  });

  test("a policy that decides nothing for certain was not read whole: unknown", () => {
    expect(evaluate(policy(rule("some", STRICT, include("team"))), person("ann")).resistant).toBe("unknown");
    expect(evaluate([], person("ann")).resistant).toBe("unknown");
  });

  test("the built-in group of everybody is everybody", () => {
    const rules = policy(rule("strict", STRICT, include(EVERYONE)), rule("rest", WEAK));
    expect(evaluate(rules, person("ann")).resistant).toBe(true);
    expect(doorsOf(rules)).toEqual([]);
  });
});

const told = (...raw: readonly RawRule[]) =>
  doorsOf(policy(...raw)).map(({ rule: { name }, who, leftOutOf }) =>
    [name, selectorKey(who), leftOutOf].filter((part) => part !== undefined).join(" "),
  );

describe("the doors of a policy", () => {
  test("a weaker rule before the strict one, by group, person and circumstance", () => {
    const office = { network: { connection: "ZONE", include: ["office"] } };
    const named = { people: { users: { include: ["ann"] }, groups: { include: ["old"] } } };
    expect(told(rule("named", WEAK, named), rule("office", WEAK, office), rule("strict", STRICT), last)).toEqual([
      "named user:ann",
      "named group:old",
      "office everyone",
    ]);
  });

  test("a weaker rule after the strict one only for whom that leaves out", () => {
    const strict = rule("strict", STRICT, { people: { users: { exclude: ["ann"] }, groups: { exclude: ["old"] } } });
    expect(told(strict, rule("rest", WEAK))).toEqual(["rest user:ann strict", "rest group:old strict"]);
    expect(told(rule("strict", STRICT), rule("rest", WEAK))).toEqual([]);
    expect(told(strict, last, rule("never", WEAK))).toEqual([]);
  });

  test("not for a group that a rule before it catches whole", () => {
    expect(told(rule("strict", STRICT, include("team")), rule("weak", WEAK, include("team", "old")), rule("all", STRICT))).toEqual([
      "weak group:old",
    ]);
  });

  test("a last rule that asks for less is a door for everybody", () => {
    expect(told(rule("strict", STRICT, include("team")), rule("rest", WEAK))).toEqual(["rest everyone"]);
  });

  test("a rule whose demand is not understood is a door", () => {
    expect(told(rule("strange", { type: "NEW_KIND" }, include("team")), rule("strict", STRICT))).toEqual(["strange group:team"]);
  });

  test("whoever the policy lets through goes through a door that is told (2,000 policies)", () => {
    const random = randomFrom(7);
    const pick = <T>(...from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const some = (...from: readonly string[]) => from.filter(() => random() < 0.3);
    let weak = 0;
    for (let round = 0; round < 2000; round += 1) {
      const rules = policy(
        ...Array.from({ length: 4 }, (_, n) =>
          rule(`r${n}`, pick<object | "deny">(STRICT, WEAK, "deny"), {
            people: {
              users: { include: some("ann", "bob"), exclude: some("ann", "bob") },
              groups: { include: some("a", "b"), exclude: some("a", "b") },
            },
            ...pick<object>({}, {}, { network: { connection: "ZONE", include: ["office"] } }),
          }),
        ),
        rule("rest", pick<object | "deny">(STRICT, WEAK, "deny")),
      );
      const subject = person(pick("ann", "bob", "cem"), ...some("a", "b"));
      const verdict = evaluate(rules, subject);
      if (verdict.resistant !== false) continue;
      weak += 1;
      const doors = doorsOf(rules);
      const reached = verdict.reached.filter(({ rule: one }) => one.demand.resistant === false);
      for (const { rule: one } of reached) expect(doors.some((door) => door.rule.id === one.id && goesThrough(door, subject))).toBe(true);
    }
    expect(weak).toBeGreaterThan(300);
  });
});

/** The same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
