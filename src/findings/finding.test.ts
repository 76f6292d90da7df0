import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant, instant, subtractDuration } from "../kernel/time.ts";
import { drawTransitions } from "../kernel/transitions.ts";
import type { PersonId } from "../people/person.ts";
import { decideAssign, decideNote } from "./decide.ts";
import { evolve } from "./evolve.ts";
import { type Finding, FINDING_STATES, type FindingEvent, type FindingSeen, isOverdue, standingAt } from "./finding.ts";
import { asKept, byKey, decideAcceptance, decideSeen as decideSeenOf, sightOf } from "./reconcile.ts";
import { TRANSITIONS } from "./transitions.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const MS = duration("PT0.001S");
const per = (name: string) => `per_${name}` as PersonId;
const seen: FindingSeen = {
  kind: "sharedFate",
  key: "payroll",
  subject: { kind: "operation", id: "payroll" },
  statement: "The fallback of payroll needs what its primary needs.",
  owner: per("ada"),
  dueInDays: 10,
  severity: "high",
};
const here = () => true;
const decideSeen = (finding: Finding, one: FindingSeen | undefined, now: Instant) => decideSeenOf(finding, one, here, now);
const fold = (events: readonly FindingEvent[], from?: Finding) => events.reduce<Finding | undefined>(evolve, from)!;
const opened = (one: FindingSeen = seen): Finding =>
  fold([
    {
      type: "findingOpened",
      data: { ...sightOf(one, NOW), id: "fnd_1" as Id<"finding">, source: "lock-out", kind: one.kind, key: one.key },
    },
  ]);
const dueOf = (severity: FindingSeen["severity"]) => opened({ ...seen, severity, dueInDays: null }).dueAt;
const codes = (decision: ReturnType<typeof decideNote>) => (decision.accepted ? [] : decision.reasons.map(({ code }) => code));
const at = (days: number) => addDuration(NOW, duration(`P${days}D`));
const mended = fold(decideSeen(opened(), undefined, at(1)), opened());
const until = at(30);
const accepted = fold(decideAcceptance(opened(), { risk: "rsk_1", until }, at(1)), opened());

