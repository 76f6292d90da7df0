import { describe, expect, test } from "vitest";

import { closed, reviewed } from "../../test/support/exception-scenes.ts";
import { after, B1, by, P, policyOf, story } from "../../test/support/exception-story.ts";
import type { Instant } from "../kernel/time.ts";
import { trueAgeDays } from "./age.ts";
import type { ExceptionState } from "./exception.ts";
import { type Counted, measure as measureSamples, quantile } from "./metrics.ts";
import { inRiskOrder, recertificationOf, reviewerQuality, whyNotTogether } from "./recertification.ts";
import { type SampleFacts, sampleOf } from "./sample.ts";
import type { Risk } from "./version.ts";

const FACTS: SampleFacts & Counted = {
  policies: { legacy_application: policyOf("legacy_application") },
  identities: {},
  identitiesInAll: 50,
  lastUsedAt: {},
  repeats: new Set(),
  unregisteredBypasses: 4,
};

const measure = (states: readonly ExceptionState[], facts: typeof FACTS, now: Instant) =>
  measureSamples(
    states.map((state) => sampleOf(state, facts, now)),
    facts,
  );

/** The same exception under another id, so that several can be counted. */
function as(id: string, state: ExceptionState, more: object = {}): ExceptionState {
  return { ...state, dossier: { ...state.dossier, id: id as never, ...more } };
}

describe("the figures", () => {
  test("count what is open by category, unit and risk, and leave out what is over", () => {
    const states = [as("a", story().active().state), as("b", story().open().state, { unit: "sales" }), as("c", closed().state)];
    expect(measure(states, FACTS, after("P1D"))).toMatchObject({
      openByCategory: { legacy_application: 2 },
      openByUnit: { finance: 1, sales: 1 },
      openByRisk: { moderate: 1, "not stated": 1 },
      newLast30Days: 3,
      endedLast30Days: 1,
      unregisteredBypasses: 4,
    });
  });

  test("a share of nothing is not zero", () => {
    const none = measure([], FACTS, after("P1D"));
    expect([
      none.revokeShare,
      none.repeatRate,
      none.shareWithTestedControl,
      none.minutesToRevoke.p50,
      none.trueAgeDays.median,
      none.shareOfBusiestApprover,
    ]).toEqual(Array(6).fill(undefined));
    expect(measure([], { ...FACTS, identitiesInAll: 0 }, after("P1D")).peopleExposed).toEqual({
      count: 0,
      share: undefined,
      exceptionsNotCounted: 0,
    });
  });

  test("overstays are counted in minutes, the open one up to now, and so is the time to revoke", () => {
    const running = story().active().until(after("P60D"));
    running.tick();
    const figures = measure([as("a", closed().state), as("b", running.state)], FACTS, after("P60DT2H"));
    expect(figures.overstays).toEqual({ open: 1, count: 2, minutes: 121 });
    expect(figures.minutesToRevoke).toEqual({ p50: 1, p95: 1 });
  });

  test("removals that the provider does not support are counted", () => {
    const it = story().active();
    it.do({ type: "revokeNow", reason: "over" }, by(P.owner));
    it.do({ type: "recordRevokeFailed", binding: B1, kind: "not_supported", reason: "a rule" });
    expect(measure([it.state], FACTS, it.now).removalsNotSupported).toBe(1);
  });

  test("people are counted once over all live exceptions, and what was not counted is said", () => {
    const live = story().active().state;
    const states = [as("a", live), as("b", live), as("c", live)];
    const figures = measure(states, { ...FACTS, identities: { a: ["p1", "p2"], b: ["p2"] } }, after("P1D"));
    expect(figures.peopleExposed).toEqual({ count: 2, share: 0.04, exceptionsNotCounted: 1 });
  });

  test("people of whom nobody knows how many they are, are not nobody", () => {
    const figures = measure([as("a", story().active().state)], FACTS, after("P1D"));
    expect(figures.peopleExposed).toEqual({ count: undefined, share: undefined, exceptionsNotCounted: 1 });
  });

  test("what was asked for before counts as a repeat", () => {
    const states = ["a", "b"].map((id) => as(id, story().open().state));
    expect(measure(states, { ...FACTS, repeats: new Set(["b"]) }, after("P1D")).repeatRate).toBe(0.5);
  });

  test("unused is known to be unused; unknown use is not taken for it", () => {
    const live = story().active().state;
    const lastUsedAt = { a: null, b: after("P39D") };
    expect(measure([as("a", live), as("b", live), as("c", live)], { ...FACTS, lastUsedAt }, after("P40D")).unused30Days).toEqual({
      share: 0.5,
      unknown: 1,
    });
  });

  test("controls count as tested while the last test passed and is fresh, exits as on track while no milestone has passed", () => {
    const live = story().active().state;
    expect(measure([live], FACTS, after("P1D"))).toMatchObject({ shareWithTestedControl: 1, shareWithExitOnTrack: 1 });
    const it = story().active({ requestedUntil: after("P100D") });
    expect(measure([it.state], FACTS, after("P61D"))).toMatchObject({ shareWithTestedControl: 0, shareWithExitOnTrack: 0 });
  });

  test("decisions: by whom, by delegates, reviews on time and revoked", () => {
    const it = reviewed();
    it.do(
      { type: "decideReview", review: it.dossier.reviews[0]!.id, verdict: "revoke", sentence: "", content: null, decidedInMs: 900 },
      by(P.governance),
    );
    const figures = measure([it.state], FACTS, it.now);
    expect(figures).toMatchObject({
      reviews: { onTime: 1, overdue: 0, unanswered: 0 },
      revokeShare: 1,
      decisionsByDelegate: 0,
      shareOfBusiestApprover: 0.5,
    });
    const missed = reviewed().until(after("P91D"));
    expect(measure([missed.state], FACTS, missed.now).reviews).toEqual({ onTime: 0, overdue: 1, unanswered: 0 });
    missed.tick();
    expect(measure([missed.state], FACTS, missed.now).reviews).toEqual({ onTime: 0, overdue: 0, unanswered: 1 });
  });

  test("quantiles are nearest rank", () => {
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([5], 0.95)).toBe(5);
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(
      quantile(
        Array.from({ length: 100 }, (_, i) => i + 1),
        0.95,
      ),
    ).toBe(95);
  });

  test("the true age is since the first grant of the lineage", () => {
    expect(trueAgeDays(story().open().dossier, after("P1D"))).toBeUndefined();
    expect(trueAgeDays(story().active().dossier, after("P10DT23H"))).toBe(10);
    const lineage = {
      root: "exc_0" as never,
      previous: "exc_0" as never,
      firstGrantedAt: after("PT0S"),
      renewals: 0,
      granted: "P1D" as never,
    };
    const it = story({ lineage })
      .until(after("P30D"))
      .open({ requestedFrom: after("P30D") })
      .submit();
    expect(trueAgeDays(it.dossier, after("P31D"))).toBe(31);
  });
});

