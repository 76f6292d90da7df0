import { describe, expect, test } from "vitest";

import { content, P, scopeItem, START } from "../../test/support/exception-story.ts";
import { type Instant, subtractDuration, duration } from "../kernel/time.ts";
import { countRepeats, fingerprintsOf, levelsReached, normalise, type RepeatRecord } from "./repeats.ts";
import type { DraftContent, ExceptionId } from "./version.ts";

let n = 0;
function asked(more: Partial<DraftContent> = {}, about: Partial<RepeatRecord> = {}, category = "legacy_application"): RepeatRecord {
  n += 1;
  return {
    exception: `exc_r${n}` as ExceptionId,
    askedAt: START,
    refused: false,
    fingerprints: fingerprintsOf(category, content(more)),
    headcount: 1,
    ...about,
  };
}
const ago = (length: string): Instant => subtractDuration(START, duration(length));
const other = (key: string) => scopeItem(key, { resource: { kind: "application", id: "app_2" } });

describe("repeats", () => {
  test("are found at three levels: subject and resource, resource, subject", () => {
    const same = asked();
    const sameResource = asked({ scope: [scopeItem("guid-2")] });
    const sameSubject = asked({ scope: [other("guid-1")] });
    const neither = asked({ scope: [other("guid-2")] });
    expect(countRepeats([same, sameResource, sameSubject, neither], asked(), START)).toEqual({
      same: 1,
      resource: 2,
      subject: 2,
      split: 0,
    });
  });

  test("count refused ones too, over a rolling 365 days, and never the request itself", () => {
    const candidate = asked();
    const records = [asked({}, { refused: true, askedAt: ago("P364D") }), asked({}, { askedAt: ago("P365D") }), candidate];
    expect(countRepeats(records, candidate, START)).toMatchObject({ same: 1 });
  });

  test("are not hidden by spelling, by another account of the same person, or by another category", () => {
    expect(normalise("  Pay\u00a0ROLL \uff21")).toBe("pay roll a");
    const upper = scopeItem("guid-1", { resource: { kind: "application", id: " APP_1" } });
    const account = { ...scopeItem("guid-7"), subject: { ...scopeItem("guid-7").subject, person: P.subject } };
    expect(countRepeats([asked({ scope: [upper] }), asked({ scope: [account] })], asked(), START)).toMatchObject({ same: 2 });
    expect(countRepeats([asked({}, {}, "remote_access")], asked(), START)).toMatchObject({ same: 0, resource: 1, subject: 1 });
  });

  test("split: small ones that together amount to one that was refused", () => {
    const big = asked(
      { scope: [scopeItem("guid-1"), scopeItem("guid-2"), scopeItem("guid-3")] },
      { refused: true, headcount: 3, askedAt: ago("P30D") },
    );
    const one = asked({ scope: [scopeItem("guid-1")] }, { askedAt: ago("P10D") });
    const two = asked({ scope: [scopeItem("guid-2")] }, { askedAt: ago("P5D") });
    const three = asked({ scope: [scopeItem("guid-3")] });
    expect(countRepeats([big, one, two], three, START)).toMatchObject({ split: 3 });
    expect(countRepeats([big, one], three, START)).toMatchObject({ split: 0 });
    // Asked before it was refused: that is no way around the refusal.
    expect(countRepeats([big, { ...one, askedAt: ago("P40D") }, two], three, START)).toMatchObject({ split: 0 });
    const elsewhere = asked({ scope: [other("guid-3")] });
    expect(countRepeats([big, one, two], elsewhere, START)).toMatchObject({ split: 0 });
  });

  test("split is found by heads where a refused group comes back as its members", () => {
    const group = { ...scopeItem("grp"), subject: { ...scopeItem("grp").subject, kind: "group" as const } };
    const refused = asked({ scope: [group] }, { refused: true, headcount: 2, askedAt: ago("P30D") });
    const first = asked({ scope: [scopeItem("guid-1")] }, { askedAt: ago("P3D") });
    expect(countRepeats([refused, first], asked({ scope: [scopeItem("guid-2")] }), START)).toMatchObject({ split: 2 });
  });

  test("reach their limits level by level", () => {
    const limits = { same: 3, resource: 10, subject: 5, split: 2 };
    expect(levelsReached({ same: 2, resource: 9, subject: 4, split: 0 }, limits)).toEqual([]);
    expect(levelsReached({ same: 3, resource: 10, subject: 4, split: 2 }, limits)).toEqual(["same", "resource", "split"]);
  });
});
