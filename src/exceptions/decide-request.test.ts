import { describe, expect, test } from "vitest";

import { breakGlass, IMPORT, inherited } from "../../test/support/exception-scenes.ts";
import {
  after,
  B1,
  by,
  CON,
  content,
  EXC,
  GONE,
  P,
  PEOPLE,
  policyOf,
  REF,
  REQUEST,
  scopeItem,
  START,
  story,
  SYSTEM,
  THERE,
} from "../../test/support/exception-story.ts";
import type { DraftContent } from "./version.ts";

const SUBMIT = { type: "submit", seenTwins: [] } as const;

function faults(more: Partial<DraftContent>, world: Parameters<typeof story>[0] = {}, category = "legacy_application") {
  return story({ policy: policyOf(category), ...world })
    .open(more, category)
    .refused(SUBMIT, by(P.requester));
}

const who = content().accountability!;

function contractUntil(vendorContractUntil: typeof START) {
  return { request: { ...REQUEST, vendorContractUntil } };
}

describe("putting a version forward", () => {
  test("says everything that is wrong at once, and where", () => {
    expect(faults({ title: " ", scope: [], compensatingControls: [], requestedUntil: START, accountability: null })).toEqual([
      "exceptions.fieldMissing",
      "exceptions.fieldMissing",
      "exceptions.scopeEmpty",
      "exceptions.endBeforeStart",
      "exceptions.endPassed",
      "exceptions.tooFewControls",
    ]);
  });

  test.each([
    ["no fallback method at all", { fallbackMethodAllowed: " None " }, "exceptions.methodNone"],
    ["an unreadable end", { requestedUntil: "2026-13-01" as never }, "exceptions.endUnreadable"],
    ["an unknown policy", { weakenedControl: { connection: CON, policy: "vpn", lostMethod: "key" } }, "exceptions.policyUnknown"],
    [
      "an unknown application",
      { scope: [scopeItem("guid-1", { resource: { kind: "application", id: "app_9" } })] },
      "exceptions.applicationNotOpen",
    ],
    ["a ceiling over the category's", { scope: [scopeItem("guid-1", { ceiling: 501 })] }, "exceptions.headcountOverCeiling"],
    ["too many items", { scope: Array.from({ length: 51 }, () => scopeItem()) }, "exceptions.scopeTooLong"],
    [
      "a control that failed",
      { compensatingControls: [{ ...content().compensatingControls[0]!, result: "failed" }] },
      "exceptions.controlFailed",
    ],
    ["an owner without the role", { accountability: { ...who, businessOwner: P.network } }, "exceptions.ownerNotAllowed"],
    ["a deputy from the help desk", { accountability: { ...who, deputy: P.helpdesk } }, "exceptions.helpDeskMayNotOwn"],
    ["an implementer without the role", { accountability: { ...who, implementer: P.governance } }, "exceptions.implementerNotAllowed"],
    ["an owner who implements", { accountability: { ...who, implementer: P.owner } }, "exceptions.layersNotSeparate"],
  ] as const)("refuses %s", (_, more, code) => {
    expect(faults(more as Partial<DraftContent>)).toContain(code);
  });

  test("refuses a control tested ahead of time: approvers would read of a test that nobody made", () => {
    const [stated] = content().compensatingControls;
    const ahead = { ...stated!, lastTestedAt: after("PT1S") };
    expect(faults({ compensatingControls: [ahead] })).toEqual(["exceptions.controlTestAhead"]);
  });

  test("refuses people who have left, twins not looked at, and a retired application", () => {
    const people = { ...PEOPLE, [P.deputy]: { active: false, roles: [], isHelpDesk: false } };
    expect(faults({}, { people })).toEqual(["exceptions.ownerNotValid"]);
    const twin = "exc_9" as typeof EXC;
    const it = story({ request: { ...REQUEST, twins: [twin] } }).open();
    expect(it.refused(SUBMIT, by(P.requester))).toEqual(["exceptions.twinsNotSeen"]);
    it.do({ type: "submit", seenTwins: [twin] }, by(P.requester));
    expect(faults({}, { request: { ...REQUEST, applications: { app_1: { known: true, retired: true } } } })).toEqual([
      "exceptions.applicationNotOpen",
    ]);
  });

  test("of a third party ends with the vendor's contract at the latest", () => {
    const vendorContract = { vendor: "ven_1" as never, contract: "C-1" };
    expect(faults({}, {}, "third_party")).toEqual(["exceptions.fieldMissing", "exceptions.endsAfterContract"]);
    expect(faults({ vendorContract }, contractUntil(after("P59D")), "third_party")).toEqual(["exceptions.endsAfterContract"]);
    const fine = story({ policy: policyOf("third_party"), ...contractUntil(after("P60D")) }).open({ vendorContract }, "third_party");
    fine.submit();
    expect(fine.state.state).toBe("in_approval");
  });

  test("is for those who ask, not for anybody", () => {
    const it = story().open();
    expect(it.refused(SUBMIT, by(P.network))).toEqual(["exceptions.notYours"]);
    expect(it.refused({ type: "reviseDraft", content: content() }, by(P.helpdesk))).toEqual(["exceptions.notYours"]);
    expect(it.refused({ type: "withdraw", reason: "x" }, by(P.iam))).toEqual(["exceptions.notYours"]);
    it.know({ actsFor: { [P.requester]: [P.network] } }).do(SUBMIT, by(P.network));
  });

  test("a draft nobody touches is withdrawn; touching it starts the time anew", () => {
    const it = story().open().wait("P20D");
    it.do({ type: "reviseDraft", content: content({ title: "Again" }) }, by(P.requester));
    it.wait("P20D");
    expect(it.tick()).toEqual([]);
    it.wait("P10D").tick();
    expect(it.state).toMatchObject({ state: "withdrawn", cause: "idle" });
  });

  test("continuing an ended one keeps its age and counts as a renewal", () => {
    const lineage = {
      root: "exc_0" as typeof EXC,
      previous: "exc_0" as typeof EXC,
      firstGrantedAt: after("P1D"),
      renewals: 0,
      granted: "P100D" as never,
    };
    const it = story({ lineage }).open().submit();
    expect(it.state).toMatchObject({ approval: { plan: { stages: [{ order: 1 }, { order: 2, roles: ["security_governance"] }] } } });
    it.approve(P.owner);
    it.approve(P.iam);
    it.approve(P.governance);
    expect(it.dossier.lineage).toMatchObject({ root: "exc_0", firstGrantedAt: after("P1D"), renewals: 1 });
    expect(it.dossier.grants[0]).toMatchObject({ cumulative: "P160D" });
  });
});

