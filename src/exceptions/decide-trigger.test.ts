import { describe, expect, test } from "vitest";

import { inherited } from "../../test/support/exception-scenes.ts";
import { after, by, DELEGATION, P, PEOPLE, policyOf, START, story, types } from "../../test/support/exception-story.ts";
import { flagsOf } from "./flags.ts";
import { DEFAULT_TRIGGERS, describeRule, TRIGGER_KINDS, type TriggerKind } from "./triggers.ts";
import type { Instant } from "../kernel/time.ts";

const SIGNALS = { kind: "system", id: "signals" } as const;

function tell(it: ReturnType<typeof story>, kind: TriggerKind, dedupeKey: string = kind, until: Instant | null = null) {
  return it.do({ type: "applyTrigger", trigger: { kind, source: "scim", dedupeKey, words: `told: ${kind}`, until }, dueAt: null }, SIGNALS);
}

describe("what wakes an exception", () => {
  test.each([
    ["subject_left", "revoke"],
    ["subject_moved", "review"],
    ["owner_invalid", "review"],
    ["application_changed", "review"],
    ["stronger_method_enrolled", "review"],
    ["risk_raised", "shorten + review"],
    ["vendor_contract_ended", "shorten"],
    ["device_not_compliant", "review"],
    ["device_class_retired", "revoke"],
    ["control_failed", "suspend"],
    ["control_stale", "review"],
    ["unused", "review"],
    ["used_outside_scope", "suspend + incident"],
    ["headcount_over_ceiling", "review"],
    ["policy_orphaned", "review"],
    ["break_glass_used", "incident + review"],
    ["one_time_used", "revoke"],
    ["repeat_limit_reached", "note"],
  ] as const)("%s does: %s", (kind, action) => {
    expect(describeRule(DEFAULT_TRIGGERS[kind])).toBe(action);
    const it = story().active();
    tell(it, kind, kind, after("P10D"));
    expect(it.dossier.triggers).toMatchObject([{ kind, action }]);
    const ended = { revoke: "revoking", suspend: "suspending" } as const;
    const end = DEFAULT_TRIGGERS[kind].end;
    expect(it.state.state).toBe(end === null ? "active" : ended[end]);
    expect(it.dossier.reviews.some((review) => review.cause === `told: ${kind}`)).toBe(action.includes("review") || end === "suspend");
  });

  test("every kind has a rule", () => {
    expect(Object.keys(DEFAULT_TRIGGERS)).toEqual([...TRIGGER_KINDS]);
  });

  test("ten events open one review; the same event told again does nothing at all", () => {
    const it = story().active();
    for (let n = 0; n < 10; n++) tell(it, "subject_moved", `moved-${n}`);
    expect(it.dossier.triggers).toHaveLength(10);
    expect(it.dossier.reviews).toHaveLength(1);
    expect(tell(it, "subject_moved", "moved-3")).toEqual([]);
  });

  test("working days are the organisation's: told on a Thursday, due when the next Thursday ends", () => {
    const it = story().active().wait("P3D");
    tell(it, "subject_moved");
    expect(it.dossier.reviews[0]!.dueAt).toBe("2026-03-12T23:00:00.000Z");
  });

  test("a shorter end is told to the provider, a longer one changes nothing", () => {
    const it = story().active();
    expect(types(tell(it, "vendor_contract_ended", "far", after("P90D")))).toEqual(["TriggerApplied"]);
    const happened = tell(it, "vendor_contract_ended", "near", after("P10D"));
    expect(types(happened)).toEqual(["TriggerApplied", "GrantsCut"]);
    expect(it.dossier.bindings[0]).toMatchObject({ desired: "present", wantedUntil: after("P10D") });
    it.until(after("P10D")).tick();
    expect(it.dossier.endings[0]).toMatchObject({ cause: "expired", rightEndedAt: after("P10D") });
  });

  test("an end in the past cuts to now, never before", () => {
    const it = story().active().wait("P5D");
    tell(it, "vendor_contract_ended", "gone", START);
    expect(it.dossier.grants[0]).toMatchObject({ validUntil: it.now });
  });

  test("before the grant, who left takes the request along; an inherited one is removed", () => {
    const asked = story().open().submit();
    tell(asked, "subject_left");
    expect(asked.state).toMatchObject({ state: "withdrawn", cause: "trigger" });
    const found = inherited();
    tell(found, "subject_left");
    expect(found.state.state).toBe("revoking");
  });

  test("after the end it means nothing any more", () => {
    const it = story().active();
    it.do({ type: "revokeNow", reason: "over" }, by(P.owner));
    expect(tell(it, "used_outside_scope")).toEqual([]);
  });

  test("an invalid owner is flagged until another takes over, else it is suspended when the five days are over", () => {
    const it = story().active();
    tell(it, "owner_invalid");
    expect(flagsOf(it.state, policyOf("legacy_application"), it.now)).toContain("ownerInvalid");
    const other = story().active();
    tell(other, "owner_invalid");
    expect(types(it.do({ type: "takeOver" }, by(P.deputy)))).toEqual(["OwnerTookOver", "ReviewSettled"]);
    expect(it.dossier).toMatchObject({ owner: P.deputy, ownerInvalidSince: null });
    it.wait("P8D").tick();
    expect(it.state.state).toBe("active");
    other.wait("P8D").tick();
    expect(other.state.state).toBe("suspending");
  });

  test("taking over is not for the help desk, for other roles, for the implementer or for who approved", () => {
    const it = story().active();
    expect(it.refused({ type: "takeOver" }, by(P.helpdesk))).toContain("exceptions.helpDeskMayNotOwn");
    expect(it.refused({ type: "takeOver" }, by(P.governance))).toEqual(["exceptions.ownerNotAllowed"]);
    expect(it.refused({ type: "takeOver" }, by(P.iam))).toEqual(["exceptions.ownerNotAllowed", "exceptions.layersNotSeparate"]);
    expect(it.refused({ type: "takeOver" }, by(P.implementer))).toContain("exceptions.layersNotSeparate");
    const both = { active: true, roles: ["iam", "application_owner"], isHelpDesk: false };
    const inName = story({ people: { ...PEOPLE, [P.iam]: both }, delegations: [DELEGATION] })
      .open()
      .submit();
    inName.approve(P.owner);
    inName.approve(P.iam2, { onBehalfOf: P.iam });
    expect(inName.refused({ type: "takeOver" }, by(P.iam))).toEqual(["exceptions.layersNotSeparate"]);
  });
});

