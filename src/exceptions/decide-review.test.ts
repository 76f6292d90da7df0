import { describe, expect, test } from "vitest";

import { closed, reviewed } from "../../test/support/exception-scenes.ts";
import { after, by, content, P, PEOPLE, policyOf, type Story, story, types } from "../../test/support/exception-story.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { draftOf } from "./content.ts";
import { type ReviewId, versionInEffect } from "./exception.ts";
import { whyNotOpen } from "./in-force.ts";
import { barredFromReview } from "./load-addressees.ts";
import { GOVERNANCE } from "./policy.ts";

const answer = (review: ReviewId, verdict: "retain" | "reduce" | "revoke", sentence = "The vendor delivers in May.") =>
  ({ type: "decideReview", review, verdict, sentence, content: null, decidedInMs: 4000 }) as const;

const use = (it: Story, more: { until?: Instant; reason?: string; routine?: boolean; contentHash?: string } = {}) => {
  const { contentHash } = versionInEffect(it.dossier)!;
  return { type: "beginUse", until: after("PT1H"), reason: "outage", routine: false, contentHash, ...more } as const;
};

function reviewAgain(it: Story): ReviewId {
  const dueAt = addDuration(it.now, duration("P5D"));
  it.do({ type: "openReview", kind: "trigger", dedupeKey: "again", cause: "again", opensAt: it.now, dueAt });
  return it.dossier.reviews.at(-1)!.id;
}

