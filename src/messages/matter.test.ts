import { array, assert, constantFrom, oneof, property } from "fast-check";
import { describe, expect, test } from "vitest";

import { MOVES, NEXT_DUE, OPENINGS, PROGRESS, WAITS } from "../../test/support/exception-moves.ts";
import { PROVIDER } from "../../test/support/exception-provider.ts";
import { breakGlass, closed, reviewed } from "../../test/support/exception-scenes.ts";
import { after, B1, by, P, story } from "../../test/support/exception-story.ts";
import { BEGINNING, type Move, type World } from "../../test/support/exception-world.ts";
import { type ExceptionState, versionInEffect } from "../exceptions/exception.ts";
import { openApproval } from "../exceptions/projection.ts";
import { TOLD_AFTER } from "../exceptions/told-after.ts";
import { EXCEPTION_KINDS, type Matter, mattersOf } from "./matter.ts";

const of = (state: ExceptionState, kind: Matter["kind"]) => mattersOf(state).filter((each) => each.kind === kind);

describe("what an exception asks of people", () => {
  test("a request asks the seats that are open, until their answer is due, and leads to the decision", () => {
    const it = story().open().submit();
    const [decide] = of(it.state, "decide") as [Matter];
    expect(decide).toMatchObject({ urgency: "digest", seats: ["application_owner", "iam"], path: "/exceptions/exc_1/decide" });
    expect(decide.until).toBe(openApproval(it.state)!.answerBy);
    it.approve(P.owner);
    expect(of(it.state, "decide")).toMatchObject([{ key: decide.key, seats: ["iam"] }]);
  });

  test("silence asks governance too, under another key: whoever was asked before is asked again", () => {
    const it = story().open().submit();
    const [first] = of(it.state, "decide") as [Matter];
    it.until(after("P3D")).tick();
    it.until(openApproval(it.state)!.answerBy).tick();
    const [later] = of(it.state, "decide") as [Matter];
    expect(later.seats).toContain("security_governance");
    expect(later.key).not.toBe(first.key);
  });

  test("a review asks its reviewers until it is answered", () => {
    const it = reviewed();
    expect(of(it.state, "review")).toMatchObject([
      { urgency: "digest", seats: it.dossier.reviews[0]!.reviewers, persons: [P.owner], until: it.dossier.reviews[0]!.dueAt },
    ]);
    expect(of(closed().state, "review")).toEqual([]);
  });

  test("the end is announced to more people the nearer it is, each time as one matter", () => {
    const it = story().active({ requestedUntil: after("P20D") });
    it.until(after("P6D")).tick();
    const [fortnight] = of(it.state, "ends") as [Matter];
    expect(fortnight).toMatchObject({ seats: ["owner", "deputy"], until: after("P20D") });
    it.until(after("P13D")).tick();
    expect(of(it.state, "ends")).toMatchObject([{ seats: ["owner", "deputy", "manager"] }]);
    expect(of(it.state, "ends")[0]!.key).not.toBe(fortnight.key);
  });

  test("what could not be taken away is an incident, once however often it is tried", () => {
    const it = story().active();
    it.do({ type: "revokeNow", reason: "over" }, by(P.owner));
    it.do({ type: "recordRevokeFailed", binding: B1, kind: "fault", reason: "busy" });
    const [failed] = of(it.state, "revokeFailed") as [Matter];
    expect(failed).toMatchObject({ urgency: "incident", seats: ["iam_on_call"], persons: [P.owner] });
    it.wait("PT2H").tick();
    const again = of(it.state, "revokeFailed");
    expect(again.every(({ key }) => key === failed.key)).toBe(true);
  });

  test("a use of break-glass alarms governance at once", () => {
    const it = breakGlass();
    const { contentHash } = versionInEffect(it.dossier)!;
    it.do({ type: "beginUse", reason: "the provider is down", until: after("PT2H", it.now), routine: false, contentHash }, by(P.owner));
    expect(of(it.state, "used")).toMatchObject([{ urgency: "incident", seats: ["security_governance"] }]);
    // Who began it is not asked to look back on it.
    expect(of(it.state, "review")).toMatchObject([{ barred: [P.owner] }]);
  });

  test("an end is told to requester, owner and deputy; who takes a request back is told nothing", () => {
    expect(of(closed().state, "ended")).toMatchObject([{ urgency: "digest", persons: [P.requester, P.owner, P.deputy] }]);
    const it = story().open().submit();
    it.do({ type: "withdraw", reason: "not needed" }, by(P.requester));
    expect(mattersOf(it.state)).toEqual([]);
  });
});

const BY_NAME = new Map([...OPENINGS, ...MOVES, ...WAITS, PROGRESS].map((move) => [move.name, move]));
const named = (moves: readonly Move[]) => constantFrom(...moves.map((move) => move.name));
const step = oneof(
  { weight: 6, arbitrary: named([PROGRESS]) },
  { weight: 2, arbitrary: named(PROVIDER) },
  { weight: 1, arbitrary: named(WAITS) },
  { weight: 1, arbitrary: named([NEXT_DUE]) },
  { weight: 6, arbitrary: named(MOVES) },
);

describe("in whatever life of an exception", () => {
  test("a matter never begins without somebody being asked to look whom to tell, and its key is its own", () => {
    const seen = new Set<string>();
    assert(
      property(named(OPENINGS), array(step, { minLength: 5, maxLength: 80 }), (opening, steps) => {
        let world: World = BEGINNING;
        const known = new Set<string>();
        for (const name of [opening, ...steps]) {
          const next = BY_NAME.get(name)!.apply(world);
          const matters = next.state === undefined ? [] : mattersOf(next.state);
          expect(new Set(matters.map(({ key }) => key)).size).toBe(matters.length);
          const happened = next.events.slice(world.events.length).map(({ type }) => type);
          const unheard = matters.filter(({ key }) => !known.has(key) && !happened.some((type) => TOLD_AFTER.has(type)));
          if (unheard.length > 0) throw new Error(`${unheard.map(({ key }) => key).join()} after ${happened.join()}: nobody looks`);
          for (const matter of matters) {
            known.add(matter.key);
            seen.add(matter.kind);
            expect(matter.key.startsWith("exc_1 ")).toBe(true);
            expect(matter.path).toMatch(/^\/(exceptions\/exc_1(\/decide)?|approvals\/reviews\/EXC-2026-0001-R\d+|request\?draft=exc_1)$/);
            if (matter.seats.length + matter.persons.length === 0) throw new Error(`${matter.key} concerns nobody`);
          }
          world = next;
        }
      }),
      { numRuns: 1000 },
    );
    // A walk that meets nothing would prove nothing.
    expect(seen.size).toBeGreaterThan(EXCEPTION_KINDS.length - 3);
  });
});
