import { describe, expect, test } from "vitest";

import { APPLICATION, after, B1, by, CONTEXT, GONE, P, QUERY, START, story, THERE, types } from "../../test/support/exception-story.ts";
import { inForce, whyNot } from "./in-force.ts";

const through = (it: ReturnType<typeof story>) => inForce(it.state, QUERY, APPLICATION, it.now, CONTEXT);

describe("the whole life", () => {
  test("is requested, approved by two, applied, read back, ended by the clock, removed, read back as gone and closed", () => {
    const it = story().open().submit();
    expect(it.state.state).toBe("in_approval");
    it.approve(P.owner);
    expect(it.state.state).toBe("in_approval");
    it.approve(P.iam);
    expect(it.state.state).toBe("approved");
    expect(through(it)).toBe(false);
    expect(types(it.tick())).toEqual(["ActivationBegun"]);
    expect(through(it)).toBe(false);
    it.do({ type: "recordApplied", binding: B1, object: "CN=g", nativeExpiry: null });
    expect(through(it)).toBe(false);
    expect(types(it.read(B1, THERE))).toEqual(["BindingRead", "Activated"]);
    expect(through(it)).toBe(true);

    const end = after("P60D");
    it.until(end);
    expect(whyNot(it.state, QUERY, APPLICATION, it.now, CONTEXT)?.reason).toBe("ended");
    it.wait("PT90M");
    expect(types(it.tick()).filter((type) => !type.startsWith("Re"))).toContain("EscalationRaised");
    expect(it.state.state).toBe("revoking");
    expect(it.dossier.bindings[0]?.overstays).toEqual([{ from: end, to: null }]);
    it.do({ type: "recordRemoved", binding: B1 });
    expect(it.state.state).toBe("verifying");
    it.wait("PT1M");
    it.read(B1, GONE);
    expect(it.state.state).toBe("closed");
    expect(it.dossier.bindings[0]?.overstays).toEqual([{ from: end, to: after("PT91M", end) }]);
    expect(it.replayed()).toEqual(it.state);
    expect(START < end).toBe(true);
  });

  test("a command on nothing is refused, and so is opening twice", () => {
    expect(story().refused({ type: "submit", seenTwins: [] }, by(P.requester))).toEqual(["exceptions.unknown"]);
    const it = story().open();
    expect(() => it.open()).toThrow("exceptions.alreadyExists");
  });
});
