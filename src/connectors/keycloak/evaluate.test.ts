import { array, assert, boolean, constantFrom, letrec, oneof, property, record, tuple } from "fast-check";
import { describe, expect, test } from "vitest";

import { isOpenAnyway, type PersonFacts, verdictOf, waysIn } from "./evaluate.ts";
import type { Flow, Requirement, Step } from "./map-flow.ts";

const step = (requirement: Requirement, provider: string, config: Record<string, string> = {}): Step => ({
  kind: "authenticator",
  requirement,
  provider,
  config,
});
const sub = (requirement: Requirement, alias: string, ...steps: Step[]): Step => ({ kind: "flow", requirement, flow: { alias, steps } });
const flow = (...steps: Step[]): Flow => ({ alias: "browser", steps });
const hasRole = (role: string, negate = false) => step("REQUIRED", "conditional-user-role", { condUserRole: role, negate: String(negate) });

const person = (more: Partial<PersonFacts> = {}): PersonFacts => ({
  hasRole: () => false,
  roleExists: () => true,
  attribute: () => [],
  hasSetUp: () => undefined,
  ...more,
});
const letsIn = (given: Flow, who: PersonFacts) =>
  waysIn(given, who)
    ?.map(({ proofs }) => proofs.join("+"))
    .sort();

const passkeyUnlessExempt = flow(
  step("ALTERNATIVE", "auth-cookie"),
  sub(
    "ALTERNATIVE",
    "forms",
    step("REQUIRED", "auth-username-form"),
    sub("CONDITIONAL", "strict", hasRole("exempt", true), step("REQUIRED", "webauthn-authenticator-passwordless")),
    sub("CONDITIONAL", "weak", hasRole("exempt"), step("REQUIRED", "auth-password-form")),
  ),
);