describe("a review", () => {
  test("to retain needs a sentence, an assertion and a reviewer who has no stake", () => {
    const it = reviewed();
    const [review] = it.dossier.reviews;
    expect(it.refused(answer(review!.id, "retain", "ok"), by(P.governance))).toEqual(["exceptions.sentenceNeeded"]);
    expect(it.refused(answer(review!.id, "retain"), by(P.requester))).toContain("exceptions.requesterMayNotApprove");
    expect(it.refused(answer(review!.id, "retain"), by(P.subject))).toContain("exceptions.reviewerNotAllowed");
    expect(it.refused(answer(review!.id, "retain"), by(P.helpdesk))).toContain("exceptions.helpDeskMayNotApprove");
    it.know({ actsFor: { [P.requester]: [P.governance] } });
    expect(it.refused(answer(review!.id, "retain"), by(P.governance))).toContain("exceptions.actingForRequester");
    it.know({ actsFor: {}, assertion: null });
    expect(it.refused(answer(review!.id, "retain"), by(P.governance))).toEqual(["exceptions.assertionNeeded"]);
  });

  test("is retained neither by whoever put forward what is held nor by who carries it out, reviewers though they are", () => {
    const reviewer = { active: true, roles: ["iam", GOVERNANCE], isHelpDesk: false };
    const it = story({ people: { ...PEOPLE, [P.implementer]: reviewer }, actsFor: { [P.requester]: [P.owner] } }).open();
    it.do({ type: "submit", seenTwins: [] }, by(P.owner));
    it.know({ actsFor: {} });
    it.approve(P.deputy);
    it.approve(P.iam);
    it.tick();
    it.provide();
    const id = reviewAgain(it);
    expect(it.refused(answer(id, "retain"), by(P.owner))).toEqual(["exceptions.requesterMayNotApprove"]);
    // Nor is any of them asked in vain.
    expect([...barredFromReview(it.state)].sort()).toEqual([P.implementer, P.owner, P.requester, P.subject].sort());
    expect(it.refused(answer(id, "retain"), by(P.implementer))).toEqual(["exceptions.implementerMayNotApprove"]);
    it.know({ actsFor: { [P.owner]: [P.governance] } });
    expect(it.refused(answer(id, "retain"), by(P.governance))).toEqual(["exceptions.actingForRequester"]);
    it.know({ actsFor: {} });
    it.do(answer(id, "retain"), by(P.governance));
  });

  test("of what a reviewer reduced may be answered by that reviewer again: wanting less is not asking for it", () => {
    const it = reviewed();
    const less = { ...draftOf(it.dossier.versions[0]!.content), requestedUntil: after("P119D") };
    it.do({ ...answer(it.dossier.reviews[0]!.id, "reduce"), content: less }, by(P.governance));
    it.approve(P.owner);
    it.approve(P.iam);
    it.until(after("P100D"));
    const id = reviewAgain(it);
    expect(it.refused(answer(id, "retain"), by(P.requester))).toContain("exceptions.requesterMayNotApprove");
    it.do(answer(id, "retain"), by(P.governance));
  });

  test("retained, it is due again as long after the answer as the category says", () => {
    const it = reviewed();
    it.do(answer(it.dossier.reviews[0]!.id, "retain"), by(P.governance));
    expect(it.state.state).toBe("active");
    expect(whyNotOpen(it.state, after("P91D"))).toBeNull();
    expect(it.refused(answer(it.dossier.reviews[0]!.id, "retain"), by(P.governance))).toEqual(["exceptions.reviewNotOpen"]);
  });

  test("to revoke is one click, without a sentence, for anybody with a part in it, the requester included", () => {
    const it = reviewed();
    const happened = it.do(answer(it.dossier.reviews[0]!.id, "revoke", ""), by(P.requester));
    expect(types(happened)).toEqual(["ReviewDecided", "RevocationBegun"]);
    expect(it.dossier.endings[0]).toMatchObject({ cause: "review_revoked" });
  });

  test("to reduce opens a smaller version beside the grant; when nobody confirms it, the whole is asked about again", () => {
    const it = reviewed();
    const less = { ...draftOf(it.dossier.versions[0]!.content), requestedUntil: after("P100D") };
    const same = draftOf(it.dossier.versions[0]!.content);
    const reduce = { ...answer(it.dossier.reviews[0]!.id, "reduce"), content: less };
    expect(it.refused({ ...reduce, content: same }, by(P.governance))).toEqual(["exceptions.reductionNotSmaller"]);
    expect(it.refused({ ...reduce, content: null }, by(P.governance))).toEqual(["exceptions.fieldMissing"]);
    expect(types(it.do(reduce, by(P.governance)))).toEqual(["ReviewDecided", "VersionSubmitted"]);
    for (let round = 0; round < 3; round++) it.wait("P3D").tick();
    expect(it.state).toMatchObject({ state: "active", pending: null });
    expect(it.dossier.reviews.at(-1)).toMatchObject({
      kind: "trigger",
      dedupeKey: "reduction_lapsed:2",
      decision: null,
      ifMissed: "revoke",
    });
  });

  test("answered after its due date it does not revive anything, whether or not the tick has run", () => {
    const it = reviewed().until(after("P90D"));
    expect(it.refused(answer(it.dossier.reviews[0]!.id, "retain"), by(P.governance))).toEqual(["exceptions.reviewMissed"]);
    it.do(answer(it.dossier.reviews[0]!.id, "revoke"), by(P.governance));
    expect(it.state.state).toBe("revoking");
  });

  test("of what has ended cannot be answered", () => {
    expect(closed().refused(answer("EXC-2026-0001-R1" as ReviewId, "revoke"), by(P.owner))).toContain("exceptions.reviewNotOpen");
  });

  test("opened late, after an outage, gives its reviewers time all the same", () => {
    const it = story().active({
      requestedUntil: after("P150D"),
      compensatingControls: [{ ...content().compensatingControls[0]!, freshFor: policyOf("legacy_application").maxCumulative }],
    });
    it.until(after("P89D")).tick();
    expect(it.dossier.reviews.map((review) => [review.openedAt, review.dueAt])).toEqual([[after("P89D"), after("P94D")]]);
  });

  test("unanswered, it climbs: manager, governance", () => {
    const it = reviewed().wait("P6D");
    it.tick();
    expect(it.dossier.escalations.map((one) => [one.cause, one.level])).toEqual([
      ["review_overdue", "manager"],
      ["review_overdue", "governance"],
    ]);
    const [toManager, toGovernance] = it.dossier.escalations.map(({ key }) => ({ type: "acknowledge", key }) as const);
    for (const other of [P.requester, P.subject, P.helpdesk, P.network, P.implementer]) {
      expect(it.refused(toManager!, by(other))).toEqual(["exceptions.notYours"]);
    }
    it.do(toManager!, by(P.owner));
    expect(it.dossier.escalations[0]!.acknowledged).toEqual({ by: P.owner, at: it.now });
    expect(it.refused(toManager!, by(P.governance))).toEqual(["exceptions.escalationUnknown"]);
    // What was raised over the manager's head is not the manager's to take on.
    expect(it.refused(toGovernance!, by(P.owner))).toEqual(["exceptions.notYours"]);
    it.do(toGovernance!, by(P.governance));
  });

  test("an escalation to a manager may be taken on by governance too", () => {
    const it = reviewed().wait("P6D");
    it.tick();
    it.do({ type: "acknowledge", key: it.dossier.escalations[0]!.key }, by(P.governance));
  });
});

/** Active in a category whose plan asks its owner and one other. */
function activeIn(category: string) {
  const it = story({ policy: policyOf(category) })
    .open({}, category)
    .submit();
  it.approve(P.owner);
  it.approve(category === "break_glass" ? P.governance : P.network);
  it.tick();
  it.provide();
  return it;
}