const tested = (result: "passed" | "failed", testedAt: Instant) =>
  ({ type: "recordControlTest", control: 0, result, evidence: "probe", testedAt }) as const;

describe("a compensating control", () => {
  test("that fails switches the bypass off, and it stays off until the control passed", () => {
    const it = story().active().wait("P1D");
    it.do(tested("failed", it.now), by(P.implementer));
    it.wait("PT1M").provide();
    expect(it.state.state).toBe("suspended");
    const review = it.dossier.reviews[0]!.id;
    const retain = {
      type: "decideReview",
      review,
      verdict: "retain",
      sentence: "It is repaired now.",
      content: null,
      decidedInMs: null,
    } as const;
    expect(it.refused(retain, by(P.governance))).toEqual(["exceptions.controlFailed"]);
    it.wait("PT1M").do(tested("passed", it.now), by(P.implementer));
    it.do(retain, by(P.governance));
    expect(it.state.state).toBe("activating");
  });

  test("grown stale has two days to be tested, then the bypass is suspended", () => {
    const it = story()
      .active({ requestedUntil: after("P89D") })
      .until(after("P60D"));
    it.tick();
    expect(it.dossier.reviews).toMatchObject([{ ifMissed: "suspend", dueAt: after("P62D") }]);
    expect(flagsOf(it.state, policyOf("legacy_application"), it.now)).toContain("controlStale");
    const other = story()
      .active({ requestedUntil: after("P89D") })
      .until(after("P60D"));
    other.tick();
    it.wait("P1D").do(tested("passed", it.now), by(P.implementer));
    it.until(after("P62D")).tick();
    expect(it.state.state).toBe("active");
    other.until(after("P62D")).tick();
    expect(other.state.state).toBe("suspending");
  });

  test("is not attested to by who wants the bypass, nor ahead of time, nor where there is none", () => {
    const it = story().active();
    expect(it.refused(tested("passed", it.now), by(P.requester))).toEqual(["exceptions.notYours"]);
    expect(it.refused(tested("passed", after("P1D")), by(P.implementer))).toEqual(["exceptions.fieldMissing"]);
    expect(it.refused({ ...tested("passed", it.now), control: 7 }, by(P.implementer))).toEqual(["exceptions.fieldMissing"]);
  });
});
