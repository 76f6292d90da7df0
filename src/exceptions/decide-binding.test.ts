import { describe, expect, test } from "vitest";

import { after, B1, by, GONE, P, story, THERE, types } from "../../test/support/exception-story.ts";
import { observationOf } from "./decide-binding.ts";
import { wasSeenTaken } from "./evolve-binding.ts";
import { openOverstay } from "./exception.ts";

const UNKNOWN = { configured: false, effective: "unknown", otherWays: [], residualUntil: null } as const;

function revoking() {
  const it = story().active().wait("P1D");
  it.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
  return it;
}

describe("what a reading says", () => {
  const readAt = after("P1D");
  const way = { key: "b2", words: "another group" };
  test.each([
    ["our grant is there", { ...THERE, readAt }, "present"],
    ["our grant is there though something else stops the subject", { ...THERE, effective: false, readAt }, "present"],
    ["it is gone and the subject is stopped", { ...GONE, readAt }, "absent"],
    ["it is gone and the subject comes through by a way that is named", { ...GONE, effective: true, otherWays: [way], readAt }, "absent"],
    ["it is gone and the subject comes through, nobody knows how", { ...GONE, effective: true, readAt }, "present"],
    ["it is gone and whether the subject is stopped cannot be told", { ...UNKNOWN, readAt }, "unknown"],
  ] as const)("%s", (_, read, observed) => {
    expect(observationOf(read)).toBe(observed);
  });
});

const isTaken = (it: ReturnType<typeof story>) => wasSeenTaken(it.dossier.bindings[0]!);

describe("that it was seen taken away", () => {
  test("is so from the first reading after the order that showed our grant gone, until it is there again", () => {
    const it = revoking();
    expect(isTaken(it)).toBe(false);
    it.do({ type: "recordRemoved", binding: B1 });
    expect(isTaken(it)).toBe(false);
    it.read(B1, GONE);
    expect(isTaken(it)).toBe(true);
    it.wait("PT1H").read(B1, THERE);
    expect(isTaken(it)).toBe(false);
  });

  test("is not so by a reading that could not tell, and bears the order's own instant: it may be from before", () => {
    const it = revoking();
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, UNKNOWN);
    expect(isTaken(it)).toBe(false);
    it.wait("PT1S").read(B1, UNKNOWN);
    expect(isTaken(it)).toBe(true);
  });
});

describe("closing", () => {
  test("a reading that cannot tell closes nothing; it is tried again and said so", () => {
    const it = revoking();
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, UNKNOWN);
    expect(it.state.state).toBe("verifying");
    it.wait("PT1H").tick();
    expect(it.state).toMatchObject({ state: "revoke_failed", reason: "No answer from the provider." });
  });

  test("a reading from before the order, or overtaken by a later one, says nothing", () => {
    const it = revoking();
    const orderedAt = it.now;
    it.wait("PT5M");
    expect(it.read(B1, GONE, after("P1D"))).toHaveLength(3);
    const late = revoking();
    late.wait("PT5M");
    expect(late.read(B1, GONE, after("PT23H"))).toEqual([]);
    expect(late.state.state).toBe("revoking");
    late.wait("PT5M").do({ type: "recordRemoved", binding: B1 });
    // Taken between the order and the removal: it shows the old state.
    expect(late.read(B1, THERE, orderedAt)).toEqual([]);
    expect(late.state.state).toBe("verifying");
  });

  test("a reading said to come from the future counts as of now", () => {
    const it = revoking();
    it.read(B1, GONE, after("P9D"));
    expect(it.dossier.bindings[0]).toMatchObject({ lastReadAt: it.now });
  });

  test("still there after the removal was reported is a failure, tried again with growing patience until it is gone", () => {
    const it = revoking();
    const waits: string[] = [];
    for (let round = 0; round < 4; round++) {
      it.do({ type: "recordRemoved", binding: B1 });
      it.read(B1, THERE);
      if (it.state.state !== "revoke_failed") throw new Error(it.state.state);
      waits.push(it.state.retryAt);
      it.until(it.state.retryAt).tick();
      expect(it.state.state).toBe("revoking");
    }
    expect(waits).toEqual(["PT5M", "PT15M", "PT35M", "PT75M"].map((length) => after(length, after("P1D"))));
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    expect(it.state.state).toBe("closed");
    expect(it.dossier.endings[0]).toMatchObject({ failures: 4, closedAt: it.now });
    expect(it.dossier.bindings[0]!.overstays).toEqual([{ from: after("P1D"), to: it.now }]);
  });

  test("removed by hand while our own removal fails, it closes by the reading alone", () => {
    const it = revoking();
    it.do({ type: "recordRevokeFailed", binding: B1, kind: "fault", reason: "timeout" });
    it.wait("PT1M");
    expect(types(it.read(B1, GONE))).toEqual(["BindingRead", "RemovalReported", "Closed"]);
  });

  test("a grant that lands late, after everything was closed, reopens it", () => {
    const it = revoking();
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    expect(it.state.state).toBe("closed");
    it.wait("PT1M").do({ type: "recordApplied", binding: B1, object: "CN=g", nativeExpiry: null });
    expect(it.state.state).toBe("revoking");
    expect(openOverstay(it.dossier.bindings[0]!)).toEqual({ from: it.now, to: null });
  });

  test("residual sessions and overlaps are kept with the binding", () => {
    const it = revoking();
    it.do({ type: "recordRemoved", binding: B1 });
    const otherWays = [{ key: "b2", words: "member of EXC-2026-0002", grantRef: "EXC-2026-0002" }];
    it.read(B1, { configured: false, effective: true, otherWays, residualUntil: after("P1DT10H") });
    expect(it.state.state).toBe("closed");
    expect(it.dossier.bindings[0]).toMatchObject({ otherWays, residualUntil: after("P1DT10H") });
  });
});