describe("a missed review", () => {
  test("of a service account is off at once, and switched off at the provider after a look at what stops, or a day at most", () => {
    const it = activeIn("service_account").until(after("P17D"));
    it.tick();
    const due = it.dossier.reviews[0]!.dueAt;
    it.until(due).tick();
    expect(it.state.state).toBe("active");
    expect(whyNotOpen(it.state, it.now)?.reason).toBe("review_missed");
    expect(it.dossier.escalations.map((one) => one.cause)).toContain("blast_radius");
    it.wait("P1D").tick();
    expect(it.state.state).toBe("suspending");
    expect(it.dossier.bindings[0]!.overstays[0]).toMatchObject({ to: null });
  });

  test("of a service account is suspended at once when nothing stops", () => {
    const it = activeIn("service_account").know({ blastRadius: "clear" }).until(after("P17D"));
    it.tick();
    it.until(it.dossier.reviews[0]!.dueAt).tick();
    expect(it.state.state).toBe("suspending");
  });

  test("while suspended ends it", () => {
    const it = story().active();
    it.do({ type: "suspend", why: "odd", dueAt: null }, by(P.governance));
    it.provide();
    it.until(it.dossier.reviews[0]!.dueAt).tick();
    expect(it.dossier.endings[0]).toMatchObject({ cause: "review_missed" });
  });

  test("of break-glass escalates and ends nothing; it can still be answered", () => {
    const it = activeIn("break_glass");
    it.do(use(it, { until: after("PT2H") }), by(P.owner));
    const [review] = it.dossier.reviews;
    expect(review).toMatchObject({ kind: "post_use", dueAt: after("PT74H"), ifMissed: "escalate" });
    it.until(review!.dueAt).tick();
    expect(it.state.state).toBe("active");
    expect(it.dossier.escalations.map((one) => one.cause)).toContain("review_missed");
    it.do(answer(review!.id, "retain"), by(P.governance));
    expect(it.dossier.reviews[0]!.decision?.verdict).toBe("retain");
  });
});

describe("a use of break-glass", () => {
  test("authorises only while it runs", () => {
    const it = activeIn("break_glass");
    expect(whyNotOpen(it.state, it.now)?.reason).toBe("not_in_use");
    it.do(use(it, { until: after("PT4H") }), by(P.owner));
    expect(whyNotOpen(it.state, it.now)).toBeNull();
    expect(whyNotOpen(it.state, after("PT4H"))?.reason).toBe("not_in_use");
    expect(it.dossier.grants[1]).toMatchObject({ kind: "emergency", validUntil: after("PT4H"), cumulative: "P60D" });
  });

  test("blocks the next routine one until its review is done, never an emergency", () => {
    const it = activeIn("break_glass");
    const drill = use(it, { reason: "drill", routine: true });
    it.do(drill, by(P.owner));
    expect(it.refused(drill, by(P.owner))).toEqual(["exceptions.postUseReviewOpen"]);
    it.do({ ...drill, routine: false, reason: "outage" }, by(P.owner));
  });

  test("is looked back on when it is over, by somebody who neither began it nor acts for who did", () => {
    const it = activeIn("break_glass").know({ people: { ...PEOPLE, [P.owner]: { active: true, roles: [GOVERNANCE], isHelpDesk: false } } });
    it.do(use(it, { until: after("PT4H"), routine: true }), by(P.owner));
    const [review] = it.dossier.reviews;
    it.until(after("PT3H59M"));
    expect(it.refused(answer(review!.id, "retain"), by(P.governance))).toEqual(["exceptions.useRuns"]);
    it.until(after("PT4H"));
    expect(it.refused(answer(review!.id, "retain"), by(P.owner))).toEqual(["exceptions.beginnerMayNotReview"]);
    const handOn = { type: "handOnReview", review: review!.id, to: P.governance, reason: "She knows the plant better." } as const;
    expect(it.refused(handOn, by(P.owner))).toEqual(["exceptions.beginnerMayNotReview"]);
    it.know({ actsFor: { [P.owner]: [P.governance] } });
    expect(it.refused(answer(review!.id, "retain"), by(P.governance))).toEqual(["exceptions.beginnerMayNotReview"]);
    it.know({ actsFor: {} });
    expect(it.refused(use(it, { until: after("PT5H"), routine: true }), by(P.governance2))).toEqual(["exceptions.postUseReviewOpen"]);
    it.do(answer(review!.id, "retain"), by(P.governance));
    it.do(use(it, { until: after("PT5H"), routine: true }), by(P.owner));
    // Off is the safe side: that is open to whoever began it too.
    it.do(answer(it.dossier.reviews[1]!.id, "revoke"), by(P.owner));
  });

  test("is of the version that whoever began it had read, and of no other", () => {
    const it = activeIn("break_glass");
    expect(it.refused(use(it, { contentHash: "sha256:other" }), by(P.owner))).toEqual(["exceptions.contentChanged"]);
  });

  test("exists only where grants are standing", () => {
    const it = story().active();
    expect(it.refused(use(it), by(P.owner))).toEqual(["exceptions.useNotDefined"]);
  });
});
