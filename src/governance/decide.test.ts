import { describe, expect, test } from "vitest";

import type { Decision } from "../kernel/decision.ts";
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant, instant, subtractDuration } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Role } from "../people/role.ts";
import {
  decideAccept,
  decideEnd,
  decideOpen,
  decidePropose,
  decideReopen,
  decideWithdraw,
  isExecutive,
  type OpeningFacts,
} from "./decide.ts";
import type { NewDesignIssue } from "./design-issue.ts";
import { evolveIssue, evolveRisk } from "./evolve.ts";
import { type Basis, type Change, changesSince, type Standing } from "./standing.ts";
import { isAcceptedAt, LONGEST_ACCEPTANCE, type NewRisk, type RiskAcceptance, statementText, timeAccepted } from "./risk-acceptance.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const UNTIL = addDuration(NOW, duration("P100D"));
const MS = duration("PT0.001S");
const per = (name: string) => `per_${name}` as PersonId;
const who = (name: string, ...roles: Role[]) => ({ id: per(name), active: true, roles });
const codes = (decision: Decision<unknown>) =>
  decision.accepted ? [] : decision.reasons.map(({ code }) => code.replace("governance.", ""));

const issue: NewDesignIssue = {
  id: "iss_1" as Id<"designIssue">,
  about: { kind: "application", id: "app_1" },
  owner: per("ada"),
  statement: "It takes no passkey.",
  openedBy: per("gerda"),
  openedAt: NOW,
};
const opening: OpeningFacts = { owner: who("ada", "application_owner"), applicationOwner: per("ada"), other: undefined };

describe("a design issue", () => {
  test.each<[string, Partial<OpeningFacts>, string[]]>([
    ["by the application's owner", {}, []],
    ["by another owner of applications", { owner: who("bob", "application_owner") }, ["ownerNotAllowed"]],
    ["by nobody", { owner: undefined }, ["ownerNotAllowed"]],
    ["by who left", { owner: { ...who("ada", "application_owner"), active: false } }, ["ownerNotAllowed"]],
    ["by the help desk, were it the application's owner", { owner: who("ada", "help_desk") }, ["helpDeskMayNotOwn"]],
    ["about no application that is in use", { applicationOwner: undefined }, ["aboutUnknown"]],
    ["about what no application is, by an owner of applications", { applicationOwner: null }, []],
    ["about what no application is, by anybody else", { applicationOwner: null, owner: who("ivo", "iam") }, ["ownerNotAllowed"]],
    ["beside another about the same", { other: "iss_0" }, ["issueOpen"]],
  ])("owned %s", (_, more, expected) => expect(codes(decideOpen(issue, { ...opening, ...more }))).toEqual(expected));

  test.each<[string, string, string[], string[]]>([
    ["its owner", "ada", [], []],
    ["governance", "gerda", ["security_governance"], []],
    ["IAM", "ivo", ["iam"], []],
    ["anybody else", "rolf", ["executive"], ["notYours"]],
    ["the help desk", "hedi", ["help_desk", "iam"], ["notYours"]],
  ])("is ended by %s", (_, by, roles, expected) => {
    const open = evolveIssue(undefined, { type: "designIssueOpened", data: issue });
    expect(codes(decideEnd(open, "resolved", { by: per(by), roles, at: NOW, sentence: "Done." }))).toEqual(expected);
  });
});

const proposal: NewRisk = {
  id: "rsk_1" as Id<"riskAcceptance">,
  executive: per("erika"),
  statement: "The plant runs on without passkeys.",
  exceptions: ["exc_1" as Id<"exception">],
  designIssue: null,
  boardVisible: true,
  until: UNTIL,
  contentHash: "sha256:0",
  proposedBy: per("gerda"),
  proposedAt: NOW,
};
const proposed = evolveRisk(undefined, { type: "riskProposed", data: proposal });
const erika = who("erika", "executive");

