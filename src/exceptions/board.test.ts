import { expect, test } from "vitest";

import { closed } from "../../test/support/exception-scenes.ts";
import { after, B1, by, content, P, START, story } from "../../test/support/exception-story.ts";
import { type Instant, subtractDuration, duration } from "../kernel/time.ts";
import { boardSampleOf, sharesByOwner, worstFirst } from "./board.ts";
import type { Dossier, ExceptionState } from "./exception.ts";

const changed = (state: ExceptionState, more: Partial<Dossier>): ExceptionState => ({ ...state, dossier: { ...state.dossier, ...more } });

function granted(ageDays: number, owner = P.owner): ExceptionState {
  const { state } = story().active();
  const firstGrantedAt = subtractDuration(START, duration(`P${ageDays}D`));
  return changed(state, { owner, lineage: { ...state.dossier.lineage, firstGrantedAt } });
}

const shares = (states: readonly ExceptionState[], now: Instant = START) => sharesByOwner(states.map((state) => boardSampleOf(state, now)));

test("an exception falls into the band of its true age, the upper end outside", () => {
  const [share] = shares([granted(0), granted(89), granted(90), granted(179), granted(180), granted(364), granted(365), granted(900)]);
  expect(share).toEqual({
    owner: P.owner,
    exceptions: 8,
    byAge: { under90: 2, under180: 2, under365: 2, older: 2 },
    oldestDays: 900,
    highRisk: 0,
  });
});

test("only what is in force is carried, and what has no valid owner is carried by nobody and told first", () => {
  const orphan = changed(granted(5), { ownerInvalidSince: START });
  const risky = story().active({ ...content(), residualRisk: "critical" }).state;
  const found = shares([granted(1, P.deputy), granted(1, P.deputy), orphan, closed().state, story().open().state, risky]);
  expect(found.map(({ owner, exceptions, highRisk }) => [owner, exceptions, highRisk])).toEqual([
    [null, 1, 0],
    [P.deputy, 2, 0],
    [P.owner, 1, 1],
  ]);
  expect(shares([granted(1)], after("P60D"))).toEqual([]);
});

test("what is still held is told before what was held longer", () => {
  const running = story().active().until(after("P60D"));
  running.tick();
  const now = after("P60DT30M");
  const [held] = boardSampleOf(running.state, now).stays;
  expect(held).toMatchObject({ title: "Payroll terminal", owner: P.owner, to: null, minutes: 30 });
  const longer = { ...held!, ref: "EXC-2026-0002", to: now, minutes: 5000 };
  expect(worstFirst([longer, held!]).map(({ ref }) => ref)).toEqual([held!.ref, "EXC-2026-0002"]);
  expect(boardSampleOf(closed().state, after("P500D")).stays).toEqual([]);
});

test("nobody has seen what an order did until the provider is read back", () => {
  const it = story().active();
  expect(boardSampleOf(it.state, it.now).isUnseen).toBe(false);
  it.do({ type: "revokeNow", reason: "ended" }, by(P.owner));
  const unread = changed(it.state, {
    bindings: it.dossier.bindings.map((binding) => (binding.id === B1 ? { ...binding, observed: "unknown" } : binding)),
  });
  expect(boardSampleOf(unread, it.now).isUnseen).toBe(true);
});
