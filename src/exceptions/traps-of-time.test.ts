/** Faults seen in other registers. Each is a test that would have caught it there. */
import { describe, expect, test } from "vitest";

import { after, APPLICATION, by, CONTEXT, P, QUERY, START, story, SYSTEM } from "../../test/support/exception-story.ts";
import { closed, extended, IMPORT, inherited, LEGACY, reviewed, through } from "../../test/support/exception-scenes.ts";
import { epochMs, type Instant, instantOfEpochMs } from "../kernel/time.ts";
import { grantedUntil } from "./exception.ts";
import { isInForce, whyNot } from "./in-force.ts";
import { recertificationOf } from "./recertification.ts";
import { agenda, due, dueAt } from "./schedule.ts";

const justBefore = (at: Instant) => instantOfEpochMs(epochMs(at) - 1);

describe("traps of the register: how long it lasts and who is told", () => {
  test("expiry checked on one path only: every path asks the one predicate, and no stored flag can say otherwise", () => {
    const it = story().active();
    const end = grantedUntil(it.dossier)!;
    // The tick has not run: the stored state is still "active".
    expect(it.state.state).toBe("active");
    expect(through(it.state, end)).toBe(false);
    expect(isInForce(it.state, end)).toBe(false);
    expect(whyNot(it.state, QUERY, APPLICATION, end, CONTEXT)?.reason).toBe("ended");
  });

  test("two predicates disagree on the last day: the interval is half open, to the millisecond, for lists and decisions alike", () => {
    const it = story().active();
    const end = grantedUntil(it.dossier)!;
    for (const at of [justBefore(end), end, after("P1D", end)]) expect(through(it.state, at)).toBe(isInForce(it.state, at));
    expect(through(it.state, justBefore(end))).toBe(true);
    expect(through(it.state, end)).toBe(false);
    expect(due(it.state, justBefore(end), LEGACY).some((command) => command.type === "expire")).toBe(false);
    expect(due(it.state, end, LEGACY).some((command) => command.type === "expire")).toBe(true);
  });

  test("renewal clears a flag so it never expires again: after an extension the new end is due like the old one was", () => {
    const it = extended();
    it.approve(P.owner);
    it.approve(P.iam);
    it.approve(P.governance);
    const end = grantedUntil(it.dossier)!;
    expect(end).toBe(after("P100D"));
    expect(agenda(it.state, LEGACY).some((item) => item.at === end && item.command.type === "expire")).toBe(true);
    it.until(end).tick();
    expect(it.state.state).not.toBe("active");
    expect(through(it.state, end)).toBe(false);
  });

  test("expiry overwrites the approved date: the approved end stays as it was approved, whatever ends it", () => {
    const it = story().active();
    const approved = it.dossier.grants[0]!;
    it.wait("P5D").do({ type: "revokeNow", reason: "replaced" }, by(P.owner));
    expect(it.dossier.grants[0]).toEqual(approved);

    const cut = story().active();
    const until = after("P10D");
    cut.do({
      type: "applyTrigger",
      trigger: { kind: "vendor_contract_ended", source: "import", dedupeKey: "c", words: "contract ends", until },
      dueAt: null,
    });
    expect(cut.dossier.grants[0]).toMatchObject({ validUntil: until, originalValidUntil: approved.validUntil });
    expect(cut.dossier.grants[0]!.cuts).toEqual([{ at: START, from: approved.validUntil, to: until, why: "contract ends" }]);
  });

  test("extension replaces the date typed: it is another grant; the old one keeps its own end, and a pending one holds nothing open", () => {
    const it = extended();
    const old = it.dossier.grants[0]!;
    expect(through(it.state, old.validUntil)).toBe(false);
    it.approve(P.owner);
    it.approve(P.iam);
    expect(through(it.state, old.validUntil)).toBe(false);
    it.approve(P.governance);
    expect(it.dossier.grants[0]).toEqual(old);
    expect(it.dossier.grants[1]).toMatchObject({ seq: 2, kind: "extension", validFrom: old.validUntil, validUntil: after("P100D") });
    expect(it.dossier.versions[0]!.content.requestedUntil).toBe(old.validUntil);
  });

  test("an integration path creates records without expiry: an import has an end, and so has every state it can be in", () => {
    const it = inherited();
    expect(dueAt(it.state, LEGACY)).toBe(after("P60D"));
    const found = { ...IMPORT, claimBy: after("P91D") };
    expect(story().refused(found, SYSTEM)).toContain("exceptions.claimTooFar");
    it.until(after("P60D")).tick();
    expect(it.state.state).toBe("revoking");
    const noEnd = story().open({ requestedUntil: null });
    expect(noEnd.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.fieldMissing");
  });

  test("missed review changes nothing: from its due date it is not in force, before and after the tick", () => {
    const it = reviewed();
    const review = it.dossier.reviews[0]!;
    expect(through(it.state, justBefore(review.dueAt))).toBe(true);
    expect(whyNot(it.state, QUERY, APPLICATION, review.dueAt, CONTEXT)?.reason).toBe("review_missed");
    it.until(review.dueAt).tick();
    expect(it.state.state).toBe("revoking");
    expect(it.dossier.endings[0]).toMatchObject({ cause: "review_missed", rightEndedAt: review.dueAt });
  });

  test("campaign that never ends: every review is due, and is settled with the exception it asks about", () => {
    const it = reviewed();
    const [review] = it.dossier.reviews;
    expect(agenda(it.state, LEGACY).some((item) => item.command.type === "missReview" && item.at === review!.dueAt)).toBe(true);
    it.do({ type: "revokeNow", reason: "not needed" }, by(P.owner));
    expect(it.dossier.reviews.every((one) => one.decision !== null || one.settled !== null)).toBe(true);
  });

  test("review of nothing: nobody is asked when the grant ends first, and an empty scope says so", () => {
    const short = story().active({ requestedUntil: after("P80D") });
    expect(agenda(short.state, LEGACY).some((item) => item.command.type === "openReview")).toBe(false);
    const it = reviewed();
    const seen = recertificationOf(it.state, LEGACY, { headcounts: { "guid-1": 0 }, usage: null }, it.now);
    expect(seen).toMatchObject({ nothingInScope: true, usage: null });
  });

  test("wrong person notified: reminders name the layers, and the owner is who answers now, not who asked", () => {
    const it = story().active();
    it.do({ type: "takeOver" }, by(P.deputy));
    it.until(after("P30D")).tick();
    expect(it.dossier.owner).toBe(P.deputy);
    expect(it.dossier.reminders.map((one) => [one.daysBefore, one.to])).toEqual([[30, ["owner"]]]);
    it.until(after("P59D")).tick();
    expect(it.dossier.reminders.map((one) => one.daysBefore)).toEqual([30, 14, 7, 1]);
    expect(it.dossier.reminders.at(-1)!.to).toEqual(["owner", "deputy", "manager", "security_governance"]);
  });

  test("lapse is silent: the end itself is announced, once, also when the tick was down", () => {
    const it = story().active().until(after("P70D"));
    it.tick();
    const announced = it.dossier.reminders.filter((one) => one.daysBefore === 0);
    expect(announced).toMatchObject([{ dueAt: after("P60D"), raisedAt: after("P70D") }]);
  });

  test("request life tied to grant life: the request is decided and over long before the grant ends, and outlives it as a record", () => {
    const it = closed();
    expect(it.dossier.versions[0]).toMatchObject({ fate: "approved" });
    expect(it.dossier.grants).toHaveLength(1);
    const lapsed = story().open().submit().until(after("P61D"));
    lapsed.tick();
    expect(lapsed.state).toMatchObject({ state: "withdrawn" });
  });
});