describe("a risk", () => {
  const longest = addDuration(NOW, LONGEST_ACCEPTANCE);
  test.each<[string, Partial<NewRisk>, string[]]>([
    ["for a hundred days", {}, []],
    ["for exactly a year", { until: longest }, []],
    ["for longer than a year", { until: addDuration(longest, MS) }, ["untilOutOfBounds"]],
    ["for no time", { until: NOW }, ["untilOutOfBounds"]],
    ["of nothing", { exceptions: [] }, ["linkNeeded"]],
    ["of a design issue", { exceptions: [], designIssue: "iss_1" as Id<"designIssue"> }, []],
  ])("is proposed %s", (_, more, expected) =>
    expect(codes(decidePropose({ ...proposal, ...more }, { executive: erika, askers: [], missing: [] }))).toEqual(expected),
  );

  test("of what is not there is not proposed", () =>
    expect(codes(decidePropose(proposal, { executive: erika, askers: [], missing: ["exc_1"] }))).toEqual(["linkUnknown"]));

  test("is not put before whoever asks for it", () =>
    expect(codes(decidePropose(proposal, { executive: erika, askers: [per("gerda"), per("erika")], missing: [] }))).toEqual([
      "requesterMayNotAccept",
    ]));

  test("is answered for by an active executive, never by the help desk", () => {
    expect(isExecutive(erika)).toBe(true);
    expect(isExecutive(undefined)).toBe(false);
    expect(isExecutive({ ...erika, active: false })).toBe(false);
    expect(isExecutive(who("ivo", "iam", "security_governance"))).toBe(false);
    expect(isExecutive(who("erika", "executive", "help_desk"))).toBe(false);
  });

  const accept = (by: string, more: { at?: Instant; askers?: PersonId[]; changes?: Change[]; risk?: RiskAcceptance } = {}) =>
    codes(
      decideAccept(
        more.risk ?? proposed,
        { by: per(by), at: more.at ?? NOW, assertion: "sha256:1" },
        { executive: who(by, "executive"), askers: more.askers ?? [], changes: more.changes ?? [] },
      ),
    );

  test("is accepted by the executive it names, before its end, and not by who asked or acts for them", () => {
    expect(accept("erika")).toEqual([]);
    expect(accept("egon")).toEqual(["notYours"]);
    expect(accept("erika", { askers: [per("rolf"), per("erika")] })).toEqual(["requesterMayNotAccept"]);
    expect(accept("erika", { at: UNTIL })).toEqual(["untilPassed"]);
    expect(accept("erika", { changes: [{ kind: "operation", id: "payroll", what: "changed" }] })).toEqual(["changedSince"]);
  });

  test("that was accepted lasts from that instant until just before its end, and nobody takes it back or accepts it again", () => {
    const accepted = evolveRisk(proposed, { type: "riskAccepted", data: { by: per("erika"), at: NOW, assertion: "sha256:1" } });
    expect(isAcceptedAt(accepted, subtractDuration(NOW, MS))).toBe(false);
    expect(isAcceptedAt(accepted, NOW)).toBe(true);
    expect(isAcceptedAt(accepted, subtractDuration(UNTIL, MS))).toBe(true);
    expect(isAcceptedAt(accepted, UNTIL)).toBe(false);
    expect(isAcceptedAt(proposed, NOW)).toBe(false);
    expect(codes(decideWithdraw(accepted, { by: per("erika"), roles: [], at: NOW, sentence: "No." }))).toEqual(["notInThisState"]);
    expect(accept("erika", { risk: accepted })).toEqual(["notInThisState"]);
  });

  test("that is not any more what was accepted is reopened, says why, counts for nothing, and can be closed with a sentence", () => {
    const accepted = evolveRisk(proposed, { type: "riskAccepted", data: { by: per("erika"), at: NOW, assertion: "sha256:1" } });
    const changes: Change[] = [{ kind: "operation", id: "payroll", what: "changed" }];
    expect(decideReopen(accepted, { executive: erika, changes: [] }, NOW)).toEqual([]);
    expect(decideReopen(accepted, { executive: erika, changes }, UNTIL)).toEqual([]);
    expect(decideReopen(proposed, { executive: erika, changes }, NOW)).toEqual([]);
    const at = addDuration(NOW, duration("P1D"));
    expect(decideReopen(accepted, { executive: undefined, changes: [] }, at)).toMatchObject([
      { data: { because: [{ kind: "person", id: "per_erika", what: "executiveLeft" }] } },
    ]);
    const reopened = decideReopen(accepted, { executive: erika, changes }, at).reduce<RiskAcceptance>(evolveRisk, accepted);
    expect(reopened).toMatchObject({ state: "reopened", reopened: { because: changes } });
    expect(isAcceptedAt(reopened, at)).toBe(false);
    expect(timeAccepted(reopened)).toEqual({ from: NOW, to: at });
    expect(timeAccepted(accepted)).toEqual({ from: NOW, to: UNTIL });
    expect(timeAccepted(proposed)).toBeUndefined();
    expect(codes(decideWithdraw(reopened, { by: per("gerda"), roles: [], at, sentence: "Built anew." }))).toEqual([]);
  });

  test("is signed with the digests of what it is about; one of before there were any is signed as it was", () => {
    const { standsOn: _, ...before } = { standsOn: undefined, ...proposal };
    expect(statementText("rsk_1", before)).toContain('"postern-risk-acceptance-1"');
    const basis: Basis[] = [{ kind: "operation", id: "payroll", digest: "sha256:a" }];
    const standsOn = { operations: ["payroll"], lockOutSets: [], findings: [], basis };
    const text = statementText("rsk_1", { ...proposal, standsOn });
    expect(text).toContain('"postern-risk-acceptance-2"');
    expect(text).toContain("sha256:a");
    expect(codes(decidePropose({ ...proposal, exceptions: [], standsOn }, { executive: erika, askers: [], missing: [] }))).toEqual([]);
  });

  const withdraw = (by: string, ...roles: Role[]) => codes(decideWithdraw(proposed, { by: per(by), roles, at: NOW, sentence: "No." }));

  test("that is only proposed is withdrawn by those it concerns", () => {
    expect([withdraw("erika"), withdraw("gerda"), withdraw("ivo", "iam"), withdraw("rolf", "auditor")]).toEqual([[], [], [], ["notYours"]]);
  });
});

