/** Faults seen in other registers. Each is a test that would have caught it there. */
import { describe, expect, test } from "vitest";

import {
  after,
  APPLICATION,
  B1,
  by,
  content,
  CON,
  CONTEXT,
  days,
  EXC,
  GONE,
  P,
  QUERY,
  REF,
  REQUEST,
  scopeItem,
  START,
  story,
  THERE,
  types,
} from "../../test/support/exception-story.ts";
import { breakGlass, closed, LEGACY, through } from "../../test/support/exception-scenes.ts";
import { addDuration, duration } from "../kernel/time.ts";
import { evolve } from "./evolve.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import { flagsOf } from "./flags.ts";
import { whyNot } from "./in-force.ts";
import { overlaps } from "./overlap.ts";
import { dueAt } from "./schedule.ts";

describe("traps of the register: what the provider holds", () => {
  test("a documented state that no code sets: see life.walk.test.ts, which reaches every one; here the rarest three", () => {
    const it = story().active();
    it.do({ type: "suspend", why: "odd", dueAt: null }, by(P.governance));
    it.provide();
    expect(it.state.state).toBe("suspended");
    it.wait("PT1M").do({ type: "revokeNow", reason: "odd indeed" }, by(P.governance));
    it.do({ type: "recordRemoved", binding: B1 });
    expect(it.state.state).toBe("verifying");
    it.read(B1, THERE);
    expect(it.state.state).toBe("revoke_failed");
  });

  test("denied but not removable, nobody told: it is flagged, counted, escalated and tried again", () => {
    const it = story().active();
    it.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
    it.do({ type: "recordRevokeFailed", binding: B1, kind: "not_supported", reason: "a group rule adds it" });
    expect(it.state.state).toBe("revoke_failed");
    expect(flagsOf(it.state, LEGACY, it.now)).toContain("notRemovable");
    it.wait("PT1H").tick();
    expect(it.dossier.escalations.map((one) => [one.cause, one.level])).toEqual([["overstay", "iam_on_call"]]);
    it.wait("P7D").tick();
    expect(it.dossier.escalations.map((one) => one.level)).toEqual(["iam_on_call", "ciso", "board"]);
    expect(dueAt(it.state, LEGACY)).toBeDefined();
  });

  test("next sync re-adds the user: a closed exception whose bypass is back is reopened, with who did it, and removed again", () => {
    const it = closed();
    it.wait("P3D");
    const read = { ...THERE, readAt: it.now };
    const happened = it.do({ type: "recordReadBack", binding: B1, asOf: it.dossier.bindings[0]!, read, addedBy: "sync-svc" });
    expect(types(happened)).toEqual(["BindingRead", "Reopened"]);
    expect(it.state.state).toBe("revoking");
    expect(it.dossier.endings.at(-1)).toMatchObject({ cause: "reappeared", rightEndedAt: it.now });
    expect(it.dossier.endings.at(-1)!.words).toContain("sync-svc");
    it.wait("PT2M").do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    expect(it.state.state).toBe("closed");
    expect(it.dossier.bindings[0]!.overstays).toHaveLength(2);
  });

  test("read before it was taken away and told after: nothing is opened again for it, though both bear the same instant", () => {
    const it = story().active();
    it.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
    const asOf = it.dossier.bindings[0]!;
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    expect(it.state.state).toBe("closed");
    const late = { ...THERE, readAt: it.now };
    expect(it.do({ type: "recordReadBack", binding: B1, asOf, read: late, addedBy: null })).toEqual([]);
    expect(it.state.state).toBe("closed");
  });

  test("a long read of the provider that met it before it was taken away opens nothing again; one that began after does", () => {
    const it = story().active();
    const begun = it.now;
    it.wait("PT5M").do({ type: "revokeNow", reason: "ended" }, by(P.owner));
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    it.wait("PT1M");
    expect(it.do({ type: "reopen", binding: B1, seenAt: begun, addedBy: null })).toEqual([]);
    expect(it.state.state).toBe("closed");
    expect(types(it.do({ type: "reopen", binding: B1, seenAt: it.now, addedBy: "sync-svc" }))).toEqual(["Reopened"]);
  });

  test("overlapping exception hides the lapse: it ends, and what still lets the subject through is named", () => {
    const first = story().active();
    const second = { ...first.state, dossier: { ...first.dossier, id: "exc_2" as typeof EXC, ref: "EXC-2026-0002" } };
    first.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
    first.do({ type: "recordRemoved", binding: B1 });
    const otherWays = [
      { key: "b2", words: "member of EXC-2026-0002", grantRef: "EXC-2026-0002" },
      { key: "b3", words: "member of an unknown group" },
    ];
    first.read(B1, { configured: false, effective: true, otherWays, residualUntil: null });
    expect(first.state.state).toBe("closed");
    expect(overlaps(first.state, [first.state, second], first.now)).toEqual([
      { subject: scopeItem().subject, exceptions: ["EXC-2026-0002"], unregistered: [otherWays[1]] },
    ]);
  });

  test("end of one grant kills another's access: bindings are ordered by exception, and an ended one orders only its own away", () => {
    const first = story().active();
    const second = story().active();
    const before = second.state;
    const [ended] = first.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
    expect(ended).toMatchObject({ type: "RevocationBegun", orders: [{ id: B1, desired: "absent" }] });
    expect(first.dossier.bindings.every((one) => one.grantRef === REF)).toBe(true);
    expect(through(before, second.now)).toBe(true);
  });

  test("break-glass group guessed wrong: nothing is guessed; a subject the provider does not know or count is refused at request time", () => {
    const unknown = scopeItem("guid-9");
    const it = story().open({ scope: [unknown] });
    expect(it.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.headcountUnknown");
    const nested = story({ request: { ...REQUEST, subjectRefusals: { "guid-1": "nested group" } } }).open();
    expect(nested.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.subjectRefused");
    const elsewhere = scopeItem("guid-1", { subject: { ...scopeItem().subject, connection: "con_2" as typeof CON } });
    const wrong = story().open({ scope: [elsewhere] });
    expect(wrong.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.subjectElsewhere");
  });

  test("exclusion by group invisible to drift checks: what the provider was seen to hold is compared with what was ordered, by subject", () => {
    const it = story().active().wait("P1D");
    it.read(B1, { ...GONE });
    expect(flagsOf(it.state, LEGACY, it.now)).toContain("drift");
    expect(whyNot(it.state, QUERY, APPLICATION, it.now, CONTEXT)?.reason).toBe("not_read_back");
    const grown = { headcounts: { "guid-1": 4 }, repeats: REQUEST.repeats, ownerIsValid: true };
    expect(flagsOf(it.state, LEGACY, it.now, grown)).toContain("scopeGrew");
  });

  test("deletion removes proof: no command deletes; withdrawn, rejected and closed keep every version, vote and grant", () => {
    const it = story().open().submit();
    it.approve(P.owner);
    it.do({ type: "withdraw", reason: "not needed" }, by(P.requester));
    expect(it.state.state).toBe("withdrawn");
    expect(it.dossier.versions[0]).toMatchObject({ fate: "withdrawn" });
    expect(it.dossier.versions[0]!.votes).toHaveLength(1);
    expect(dueAt(it.state, LEGACY)).toBeUndefined();
  });

  test("limits shown that are not enforced: term, cumulative life, renewals, headcount, controls and use are refused beyond", () => {
    const submit = { type: "submit", seenTwins: [] } as const;
    const refusedFor = (more: Parameters<typeof content>[0], world = {}) => story(world).open(more).refused(submit, by(P.requester));
    expect(refusedFor({ requestedUntil: after("P181D") })).toEqual(["exceptions.termTooLong"]);
    expect(refusedFor({ compensatingControls: [] })).toEqual(["exceptions.tooFewControls"]);
    const crowd = { request: { ...REQUEST, headcounts: { "guid-1": 501 } } };
    expect(refusedFor({ scope: [scopeItem("guid-1", { ceiling: 600 })] }, crowd)).toEqual(["exceptions.headcountOverCeiling"]);
    const lineage = { root: EXC, previous: EXC, firstGrantedAt: START, renewals: 0, granted: days(320) };
    expect(refusedFor({}, { lineage })).toEqual(["exceptions.capReached"]);
    expect(refusedFor({}, { lineage: { ...lineage, granted: days(10), renewals: 1 } })).toEqual(["exceptions.capReached"]);
    const repeats = { request: { ...REQUEST, repeats: { same: 3, resource: 3, subject: 3, split: 0 } } };
    expect(refusedFor({}, repeats)).toEqual(["exceptions.repeatLimitReached"]);
    const glass = breakGlass();
    const { contentHash } = versionInEffect(glass.dossier)!;
    const until = addDuration(glass.now, duration("PT4H1M"));
    const use = { type: "beginUse", until, reason: "outage", routine: false, contentHash } as const;
    expect(glass.refused(use, by(P.owner))).toEqual(["exceptions.useTooLong"]);
  });
});

test("the fold of a told story is the state it ended in", () => {
  const it = closed();
  expect(it.events.reduce<ExceptionState | undefined>(evolve, undefined)).toEqual(it.state);
});
