import { assert, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";

import { after, content, days, policyOf, story } from "../../test/support/exception-story.ts";
import { addDuration } from "../kernel/time.ts";
import { isInForce } from "./in-force.ts";
import type { CategoryPolicy } from "./policy.ts";
import { effectsOf } from "./policy-effects.ts";

const LEGACY = policyOf("legacy_application");
const LASTING = {
  compensatingControls: [{ ...content().compensatingControls[0]!, freshFor: days(300), lastTestedAt: null, result: null }],
};
const demanding = (more: Partial<CategoryPolicy>): CategoryPolicy => ({ ...LEGACY, controlTestMaxAge: days(300), ...more });
const effects = (it: ReturnType<typeof story>, more: Partial<CategoryPolicy>) =>
  effectsOf(it.state, demanding({}), demanding(more), it.now);

describe("what a changed policy would do", () => {
  test("nothing, where it demands the same of this exception", () => {
    expect(effects(story().active(LASTING), { title: "Another name", remindBefore: [] })).toBeUndefined();
  });

  test("a review that comes sooner ends sooner what nobody answers; the decided end itself never moves", () => {
    const it = story().active({ ...LASTING, requestedUntil: after("P120D") });
    expect(effects(it, { reviewEvery: days(40) })?.silentEnd).toEqual({ before: after("P90D"), after: after("P40D") });
    expect(effects(it, { maxTerm: days(30), maxCumulative: days(40), maxRenewals: 0 })?.silentEnd).toBeNull();
  });

  test("it tells how far renewals could still carry it", () => {
    const it = story().active({ ...LASTING, requestedUntil: after("P60D") });
    expect(effects(it, { maxRenewals: 0 })?.furthestEnd).toEqual({ before: after("P240D"), after: after("P60D") });
    expect(effects(it, { maxCumulative: days(180) })?.furthestEnd).toEqual({ before: after("P240D"), after: after("P180D") });
  });

  test("it names who would have to decide on the next request", () => {
    const [stage] = LEGACY.approvalPlan.stages;
    const plan = { stages: [{ ...stage!, roles: ["application_owner", "network_security"] }] };
    const change = { added: ["network_security"], removed: ["iam"] };
    expect(effects(story().open(LASTING), { approvalPlan: plan })?.approvers).toEqual(change);
    expect(effects(story().active(LASTING), { approvalPlan: plan })?.approvers).toEqual(change);
  });

  test("it names each demand that would not be met if it were asked for again", () => {
    const it = story()
      .active({ ...LASTING, requestedUntil: after("P120D") })
      .wait("P20D");
    const more = { maxTerm: days(100), minCompensatingControls: 2, controlTestMaxAge: days(10), requiredFields: ["evidence"] } as const;
    expect(effects(it, more)?.unmet).toEqual(["term", "controls", "controlTest", "requiredFields"]);
    const crowd = story().active({ ...LASTING, scope: [{ ...content().scope[0]!, ceiling: 20 }] });
    expect(effects(crowd, { headcountCeiling: 19 })?.unmet).toEqual(["headcount"]);
    expect(effects(crowd, { headcountCeiling: 20 })).toBeUndefined();
  });

  test("the end foretold is the end that comes when nobody answers", () => {
    const some = record({
      reviewEvery: integer({ min: 3, max: 80 }).map(days),
      reviewAnswerWithin: integer({ min: 1, max: 20 }).map(days),
      term: integer({ min: 20, max: 150 }),
      changedOn: integer({ min: 0, max: 15 }),
    });
    assert(
      property(some, ({ reviewEvery, reviewAnswerWithin, term, changedOn }) => {
        const asked = { ...LASTING, requestedUntil: after(`P${term}D`) };
        const it = story({ policy: demanding({ reviewEvery: null }) })
          .active(asked)
          .wait(`P${changedOn}D`);
        const changed = demanding({ reviewEvery, reviewAnswerWithin });
        const foretold = effectsOf(it.state, demanding({ reviewEvery: null }), changed, it.now)?.silentEnd?.after ?? after(`P${term}D`);
        it.know({ policy: changed });
        it.tick();
        for (let at = it.now; at < foretold; at = addDuration(at, days(1))) it.until(at).tick();
        expect(isInForce(it.state, it.now)).toBe(true);
        it.until(foretold).tick();
        expect(isInForce(it.state, foretold)).toBe(false);
      }),
    );
  });
});
