import { describe, expect, test } from "vitest";

import { letIn, notAsked, refused } from "../../connectors/canary/map.ts";
import { addDuration, duration, instant } from "../../kernel/time.ts";
import { certificateVerdict, type DeathSeen, deathsVerdict, identityVerdict, revocationVerdict } from "./verdict.ts";

const now = instant("2026-11-22T10:00:00Z");
const yes = letIn("yes");
const no = refused("unsaid", "no");
const found = (...seen: Parameters<typeof revocationVerdict>[0]) => revocationVerdict(seen).outcome;
const barred = refused("account", "locked");
const silence = notAsked("down");

describe("whether an account gets in", () => {
  test("what could not be asked is unknown, whatever was expected", () => {
    expect(identityVerdict("can", silence, now).outcome).toBe("unknown");
    expect(identityVerdict("cannot", silence, now).outcome).toBe("unknown");
  });
  test("who gets in though they must not has failed the drill", () => {
    expect(identityVerdict("can", yes, null).outcome).toBe("passed");
    expect(identityVerdict("cannot", yes, null).outcome).toBe("failed");
  });
  test("a no without a reason counts only for a secret that worked before; a no with one always", () => {
    expect(identityVerdict("cannot", no, null).outcome).toBe("unknown");
    expect(identityVerdict("cannot", no, now).outcome).toBe("passed");
    expect(identityVerdict("cannot", barred, null).outcome).toBe("passed");
    expect(identityVerdict("can", barred, null).outcome).toBe("failed");
  });
});

describe("whether what was revoked is refused", () => {
  test("one relying party that takes it fails all, one that cannot be asked leaves it unknown", () => {
    const good = { party: "a", before: yes, after: no, wasGood: true };
    expect(found(good)).toBe("passed");
    expect(found(good, { ...good, after: silence })).toBe("unknown");
    expect(found({ ...good, after: silence }, { ...good, after: yes }, good)).toBe("failed");
    expect(found()).toBe("unknown");
  });
  test("one that refuses everything proves nothing, unless it says why", () => {
    expect(found({ party: "a", before: no, after: no, wasGood: true })).toBe("unknown");
    expect(found({ party: "a", before: undefined, after: no, wasGood: true })).toBe("unknown");
    expect(found({ party: "a", before: undefined, after: barred, wasGood: false })).toBe("passed");
  });
  test("what was never taken anywhere was never good, and its refusal proves nothing", () => {
    expect(found({ party: "a", before: yes, after: no, wasGood: false })).toBe("unknown");
  });
});

describe("whether a synthetic exception died", () => {
  const at = (length: string) => addDuration(now, duration(length));
  const seen: DeathSeen = {
    ref: "EXC-1",
    until: now,
    aliveAt: instant("2026-11-22T09:00:00Z"),
    lingeredUntil: null,
    goneAt: at("PT1M"),
    endedEarly: false,
  };
  const outcome = (...more: Partial<DeathSeen>[]) =>
    deathsVerdict(
      more.map((each) => ({ ...seen, ...each })),
      10,
      at("PT1H"),
    ).outcome;
  test("it has to be seen alive, and gone within its grace", () => {
    expect(outcome({})).toBe("passed");
    expect(outcome({ lingeredUntil: at("PT30S") })).toBe("passed");
    expect(outcome({ aliveAt: null })).toBe("unknown");
    expect(outcome({ goneAt: null })).toBe("unknown");
    expect(outcome({ goneAt: at("PT11M") })).toBe("unknown");
  });
  test("one that was ended early, or has not ended, died of nothing that was tried", () => {
    expect(outcome({ endedEarly: true })).toBe("unknown");
    expect(outcome({ until: at("PT2H"), goneAt: null })).toBe("unknown");
    expect(outcome({ endedEarly: true, lingeredUntil: at("PT11M") })).toBe("failed");
  });
  test("of several every one has to have died, whichever was the last", () => {
    expect(outcome({}, {})).toBe("passed");
    expect(outcome({ lingeredUntil: at("PT11M") }, {})).toBe("failed");
    expect(outcome({}, { aliveAt: null })).toBe("unknown");
    expect(outcome()).toBe("unknown");
  });
  test("one that still lets in after its grace failed, whether or not it is gone by now", () => {
    expect(outcome({ lingeredUntil: at("PT11M"), goneAt: null })).toBe("failed");
    expect(outcome({ lingeredUntil: at("PT11M"), goneAt: at("PT12M") })).toBe("failed");
  });
});

test("a certificate without a fault passes and says how long it lasts", () => {
  expect(certificateVerdict("x", { faults: [], daysLeft: 9, endsAt: now })).toEqual({
    outcome: "passed",
    saw: "x is good. 9 days are left.",
  });
  expect(certificateVerdict("x", { faults: [{ kind: "expired", words: "It ended." }], daysLeft: -1, endsAt: now }).outcome).toBe("failed");
});