describe("applying", () => {
  test("what the provider cannot do ends the activation at once; a fault is tried until the time for it is over", () => {
    const it = story().approved();
    it.tick();
    it.do({ type: "recordApplyFailed", binding: B1, kind: "fault", reason: "timeout" });
    expect(it.state.state).toBe("activating");
    it.wait("PT4H").tick();
    expect(it.state.state).toBe("revoking");
    const other = story().approved();
    other.tick();
    other.do({ type: "recordApplyFailed", binding: B1, kind: "not_supported", reason: "dynamic group" });
    expect(other.state.state).toBe("revoking");
    expect(other.dossier.endings[0]).toMatchObject({ cause: "activation_failed" });
  });

  test("an unchanged reading is recorded once a day, a changed one at once", () => {
    const it = story().active();
    expect(it.wait("PT1H").read(B1, THERE)).toEqual([]);
    expect(it.wait("P1D").read(B1, THERE)).toHaveLength(1);
    expect(it.wait("PT1H").read(B1, GONE)).toHaveLength(1);
  });

  test("suspended is read back too, and comes on again only by being applied and read", () => {
    const it = story().active().wait("P1D");
    const suspend = { type: "suspend", why: "used from abroad", dueAt: null } as const;
    for (const answering of [P.requester, P.owner, P.deputy, P.network]) {
      expect(it.refused(suspend, by(answering))).toEqual(["exceptions.notYours"]);
    }
    it.do(suspend, by(P.governance));
    expect(it.state.state).toBe("suspending");
    it.wait("PT1M").provide();
    expect(it.state.state).toBe("suspended");
    it.wait("PT1M");
    expect(types(it.read(B1, THERE))).toEqual(["BindingRead", "SuspensionBroken"]);
    it.wait("PT1M").provide();
    const review = it.dossier.reviews[0]!;
    const retain = {
      type: "decideReview",
      review: review.id,
      verdict: "retain",
      sentence: "A false alarm, seen.",
      content: null,
      decidedInMs: 1,
    } as const;
    expect(types(it.do(retain, by(P.governance)))).toEqual(["ReviewDecided", "ResumeBegun"]);
    expect(it.state.state).toBe("activating");
    it.wait("PT1M").provide();
    expect(it.state.state).toBe("active");
  });

  test("a binding nobody knows is refused", () => {
    const it = story().active();
    expect(it.refused({ type: "recordRemoved", binding: "EXC-2026-0001-B9" as typeof B1 })).toEqual(["exceptions.bindingUnknown"]);
  });
});