describe("a recertification", () => {
  test("shows what changed since the last decision, and says what nobody knows", () => {
    const it = reviewed();
    const seen = recertificationOf(it.state, policyOf("legacy_application"), { headcounts: { "guid-1": 3 }, usage: null }, it.now);
    expect(seen).toMatchObject({
      since: after("PT0S"),
      headcounts: [{ subject: "User guid-1", atApproval: 1, now: 3 }],
      usage: null,
      milestones: { due: 1, of: 1 },
      trueAgeDays: 77,
      renewals: 0,
      endsAt: after("P150D"),
      nothingInScope: false,
    });
    expect(
      recertificationOf(story().open().state, policyOf("legacy_application"), { headcounts: {}, usage: null }, it.now),
    ).toBeUndefined();
  });

  test("names the fields that differ from what was decided before", () => {
    const it = story().active();
    const { content } = it.dossier.versions[0]!;
    it.wait("P5D").do(
      { type: "proposeChange", content: { ...content, justification: "Another reason", fallbackMethodAllowed: "sms" }, seenTwins: [] },
      by(P.requester),
    );
    it.approve(P.owner);
    it.wait("P1D").approve(P.iam);
    const seen = recertificationOf(it.state, policyOf("legacy_application"), { headcounts: {}, usage: null }, it.now);
    expect(seen!.changedFields).toEqual(["justification", "fallbackMethodAllowed"]);
  });

  test("is asked in order of risk, then of what is due first", () => {
    const it = reviewed();
    const review = it.dossier.reviews[0]!;
    const at = (id: string, residualRisk: Risk, dueAt = review.dueAt) => {
      const versions = it.dossier.versions.map((version) => ({ ...version, content: { ...version.content, residualRisk } }));
      return { state: as(id, it.state, { versions }), review: { ...review, dueAt } };
    };
    const queue = [at("low", "low"), at("late", "high", after("P95D")), at("soon", "high"), at("top", "critical")];
    expect(inRiskOrder(queue).map((one) => one.state.dossier.id)).toEqual(["top", "soon", "late", "low"]);
    const policy = policyOf("legacy_application");
    expect(whyNotTogether([at("a", "low")], policy)).toBeUndefined();
    expect(whyNotTogether([at("a", "high")], policy)).toBe("Only low risks are answered together.");
    expect(
      whyNotTogether(
        Array.from({ length: 11 }, () => at("a", "low")),
        policy,
      ),
    ).toBe("At most 10 at a time.");
    expect(whyNotTogether([at("a", "low")], policyOf("remote_access"))).toBe("This category is reviewed one by one.");
    expect(whyNotTogether([{ ...at("a", "low"), state: as("b", it.state, { category: "remote_access" }) }], policy)).toBe(
      "They are of different categories.",
    );
  });

  test("shows a rubber stamp: many answers in a minute, none of them no", () => {
    const it = reviewed();
    it.do(
      {
        type: "decideReview",
        review: it.dossier.reviews[0]!.id,
        verdict: "retain",
        sentence: "Still needed there.",
        content: null,
        decidedInMs: 700,
      },
      by(P.governance),
    );
    const states = Array.from({ length: 5 }, (_, i) => as(`exc_${i}`, it.state));
    expect(reviewerQuality(states)).toEqual([{ reviewer: P.governance, decisions: 5, revokeShare: 0, medianMs: 700, fastestMinute: 5 }]);
  });
});