describe("what a flow lets a person in with", () => {
  test("a passkey for everybody but who has the role", () => {
    expect(letsIn(passkeyUnlessExempt, person())).toEqual(["passkey"]);
    expect(letsIn(passkeyUnlessExempt, person({ hasRole: () => true }))).toEqual(["password"]);
  });

  test("with a role that does not exist both conditions are false, negated or not: a username is enough", () => {
    expect(letsIn(passkeyUnlessExempt, person({ roleExists: () => false }))).toEqual([""]);
  });

  test("a role of which nothing is known leaves both ways open, each saying what it assumes", () => {
    const ways = waysIn(passkeyUnlessExempt, person({ hasRole: () => undefined }))!;
    expect(ways.map(({ proofs, assumes }) => [proofs.join("+"), assumes.join()].join(" | ")).sort()).toEqual([
      "passkey | not: role exempt",
      "password | role exempt",
    ]);
  });

  test("as long as anything is required, alternatives beside it do not count", () => {
    expect(letsIn(flow(step("REQUIRED", "auth-password-form"), step("ALTERNATIVE", "webauthn-authenticator")), person())).toEqual([
      "password",
    ]);
    expect(
      letsIn(flow(step("ALTERNATIVE", "auth-password-form"), step("ALTERNATIVE", "webauthn-authenticator-passwordless")), person()),
    ).toEqual(["passkey", "password"]);
  });

  test("what is disabled neither asks nor lets in", () => {
    expect(letsIn(flow(step("REQUIRED", "auth-password-form"), step("DISABLED", "webauthn-authenticator")), person())).toEqual([
      "password",
    ]);
    expect(letsIn(flow(sub("DISABLED", "old", step("REQUIRED", "auth-password-form"))), person())).toEqual([]);
  });

  test("a conditional sub-flow without a condition is never executed", () => {
    expect(
      letsIn(
        flow(step("REQUIRED", "auth-password-form"), sub("CONDITIONAL", "second", step("REQUIRED", "webauthn-authenticator"))),
        person(),
      ),
    ).toEqual(["password"]);
  });

  test("what nobody knows may be the condition of a conditional sub-flow that has no other, whatever it is called", () => {
    const either = flow(
      step("REQUIRED", "auth-username-form"),
      sub(
        "REQUIRED",
        "auth",
        sub("CONDITIONAL", "in", step("REQUIRED", "ip-range"), step("REQUIRED", "auth-password-form")),
        sub("CONDITIONAL", "out", step("REQUIRED", "ip-range"), step("REQUIRED", "webauthn-authenticator-passwordless")),
      ),
    );
    const ways = waysIn(either, person())!;
    expect(ways.map(verdictOf)).toContain("unknown");
    expect(ways.map(({ assumes }) => assumes)).toContainEqual(["ip-range in in", "not: ip-range in out"]);
    const only = sub("CONDITIONAL", "out", step("REQUIRED", "ip-range"), step("REQUIRED", "webauthn-authenticator-passwordless"));
    expect(waysIn(flow(step("REQUIRED", "auth-username-form"), only), person())!.map(verdictOf)).toContain("weak");
  });

  test("what nobody knows beside a condition that holds may be another that does not", () => {
    const strict = (...more: Step[]) =>
      flow(step("REQUIRED", "auth-username-form"), sub("CONDITIONAL", "strict", hasRole("exempt", true), ...more));
    const key = step("REQUIRED", "webauthn-authenticator-passwordless");
    expect(waysIn(strict(step("REQUIRED", "ip-range"), key), person())!.map(verdictOf)).toEqual(["resistant", "unknown"]);
    expect(letsIn(strict(step("REQUIRED", "acme-face")), person())).toEqual(["custom:acme-face"]);
  });

  test("whom a conditional sub-flow asks who they are may not have been asked", () => {
    const early = sub("CONDITIONAL", "early", step("REQUIRED", "ip-range"), step("REQUIRED", "auth-username-form"));
    const strict = sub("CONDITIONAL", "strict", hasRole("exempt", true), step("REQUIRED", "webauthn-authenticator-passwordless"));
    expect(letsIn(flow(early, strict, step("REQUIRED", "auth-username-password-form")), person())).toContain("password");
  });

  test("a second factor only for who has set it up is a password for who has not", () => {
    const optional = flow(
      step("REQUIRED", "auth-username-password-form"),
      sub("CONDITIONAL", "second", step("REQUIRED", "conditional-user-configured"), step("REQUIRED", "webauthn-authenticator")),
    );
    expect(letsIn(optional, person({ hasSetUp: () => true }))).toEqual(["password+security_key"]);
    expect(letsIn(optional, person({ hasSetUp: (provider) => provider !== "webauthn-authenticator" }))).toEqual(["password"]);
    expect(letsIn(optional, person())).toEqual(["password", "password+security_key"]);
  });

  test("without a passkey of one's own there is no way in, but a second factor is set up on the spot", () => {
    const nothing = person({ hasSetUp: (provider) => provider === "auth-password-form" });
    expect(letsIn(flow(step("REQUIRED", "webauthn-authenticator-passwordless")), nothing)).toEqual([]);
    expect(letsIn(flow(step("REQUIRED", "auth-password-form"), step("REQUIRED", "webauthn-authenticator")), nothing)).toEqual(["password"]);
  });

  test("ways that hold in opposite cases are together open anyway; one of them alone is not", () => {
    const ways = waysIn(passkeyUnlessExempt, person({ hasRole: () => undefined }))!;
    expect([isOpenAnyway(ways), isOpenAnyway(ways.slice(0, 1)), isOpenAnyway([])]).toEqual([true, false, false]);
  });

  test("a condition that is asked before anybody said who they are may not hold for them, whoever they are", () => {
    const strict = sub("CONDITIONAL", "strict", hasRole("exempt", true), step("REQUIRED", "webauthn-authenticator-passwordless"));
    const early = sub("REQUIRED", "checks", step("REQUIRED", "allow-access-authenticator"), strict);
    const who = step("REQUIRED", "auth-username-password-form");
    expect(letsIn(flow(early, who), person())).toEqual(["passkey+password", "password"]);
    expect(letsIn(flow(who, early), person())).toEqual(["password+passkey"]);
    expect(letsIn(flow(step("REQUIRED", "auth-username-form"), sub("REQUIRED", "rest", early)), person())).toEqual(["passkey"]);
  });

  test("who nobody has asked for yet may be in one conditional sub-flow and not in another, whatever they are called", () => {
    const face = sub("CONDITIONAL", "sub", step("REQUIRED", "acme-face"));
    const forRole = sub("CONDITIONAL", "sub", hasRole("exempt"), step("REQUIRED", "auth-password-form"));
    expect(letsIn(flow(face, forRole), person({ hasRole: () => undefined }))).toContain("custom:acme-face");
  });

  test("whether anything is set up is asked of a sub-flow's own steps; of none it holds", () => {
    const nested = (...steps: Step[]) =>
      flow(
        step("REQUIRED", "auth-username-password-form"),
        sub("CONDITIONAL", "second", step("REQUIRED", "conditional-user-configured"), ...steps),
      );
    expect(letsIn(nested(sub("REQUIRED", "inner", step("REQUIRED", "webauthn-authenticator"))), person())).toEqual([
      "password+security_key",
    ]);
    const hasCode = person({ hasSetUp: (provider) => provider === "auth-otp-form" || provider === "auth-username-password-form" });
    const either = [sub("ALTERNATIVE", "inner", step("REQUIRED", "auth-otp-form")), step("ALTERNATIVE", "webauthn-authenticator")];
    expect(letsIn(nested(...either), hasCode)).toEqual(["password"]);
  });

  test("conditions that are not known together are not the opposite of each other", () => {
    const pattern = (name: string, negate: boolean) =>
      step("REQUIRED", "conditional-user-attribute", {
        attribute_name: name,
        attribute_expected_value: "x.*",
        regex: "true",
        not: String(negate),
      });
    const key = step("REQUIRED", "webauthn-authenticator-passwordless");
    const given = flow(
      step("REQUIRED", "auth-username-form"),
      sub("CONDITIONAL", "one", pattern("a", true), pattern("b", false), key),
      sub("CONDITIONAL", "other", pattern("a", false), pattern("b", false), key),
    );
    // With an `a` that fits and a `b` that does not, neither is in force.
    expect(letsIn(given, person({ attribute: () => ["anything"] }))).toContain("");
  });

  test("more conditions than can be told apart are too many at once, and no work without end", () => {
    const many = Array.from({ length: 64 }, (_, n) =>
      sub("CONDITIONAL", `sub ${n}`, step("REQUIRED", "conditional-acme"), step("REQUIRED", "auth-otp-form")),
    );
    expect(waysIn(flow(step("REQUIRED", "auth-username-form"), ...many), person())).toBeUndefined();
  });

  test("who is sent to another identity provider is not let in by the flow: as in the server's own, with a passkey in place of a password", () => {
    const organization = sub(
      "ALTERNATIVE",
      "organization",
      sub("CONDITIONAL", "is asked", step("REQUIRED", "conditional-user-configured"), step("ALTERNATIVE", "organization")),
    );
    const forms = sub(
      "ALTERNATIVE",
      "forms",
      step("REQUIRED", "auth-username-form"),
      step("REQUIRED", "webauthn-authenticator-passwordless"),
    );
    const redirector = step("ALTERNATIVE", "identity-provider-redirector", { defaultProvider: "partner" });
    expect(letsIn(flow(step("ALTERNATIVE", "auth-cookie"), redirector, organization, forms), person())).toEqual(["passkey"]);
    for (const provider of ["identity-provider-redirector", "organization"])
      expect(letsIn(flow(step("REQUIRED", "auth-username-password-form"), step("REQUIRED", provider)), person())).toEqual([]);
  });

  test("an authenticator that is not known is neither strong nor weak", () => {
    const [way] = waysIn(flow(step("REQUIRED", "acme-face")), person())!;
    expect([way!.proofs, verdictOf(way!)]).toEqual([["custom:acme-face"], "unknown"]);
  });
});

