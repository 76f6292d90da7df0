import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import {
  decideDelegate,
  decideRevoke,
  type Delegation,
  type DelegationFacts,
  delegationInForce,
  evolveDelegation,
  type NewDelegation,
} from "./delegation.ts";
import type { Person, PersonId } from "./person.ts";

const now = instant("2026-03-02T09:00:00Z");
const later = instant("2026-03-09T09:00:00Z");
const ids = { ada: "per_ada" as PersonId, bob: "per_bob" as PersonId, cleo: "per_cleo" as PersonId };

const person = (id: PersonId, roles: Person["roles"], active = true): Person => ({
  id,
  key: null,
  displayName: id,
  email: null,
  unit: null,
  manager: null,
  deputy: null,
  roles,
  leave: [],
  source: "api",
  accounts: [],
  left: null,
  active,
});
const wanted = (more: Partial<NewDelegation> = {}): NewDelegation => ({
  id: "del_1" as Id<"delegation">,
  from: ids.ada,
  to: ids.bob,
  validFrom: now,
  validUntil: later,
  role: "iam",
  reason: "holiday",
  ...more,
});
const facts = (more: Partial<DelegationFacts> = {}): DelegationFacts => ({
  from: person(ids.ada, ["iam", "executive"]),
  to: person(ids.bob, ["iam"]),
  heldByFrom: [],
  ...more,
});
const codes = (draft: NewDelegation, given = facts()) => {
  const decision = decideDelegate(draft, now, given);
  return decision.accepted ? [] : decision.reasons.map(({ code }) => code.replace("people.", ""));
};
const held = (more: Partial<Delegation> = {}): Delegation => ({
  ...wanted({ from: ids.cleo, to: ids.ada, ...more }),
  revoked: null,
  ...more,
});

describe("delegating", () => {
  test("a role that both hold is taken", () => expect(codes(wanted())).toEqual([]));

  test.each<[string, NewDelegation, DelegationFacts, string[]]>([
    ["to oneself", wanted({ to: ids.ada }), facts({ to: person(ids.ada, ["iam"]) }), ["delegateIsSelf"]],
    ["to nobody known", wanted(), facts({ to: undefined }), ["personUnknown"]],
    ["to somebody who left", wanted(), facts({ to: person(ids.bob, ["iam"], false) }), ["delegateNotActive"]],
    ["to the help desk", wanted(), facts({ to: person(ids.bob, ["help_desk"]) }), ["delegateHelpDesk", "delegateLacksRole"]],
    ["to whoever lacks the role", wanted({ role: "executive" }), facts(), ["delegateLacksRole"]],
    ["all of it to whoever holds a part", wanted({ role: null }), facts(), ["delegateLacksRole"]],
    ["a role one does not hold", wanted({ role: "auditor" }), facts({ to: person(ids.bob, ["auditor"]) }), ["roleNotHeld"]],
    ["all of nothing", wanted({ role: null }), facts({ from: person(ids.ada, []) }), ["roleNotHeld"]],
    ["backwards in time", wanted({ validUntil: now }), facts(), ["delegationWindow"]],
    ["for a time that is over", wanted({ validFrom: instant("2026-02-01T00:00:00Z"), validUntil: now }), facts(), ["delegationWindow"]],
    ["for longer than a quarter", wanted({ validUntil: addDuration(now, duration("PT2161H")) }), facts(), ["delegationWindow"]],
  ])("is refused %s", (_, draft, given, expected) => expect(codes(draft, given)).toEqual(expected));

  test("takes exactly ninety days", () => expect(codes(wanted({ validUntil: addDuration(now, duration("P90D")) }))).toEqual([]));

  test("is refused while one decides for another in the same role: a delegate may not delegate again", () => {
    expect(codes(wanted(), facts({ heldByFrom: [held()] }))).toEqual(["delegateOfAnother"]);
    expect(codes(wanted(), facts({ heldByFrom: [held({ role: null })] }))).toEqual(["delegateOfAnother"]);
    expect(codes(wanted(), facts({ heldByFrom: [held({ role: "executive" })] }))).toEqual([]);
    expect(codes(wanted(), facts({ heldByFrom: [held({ revoked: { at: now, by: ids.cleo } })] }))).toEqual([]);
    expect(codes(wanted(), facts({ heldByFrom: [held({ validFrom: later, validUntil: addDuration(later, duration("P1D")) })] }))).toEqual(
      [],
    );
  });
});

describe("a delegation", () => {
  const given = evolveDelegation(undefined, { type: "delegated", data: wanted() });

  test("is in force from its first instant until just before its last", () => {
    expect(delegationInForce(given, instant("2026-03-02T08:59:59.999Z"))).toBe(false);
    expect(delegationInForce(given, now)).toBe(true);
    expect(delegationInForce(given, instant("2026-03-09T08:59:59.999Z"))).toBe(true);
    expect(delegationInForce(given, later)).toBe(false);
  });

  test("ends at once when either side or a keeper of people revokes it, and for nobody else", () => {
    for (const by of [
      { id: ids.ada, isKeeper: false },
      { id: ids.bob, isKeeper: false },
      { id: ids.cleo, isKeeper: true },
    ]) {
      const decision = decideRevoke(given, by, now);
      if (!decision.accepted) throw new Error("declined");
      expect(delegationInForce(decision.events.reduce(evolveDelegation, given), now)).toBe(false);
    }
    expect(decideRevoke(given, { id: ids.cleo, isKeeper: false }, now)).toMatchObject({ reasons: [{ code: "people.notYours" }] });
  });

  test("revoked twice is revoked once, and one that is over is not revoked", () => {
    const revoked = evolveDelegation(given, { type: "delegationRevoked", data: { at: now, by: ids.ada } });
    expect(decideRevoke(revoked, { id: ids.bob, isKeeper: false }, now)).toEqual({ accepted: true, events: [] });
    expect(decideRevoke(given, { id: ids.ada, isKeeper: false }, later)).toMatchObject({ reasons: [{ code: "people.delegationEnded" }] });
  });
});
