import { describe, expect, test } from "vitest";

import { inherited } from "../../test/support/exception-scenes.ts";
import { after, B1, by, content, days, factsFor, P, policyOf, START, story, SYSTEM, types } from "../../test/support/exception-story.ts";
import { instant } from "../kernel/time.ts";
import { controlFreshness } from "./controls.ts";
import { agenda, catchUp, due, dueAt } from "./schedule.ts";

const LEGACY = policyOf("legacy_application");
const LASTING = { compensatingControls: [{ ...content().compensatingControls[0]!, freshFor: days(90), lastTestedAt: null, result: null }] };
const list = (it: ReturnType<typeof story>) => agenda(it.state, LEGACY).map(({ at, command }) => [at, command.type]);

describe("what is due, and when", () => {
  test.each([
    ["a draft", () => story().open(), [[after("P30D"), "lapseAnswer"]]],
    [
      "a request",
      () => story().open().submit(),
      [
        [after("P3D"), "lapseAnswer"],
        [after("P60D"), "expire"],
      ],
    ],
    [
      "an approved one that starts later",
      () => story().approved({ requestedFrom: after("P5D") }),
      [
        [after("P5D"), "beginActivation"],
        [after("P60D"), "expire"],
      ],
    ],
    ["an inherited one", () => inherited(), [[after("P60D"), "expire"]]],
  ] as const)("%s", (_, make, expected) => {
    expect(list(make())).toEqual(expected);
  });

  test.each([after("P400D"), instant("9999-12-31T00:00:00Z")])(
    "a control said to be tested on %s, met later all the same, is believed no longer than one tested when the grant began",
    (lastTestedAt) => {
      const it = story().active({ ...LASTING, requestedUntil: after("P120D") });
      const [version] = it.dossier.versions;
      const compensatingControls = version!.content.compensatingControls.map((stated) => ({
        ...stated,
        lastTestedAt,
        result: "passed" as const,
      }));
      const dossier = { ...it.dossier, versions: [{ ...version!, content: { ...version!.content, compensatingControls } }] };
      expect(controlFreshness(dossier, LEGACY)).toMatchObject([{ freshUntil: after("P90D") }]);
    },
  );

  test("in force: reminders, review, control, end, in their order", () => {
    const it = story().active({ ...LASTING, requestedUntil: after("P120D") });
    expect(list(it)).toEqual([
      [after("P76D"), "openReview"],
      [after("P90D"), "applyTrigger"],
      [after("P90D"), "remind"],
      [after("P106D"), "remind"],
      [after("P113D"), "remind"],
      [after("P119D"), "remind"],
      [after("P120D"), "expire"],
    ]);
    expect(dueAt(it.state, LEGACY)).toBe(after("P76D"));
    expect(due(it.state, after("P76D"), LEGACY)).toHaveLength(1);
  });

  test("what has ended is never due again", () => {
    const it = story().open();
    it.do({ type: "withdraw", reason: "no" }, by(P.requester));
    expect(dueAt(it.state, LEGACY)).toBeUndefined();
  });

  test("a reminder whose day had passed when it was granted is not sent late", () => {
    const it = story().active({ requestedUntil: after("P10D") });
    expect(list(it).filter(([, type]) => type === "remind" || type === "expire")).toEqual([
      [after("P3D"), "remind"],
      [after("P9D"), "remind"],
      [after("P10D"), "expire"],
    ]);
  });
});

describe("after an outage", () => {
  test("everything overdue comes back once, each saying when it was due and when it was done", () => {
    const it = story().active().until(after("P65D"));
    const happened = it.tick();
    expect(types(happened)).toEqual([
      "ReminderRaised",
      "ReminderRaised",
      "ReminderRaised",
      "ReminderRaised",
      "RevocationBegun",
      "ReminderRaised",
      "EscalationRaised",
      "EscalationRaised",
    ]);
    expect(happened.every((event) => event.at === after("P65D"))).toBe(true);
    expect(happened.map((event) => event.dueAt)).toEqual(
      ["P30D", "P46D", "P53D", "P59D", "P60D", "P60D", "P60DT1H", "P61D"].map((length) => after(length)),
    );
    expect(it.tick()).toEqual([]);
  });

  test("what should have begun and ended meanwhile is not applied any more", () => {
    const it = story()
      .approved({ requestedFrom: after("P1D") })
      .until(after("P61D"));
    it.tick();
    expect(it.state).toMatchObject({ state: "withdrawn", cause: "window_passed" });
    expect(it.dossier.bindings).toEqual([]);
  });

  test("it catches up with the review that was missed before the end, and says from when it was off", () => {
    const it = story()
      .active({ ...LASTING, requestedUntil: after("P120D") })
      .until(after("P77D"));
    it.tick();
    it.until(after("P130D")).tick();
    expect(it.dossier.endings).toMatchObject([{ cause: "review_missed", rightEndedAt: after("P90D") }]);
    expect(it.dossier.bindings[0]!.overstays).toEqual([{ from: after("P90D"), to: null }]);
  });

  test("doing it again changes nothing: every clock command is idempotent", () => {
    const it = story().active();
    const early = (command: Parameters<typeof it.do>[0]) => it.do(command);
    for (const type of ["lapseAnswer", "beginActivation", "giveUpActivation", "expire", "giveUpOnAnswer", "retryRevoke"] as const) {
      expect(early({ type, dueAt: START }), type).toEqual([]);
    }
    expect(early({ type: "missReview", review: "EXC-2026-0001-R1" as never, dueAt: START })).toEqual([]);
    it.until(after("P60D"));
    expect(it.do({ type: "expire", dueAt: after("P60D") })).not.toEqual([]);
    expect(it.do({ type: "expire", dueAt: after("P60D") })).toEqual([]);
  });
});

test("the alarm climbs with the overstay and stops when it is seen to be gone", () => {
  const it = story().active().until(after("P60D"));
  it.tick();
  for (const wait of ["PT1H", "PT23H", "P6D"]) it.wait(wait).tick();
  expect(it.dossier.escalations.map((one) => [one.level, one.dueAt])).toEqual([
    ["iam_on_call", after("P60DT1H")],
    ["ciso", after("P61D")],
    ["board", after("P67D")],
  ]);
  it.do({ type: "recordRemoved", binding: B1 });
  expect(agenda(it.state, LEGACY).map((item) => item.command.type)).not.toContain("escalate");
});

test("catching up on nothing is nothing", () => {
  const it = story().active();
  expect(catchUp(it.state, it.now, factsFor(SYSTEM))).toEqual({ accepted: true, events: [] });
});