const requirement = constantFrom<Requirement>("REQUIRED", "ALTERNATIVE", "CONDITIONAL", "DISABLED");
const providers = [
  "auth-password-form",
  "webauthn-authenticator-passwordless",
  "auth-otp-form",
  "auth-username-form",
  "conditional-user-role",
  "acme-face",
];
const { tree } = letrec<{ tree: Step; leaf: Step }>((tie) => ({
  leaf: record({ requirement, provider: constantFrom(...providers), role: constantFrom("a", "b"), negate: boolean() }).map((it) =>
    step(it.requirement === "CONDITIONAL" ? "REQUIRED" : it.requirement, it.provider, {
      condUserRole: it.role,
      negate: String(it.negate),
    }),
  ),
  tree: oneof(
    { maxDepth: 4 },
    tie("leaf"),
    tuple(requirement, array(tie("tree"), { maxLength: 4 })).map(([how, steps]) => sub(how, "sub", ...steps)),
  ),
}));

describe("of any flow", () => {
  test("what is not known of a person covers every case of what it could be", () => {
    assert(
      property(array(tree, { maxLength: 5 }), boolean(), boolean(), (steps, hasA, hasB) => {
        const given = flow(...steps);
        const known = waysIn(given, person({ hasRole: (role) => (role === "a" ? hasA : hasB) }));
        const unknown = waysIn(given, person({ hasRole: () => undefined }));
        if (known === undefined || unknown === undefined) return;
        const possible = new Set(unknown.map(({ proofs }) => [...proofs].sort().join()));
        for (const { proofs } of known) expect(possible).toContain([...proofs].sort().join());
      }),
      { numRuns: 20_000 },
    );
  });

  test("demanding one thing more never opens a way that resists less", () => {
    assert(
      property(array(tree, { minLength: 1, maxLength: 4 }), (steps) => {
        const before = waysIn(flow(step("REQUIRED", "auth-username-form"), ...steps), person());
        const after = waysIn(
          flow(step("REQUIRED", "webauthn-authenticator-passwordless"), step("REQUIRED", "auth-username-form"), ...steps),
          person(),
        );
        if (before === undefined || after === undefined) return;
        expect(after.length).toBe(before.length === 0 ? 0 : after.length);
        for (const way of after) expect(verdictOf(way)).toBe("resistant");
      }),
    );
  });
});
