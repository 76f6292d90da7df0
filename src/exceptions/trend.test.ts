import { describe, expect, test } from "vitest";

import { closed, extended, reviewed } from "../../test/support/exception-scenes.ts";
import { after, by, P, START, story } from "../../test/support/exception-story.ts";
import { type Instant, instant } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { historyOf, type MonthFigures, type Span, trendOf } from "./trend.ts";

/** Stories begin on 2 March 2026. */
function months(states: readonly ExceptionState[], now: Instant, count: number, risks: readonly Span[] = []) {
  return trendOf(states.map(historyOf), risks, { now, since: START, count });
}

function figure(name: keyof MonthFigures, ...args: Parameters<typeof months>): (number | undefined | null)[] {
  return months(...args).map(({ figures }) => (figures === undefined ? null : figures[name]));
}

describe("the months of the register", () => {
  test("end with the running one, across the turn of the year, and say which are whole", () => {
    const asked = trendOf([], [], { now: instant("2026-02-10T00:00:00Z"), since: undefined, count: 3 });
    expect(asked.map(({ month, isWhole }) => [month, isWhole])).toEqual([
      ["2025-12", true],
      ["2026-01", true],
      ["2026-02", false],
    ]);
  });

  test("are unknown, never zero, when they ended before anything was recorded", () => {
    expect(figure("granted", [], instant("2026-04-10T00:00:00Z"), 4)).toEqual([null, null, 0, 0]);
    expect(trendOf([], [], { now: START, since: undefined, count: 1 })[0]!.figures).toBeUndefined();
  });

  test("count as granted what a grant covers at their end, and no longer than the right lasts", () => {
    const kept = story().active().state;
    expect(figure("granted", [kept], after("P1D"), 1)).toEqual([1]);
    expect(figure("granted", [kept, closed().state], instant("2026-06-15T00:00:00Z"), 4)).toEqual([1, 1, 0, 0]);
    expect(figure("ended", [closed().state], instant("2026-04-15T00:00:00Z"), 2)).toEqual([1, 0]);
    expect(figure("asked", [kept], instant("2026-04-15T00:00:00Z"), 2)).toEqual([1, 0]);
    const waiting = extended();
    expect(figure("granted", [waiting.state], instant("2026-05-15T00:00:00Z"), 3)).toEqual([1, 1, 0]);
  });

  test("cut an overstay at their ends, so that the minutes of all of them are the minutes there were", () => {
    const running = story().active().until(after("P60D"));
    running.tick();
    // The right ended on 1 May, 09:00; it is still held in June.
    const now = instant("2026-06-02T00:00:00Z");
    const minutes = figure("overstayMinutes", [running.state], now, 4) as number[];
    expect(minutes).toEqual([0, 0, 31 * 1440 - 540, 1440]);
    expect(figure("overstaying", [running.state], now, 4)).toEqual([0, 0, 1, 1]);
  });

  test("know no time to revoke where nothing was seen to go", () => {
    expect(figure("minutesToRevoke", [closed().state], instant("2026-04-15T00:00:00Z"), 2)).toEqual([1, undefined]);
  });

  test("count a missed review in the month it was missed", () => {
    const it = reviewed();
    it.until(after("P91D")).tick();
    expect(figure("reviewsMissed", [it.state], instant("2026-07-02T00:00:00Z"), 3)).toEqual([0, 1, 0]);
  });

  test("count a risk as accepted up to its end, not including it", () => {
    const risks = [{ from: instant("2026-03-10T00:00:00Z"), to: instant("2026-05-01T00:00:00Z") }];
    expect(figure("risksAccepted", [], instant("2026-05-20T00:00:00Z"), 3, risks)).toEqual([1, 1, 0]);
  });

  test("count what is older than a year by the first grant of its lineage", () => {
    const { state } = story().active();
    const old = {
      ...state,
      dossier: { ...state.dossier, lineage: { ...state.dossier.lineage, firstGrantedAt: instant("2025-04-10T00:00:00Z") } },
    };
    expect(figure("grantedOverYear", [old], instant("2026-05-01T00:00:00Z"), 3)).toEqual([0, 1, 1]);
  });

  test("never count what was withdrawn after it was approved as granted", () => {
    const it = story()
      .open({ requestedFrom: after("P10D"), requestedUntil: after("P60D") })
      .submit();
    it.approve(P.owner);
    it.approve(P.iam);
    expect(it.state.state).toBe("approved");
    it.do({ type: "withdraw", reason: "not needed" }, by(P.requester));
    expect(figure("granted", [it.state], instant("2026-04-15T00:00:00Z"), 2)).toEqual([0, 0]);
  });
});