const about = (kind: Basis["kind"]): Basis => ({ kind, id: kind, digest: "then" });

const changesOf = (standings: Partial<Record<Basis["kind"], Standing>>, hasMore = false) =>
  changesSince([about("exception"), about("operation"), about("finding"), about("lockOutSet")], hasMore, ({ kind }) =>
    kind in standings ? standings[kind] : { digest: "then" },
  ).map(({ kind, what }) => `${kind} ${what}`);

describe("what a risk is about", () => {
  test.each<[string, Partial<Record<Basis["kind"], Standing>>, string[]]>([
    ["as it was", {}, []],
    ["of which one is not as it was", { operation: { digest: "now" } }, ["operation changed"]],
    ["of which some is over or gone: there is less to answer for", { exception: "over", finding: "gone", lockOutSet: "gone" }, []],
    ["of which nobody can tell now", { operation: undefined, exception: undefined }, []],
    [
      "of which nothing is left",
      { exception: "over", operation: "gone", finding: "gone", lockOutSet: "gone" },
      ["exception over", "operation gone", "finding gone", "lockOutSet gone"],
    ],
  ])("%s", (_, standings, expected) => expect(changesOf(standings)).toEqual(expected));

  test("a design issue that is named too is something that is left", () =>
    expect(changesOf({ exception: "over", operation: "gone", finding: "gone", lockOutSet: "gone" }, true)).toEqual([]));
});