describe("an inherited bypass", () => {
  test("is claimed once, approved like any other, and its old way is removed when the governed one is there", () => {
    const it = inherited();
    expect(it.dossier.bindings).toMatchObject([{ origin: { kind: "found" }, observed: "present", desired: "present" }]);
    it.do({ type: "claimInherited" }, by(P.requester));
    expect(it.refused({ type: "claimInherited" }, by(P.owner))).toEqual(["exceptions.alreadyClaimed"]);
    it.submit();
    it.approve(P.owner);
    it.approve(P.iam);
    it.tick();
    expect(it.dossier.bindings.map((one) => [one.origin.kind, one.desired])).toEqual([
      ["found", "absent"],
      ["governed", "present"],
    ]);
    const governed = it.dossier.bindings[1]!.id;
    it.do({ type: "recordApplied", binding: governed, object: "CN=new", nativeExpiry: null });
    it.read(governed, THERE);
    expect(it.state.state).toBe("active");
    it.do({ type: "recordRemoved", binding: B1 });
    it.read(B1, GONE);
    expect(it.dossier.bindings[0]).toMatchObject({ observed: "absent" });
  });

  test("is removed, not merely forgotten, when its request is withdrawn, rejected or runs out of time", () => {
    const withdrawn = inherited();
    withdrawn.do({ type: "claimInherited" }, by(P.requester));
    withdrawn.do({ type: "withdraw", reason: "not needed" }, by(P.requester));
    expect(withdrawn.state.state).toBe("revoking");

    const rejected = inherited();
    rejected.do({ type: "claimInherited" }, by(P.requester));
    rejected.submit();
    const { contentHash } = rejected.dossier.versions[0]!;
    rejected.do({ type: "reject", version: 1, contentHash, onBehalfOf: null, reason: "no" }, by(P.iam));
    expect(rejected.state.state).toBe("revoking");
    expect(rejected.dossier.versions[0]).toMatchObject({ fate: "rejected" });

    const late = inherited();
    late.do({ type: "claimInherited" }, by(P.requester));
    late.until(after("P59D")).do({ type: "reviseDraft", content: content({ requestedUntil: after("P100D") }) }, by(P.requester));
    late.submit();
    late.until(after("P60D")).tick();
    expect(late.state.state).toBe("revoking");
    expect(late.dossier.endings[0]).toMatchObject({ cause: "unclaimed" });
  });

  test("found without a provider behind it has nothing to remove and is withdrawn", () => {
    const it = story();
    it.do({ ...IMPORT, found: [] }, SYSTEM);
    it.until(after("P60D")).tick();
    expect(it.state.state).toBe("withdrawn");
  });

  test("only what was found can be claimed", () => {
    expect(story().open().refused({ type: "claimInherited" }, by(P.owner))).toEqual(["exceptions.notInherited"]);
    expect(breakGlass().refused({ type: "claimInherited" }, by(P.owner))).toContain("exceptions.notInThisState");
  });
});

test("opening is for a person; the requester is who opened", () => {
  const open = { type: "openDraft", id: EXC, ref: REF, category: "legacy_application", unit: "finance", content: content() } as const;
  expect(story().refused(open, SYSTEM)).toEqual(["exceptions.personNeeded"]);
  const it = story();
  it.do(open, by(P.network));
  expect(it.dossier.requester).toBe(P.network);
});