describe("a finding", () => {
  test("is open with a day by which it is due, and no news when it is seen again as it is", () => {
    expect(opened()).toMatchObject({ state: "open", owner: "per_ada", dueAt: at(10), reopened: 0 });
    expect(decideSeen(opened(), { ...seen }, at(3))).toEqual([]);
  });

  test("is due by how severe it is where its source does not say", () => {
    expect([dueOf("critical"), dueOf("high"), dueOf("medium"), dueOf("low")]).toEqual([at(3), at(14), at(30), at(90)]);
  });

  test("is mended when its source does not see it any more, kept, and open again with the whole time when it comes back", () => {
    expect(mended).toMatchObject({ state: "mended", mendedAt: at(1) });
    expect(decideSeen(mended, undefined, at(2))).toEqual([]);
    const back = fold(decideSeen(mended, seen, at(8)), mended);
    expect(back).toMatchObject({ state: "open", reopened: 1, foundAt: NOW, openedAt: at(8), dueAt: at(18) });
    expect(back).not.toHaveProperty("mendedAt");
  });

  test("that comes back within a week was not mended: the day it was due stands, so that nobody puts it off by taking it away for a moment", () => {
    const soon = fold(decideSeen(mended, seen, subtractDuration(at(8), MS)), mended);
    expect(soon).toMatchObject({ state: "open", reopened: 1, dueAt: at(10) });
    expect(fold(decideSeen(mended, { ...seen, dueInDays: 2 }, at(3)), mended).dueAt).toBe(at(5));
  });

  test("is whose its source says again, with everything that was said, when whom it was given to can own nothing any more", () => {
    const given = fold([{ type: "findingAssigned", data: { owner: per("cleo"), by: per("ada"), at: at(1), text: "Hers." } }], opened());
    expect(decideSeenOf(given, seen, here, at(2))).toEqual([]);
    const left = fold(
      decideSeenOf(given, { ...seen, owner: per("bob") }, (id) => id !== per("cleo"), at(2)),
      given,
    );
    expect(left).toMatchObject({ owner: "per_bob", isAssigned: false, ownedSince: at(2), notes: [{ text: "Hers." }] });
    expect(
      fold(
        decideSeenOf(given, undefined, () => false, at(2)),
        given,
      ),
    ).toMatchObject({ state: "mended", owner: "per_cleo" });
  });

  test("has no owner who can own nothing, and nothing in it that a database does not keep", () => {
    const odd = { ...seen, key: "a\0b", statement: `x\ud83d${"y".repeat(3000)}`, subject: { kind: "bypass" as const, id: "\udc00" } };
    const kept = asKept(odd, () => false);
    expect(kept).toMatchObject({ owner: null, key: "a\ufffdb", subject: { id: "\ufffd" } });
    expect(kept.statement).toBe(`x\ufffd${"y".repeat(1998)}`);
  });

  test("is brought forward by a change and never put off", () => {
    const worse = fold(decideSeen(opened(), { ...seen, dueInDays: 2 }, at(1)), opened());
    expect(worse.dueAt).toBe(at(3));
    expect(fold(decideSeen(worse, { ...seen, dueInDays: 90 }, at(2)), worse).dueAt).toBe(at(3));
  });

  test("follows the owner its source names until a person said whose it is", () => {
    const other = { ...seen, owner: per("bob") };
    expect(fold(decideSeen(opened(), other, at(1)), opened())).toMatchObject({ owner: "per_bob", ownedSince: at(1) });
    const assigned = fold([{ type: "findingAssigned", data: { owner: per("cleo"), by: per("ada"), at: at(1), text: "Hers." } }], opened());
    expect(fold(decideSeen(assigned, other, at(2)), assigned)).toMatchObject({ owner: "per_cleo", ownerBySource: "per_bob" });
  });

  test("is accepted while a risk in force names it, by the clock, and then open again with the whole time", () => {
    expect(standingAt(accepted, subtractDuration(until, MS))).toBe("accepted");
    expect(isOverdue(accepted, at(20))).toBe(false);
    expect(standingAt(accepted, until)).toBe("open");
    expect(isOverdue(accepted, until)).toBe(true);
    const over = fold(decideAcceptance(accepted, undefined, until), accepted);
    expect(over).toMatchObject({ state: "open", dueAt: addDuration(until, duration("P10D")) });
    expect(decideAcceptance(accepted, { risk: "rsk_1", until }, at(2))).toEqual([]);
    expect(decideAcceptance(mended, { risk: "rsk_1", until }, at(2))).toEqual([]);
    expect(fold(decideSeen(accepted, undefined, at(3)), accepted)).not.toHaveProperty("acceptance");
  });

  test("that one look shows twice is the first of the two", () => {
    expect([...byKey([seen, { ...seen, statement: "Another." }]).values()]).toEqual([seen]);
  });

  const actor = (name: string, ...roles: string[]) => ({ id: per(name), roles });
  const bob = { id: per("bob"), active: true, roles: [] };

  test("is given to another by its owner, IAM and governance, to somebody who is here and not of the help desk", () => {
    const assign = (by: ReturnType<typeof actor>, to: Parameters<typeof decideAssign>[1] = bob, one = opened()) =>
      codes(decideAssign(one, to, by, "Yours.", NOW));
    expect([assign(actor("ada")), assign(actor("ivo", "iam")), assign(actor("rolf", "executive"))]).toEqual([
      [],
      [],
      ["findings.notYours"],
    ]);
    expect(assign(actor("hedi", "help_desk", "iam"))).toEqual(["findings.notYours"]);
    expect(assign(actor("ada"), { ...bob, active: false })).toEqual(["findings.ownerNotAllowed"]);
    expect(assign(actor("ada"), { ...bob, roles: ["help_desk"] })).toEqual(["findings.ownerNotAllowed"]);
    expect(assign(actor("rolf"), { ...bob, active: false }, mended)).toEqual([
      "findings.mended",
      "findings.notYours",
      "findings.ownerNotAllowed",
    ]);
    expect(codes(decideNote(opened(), actor("rolf"), "Soon.", NOW))).toEqual(["findings.notYours"]);
  });
});

const given = (finding: Finding): Finding => ({ ...finding, isAssigned: true });

test("a finding moves as its table says and in no other way, and reaches every state", () => {
  const states = { open: given(opened()), accepted: given(accepted), mended };
  const data = { ...sightOf(seen, at(2)), risk: "rsk_1", until, by: per("ada"), owner: per("bob"), text: "x" };
  for (const [from, finding] of Object.entries(states)) {
    for (const type of new Set(TRANSITIONS.map(({ event }) => event))) {
      const moved = () => evolve(finding, { type, data } as unknown as FindingEvent).state;
      const to = TRANSITIONS.find((each) => each.from === from && each.event === type)?.to;
      if (to === undefined) expect(moved, `${from} ${type}`).toThrow(RangeError);
      else expect(moved(), `${from} ${type}`).toBe(to);
    }
  }
  expect(new Set(TRANSITIONS.map(({ to }) => to))).toEqual(new Set(FINDING_STATES));
});

test("the page shows the diagram that the code draws", () => {
  const page = readFileSync(new URL("../../docs/model/findings.md", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`mermaid\n${drawTransitions(TRANSITIONS)}\n\`\`\``);
});
