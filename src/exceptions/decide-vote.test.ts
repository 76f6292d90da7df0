import { describe, expect, test } from "vitest";

import { after, by, content, P, PEOPLE, policyOf, scopeItem, story, types } from "../../test/support/exception-story.ts";
import { draftOf } from "./content.ts";
import { grantedUntil } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";

const approveOn = (version: number, contentHash: string) =>
  ({ type: "approve", version, contentHash, seat: null, onBehalfOf: null, reason: "" }) as const;

function withPlan(plan: CategoryPolicy["approvalPlan"]) {
  return story({ policy: { ...policyOf("legacy_application"), approvalPlan: plan } })
    .open()
    .submit();
}

const stage = { order: 1, answerWithin: policyOf("remote_access").approvalPlan.stages[0]!.answerWithin, ifSilent: "governance" } as const;

describe("a vote", () => {
  test("is bound to version and hash: any other hash or number is refused", () => {
    const it = story().open().submit();
    const { contentHash } = it.dossier.versions[0]!;
    expect(it.refused(approveOn(1, "sha256:00"), by(P.iam))).toEqual(["exceptions.contentChanged"]);
    expect(it.refused(approveOn(2, contentHash), by(P.iam))).toEqual(["exceptions.contentChanged"]);
    it.do(approveOn(1, contentHash), by(P.iam));
  });

  test("by a system, a stranger or somebody who left is refused", () => {
    const it = story().open().submit();
    const { contentHash } = it.dossier.versions[0]!;
    expect(it.refused(approveOn(1, contentHash))).toEqual(["exceptions.personNeeded"]);
    expect(it.refused(approveOn(1, contentHash), { kind: "person", id: "per_nobody" })).toContain("exceptions.personNeeded");
    it.know({ people: { ...PEOPLE, [P.iam]: { active: false, roles: ["iam"], isHelpDesk: false } } });
    expect(it.refused(approveOn(1, contentHash), by(P.iam))).toContain("exceptions.personNeeded");
  });

  test("says everything that stands against it at once", () => {
    const it = story({ assertion: null, covered: [P.requester] })
      .open()
      .submit();
    expect(it.refused(approveOn(1, "sha256:00"), by(P.requester))).toEqual([
      "exceptions.assertionNeeded",
      "exceptions.contentChanged",
      "exceptions.requesterMayNotApprove",
      "exceptions.subjectMayNotApprove",
      "exceptions.roleNotHeld",
    ]);
  });

  test("on a request whose end has passed is refused", () => {
    const it = story()
      .open({ requestedUntil: after("P2D") })
      .submit()
      .wait("P2D");
    expect(it.approveRefused(P.iam)).toEqual(["exceptions.endPassed"]);
  });

  test("by a person on the help desk is refused whatever other role they hold", () => {
    const it = story({ people: { ...PEOPLE, [P.iam]: { active: true, roles: ["iam"], isHelpDesk: true } } })
      .open()
      .submit();
    expect(it.approveRefused(P.iam)).toContain("exceptions.helpDeskMayNotApprove");
  });

  test("against it needs a reason and a role of the plan", () => {
    const it = story().open().submit();
    const { contentHash } = it.dossier.versions[0]!;
    const no = { type: "reject", version: 1, contentHash, onBehalfOf: null, reason: " " } as const;
    expect(it.refused(no, by(P.iam))).toEqual(["exceptions.reasonNeeded"]);
    expect(it.refused({ ...no, reason: "no" }, by(P.network))).toEqual(["exceptions.roleNotHeld"]);
    it.do({ ...no, reason: "no" }, by(P.iam));
    expect(it.state).toMatchObject({ state: "rejected", by: P.iam, reason: "no" });
  });
});

describe("a plan", () => {
  test("ALL needs a different person for every role, also when one holds both", () => {
    const both = { ...PEOPLE, [P.owner]: { active: true, roles: ["application_owner", "iam"], isHelpDesk: false } };
    const it = story({ people: both }).open().submit();
    it.approve(P.owner);
    expect(it.approveRefused(P.owner)).toContain("exceptions.alreadyVoted");
    expect(it.state.state).toBe("in_approval");
    it.approve(P.iam);
    expect(it.state.state).toBe("approved");
  });

  test("ANY needs one, QUORUM(n) needs n different people", () => {
    const any = withPlan({ stages: [{ ...stage, roles: ["iam", "security_governance"], rule: { kind: "ANY" } }] });
    any.approve(P.iam);
    expect(any.state.state).toBe("approved");
    const quorum = withPlan({ stages: [{ ...stage, roles: ["iam", "security_governance"], rule: { kind: "QUORUM", n: 3 } }] });
    quorum.approve(P.iam);
    quorum.approve(P.iam2);
    expect(quorum.state.state).toBe("in_approval");
    quorum.approve(P.governance);
    expect(quorum.state.state).toBe("approved");
  });

  test("asks its stages one after the other", () => {
    const it = withPlan({
      stages: [
        { ...stage, roles: ["iam"], rule: { kind: "ALL" } },
        { ...stage, order: 2, roles: ["security_governance"], rule: { kind: "ALL" } },
      ],
    });
    expect(it.approveRefused(P.governance)).toEqual(["exceptions.roleNotHeld"]);
    expect(types(it.approve(P.iam))).toEqual(["VoteCast", "StageOpened"]);
    it.approve(P.governance);
    expect(it.state.state).toBe("approved");
  });

  test("goes back to an earlier stage when its approver lost the role before the last one voted", () => {
    const it = withPlan({
      stages: [
        { ...stage, roles: ["iam"], rule: { kind: "ALL" } },
        { ...stage, order: 2, roles: ["security_governance"], rule: { kind: "ALL" } },
      ],
    });
    it.approve(P.iam);
    it.know({ people: { ...PEOPLE, [P.iam]: { active: true, roles: [], isHelpDesk: false } } });
    expect(types(it.approve(P.governance))).toEqual(["VoteCast", "VoteDiscounted", "StageOpened"]);
    expect(it.state).toMatchObject({ state: "in_approval", approval: { stage: 0 } });
    it.approve(P.iam2);
    expect(it.state.state).toBe("approved");
  });

  test("is not met by the owners alone, even where a policy got that wrong", () => {
    const it = withPlan({ stages: [{ ...stage, roles: ["application_owner"], rule: { kind: "ALL" } }] });
    it.approve(P.owner);
    expect(it.state.state).toBe("in_approval");
  });

  test("lets governance sit in where the owner asks for themselves", () => {
    const it = story().open();
    const asked = story();
    asked.do(
      { type: "openDraft", id: it.dossier.id, ref: it.dossier.ref, category: "legacy_application", unit: "finance", content: content() },
      by(P.owner),
    );
    asked.do({ type: "submit", seenTwins: [] }, by(P.owner));
    expect(asked.approveRefused(P.owner)).toContain("exceptions.requesterMayNotApprove");
    asked.approve(P.governance, { seat: "application_owner" });
    asked.approve(P.iam);
    expect(asked.dossier.versions[0]!.votes[0]).toMatchObject({ seat: "application_owner", heldRole: "security_governance" });
    expect(asked.state.state).toBe("approved");
  });
});

const changed = (it: ReturnType<typeof story>, more: Parameters<typeof content>[0]) => ({
  ...draftOf(it.dossier.versions[0]!.content),
  ...more,
});

describe("beside a grant in force", () => {
  test("a change takes the place of the old grant at its approval, orders the new subject and removes the old", () => {
    const it = story().active().wait("P3D");
    it.do({ type: "proposeChange", content: changed(it, { scope: [scopeItem("guid-2")] }), seenTwins: [] }, by(P.requester));
    expect(it.dossier.grants).toHaveLength(1);
    it.approve(P.owner);
    const happened = it.approve(P.iam);
    expect(types(happened)).toEqual(["VoteCast", "VersionApproved", "BindingsOrdered"]);
    const [old, now] = it.dossier.grants;
    expect(old).toMatchObject({ validUntil: it.now, originalValidUntil: after("P60D") });
    expect(now).toMatchObject({ kind: "change", validFrom: it.now, validUntil: after("P60D"), cumulative: "P60D" });
    expect(it.dossier.bindings.map((one) => [one.subject.key, one.desired])).toEqual([
      ["guid-1", "absent"],
      ["guid-2", "present"],
    ]);
    // Nobody removed it yet: counted from the moment the old scope lost its right.
    expect(it.dossier.bindings[0]!.overstays).toEqual([{ from: it.now, to: null }]);
  });

  test("an extension follows on the old grant, needs one level more, and counts as a renewal", () => {
    const it = story().active();
    it.do({ type: "proposeExtension", content: changed(it, { requestedUntil: after("P120D") }), seenTwins: [] }, by(P.requester));
    it.approve(P.owner);
    it.approve(P.iam);
    expect(it.dossier.grants).toHaveLength(1);
    it.approve(P.governance);
    expect(it.dossier.grants[1]).toMatchObject({
      kind: "extension",
      validFrom: after("P60D"),
      validUntil: after("P120D"),
      cumulative: "P120D",
    });
    expect(it.dossier.bindings[0]).toMatchObject({ desired: "present", observed: "present", wantedUntil: after("P120D") });
    const again = { ...draftOf(it.dossier.versions[1]!.content), requestedUntil: after("P150D") };
    expect(it.refused({ type: "proposeExtension", content: again, seenTwins: [] }, by(P.requester))).toEqual(["exceptions.capReached"]);
  });

  test("a pending one lapses by silence and leaves the grant as it is", () => {
    const it = story().active();
    it.do({ type: "proposeExtension", content: changed(it, { requestedUntil: after("P120D") }), seenTwins: [] }, by(P.requester));
    for (let round = 0; round < 3; round++) it.wait("P3D").tick();
    expect(it.state).toMatchObject({ state: "active", pending: null });
    expect(it.dossier.versions[1]).toMatchObject({ fate: "withdrawn" });
    expect(grantedUntil(it.dossier)).toBe(after("P60D"));
  });

  test("what an extension may not do: change the scope, end sooner, come twice", () => {
    const it = story().active();
    const extend = (more: Parameters<typeof content>[0]) =>
      ({ type: "proposeExtension", content: changed(it, more), seenTwins: [] }) as const;
    expect(it.refused(extend({ requestedUntil: after("P90D"), scope: [scopeItem("guid-2")] }), by(P.owner))).toEqual([
      "exceptions.extensionChangesScope",
    ]);
    expect(it.refused(extend({ requestedUntil: after("P50D") }), by(P.owner))).toEqual(["exceptions.extensionNotLonger"]);
    it.do(extend({ requestedUntil: after("P90D") }), by(P.owner));
    expect(it.refused(extend({ requestedUntil: after("P91D") }), by(P.owner))).toContain("exceptions.pendingExists");
    const change = { type: "proposeChange", content: changed(it, { requestedUntil: after("P61D") }), seenTwins: [] } as const;
    expect(it.refused(change, by(P.owner))).toContain("exceptions.changeMovesEnd");
  });

  test("beyond the caps it takes an open design issue and an executive's risk acceptance that the board sees", () => {
    const it = story().active();
    const designIssue = "iss_1" as never;
    const riskAcceptance = "rsk_1" as never;
    const policy = { ...policyOf("legacy_application"), maxRenewals: 0 };
    const standing = { id: riskAcceptance, byExecutive: true, boardVisible: true, until: after("P120D") };
    const asked = {
      type: "proposeExtension",
      content: changed(it, { requestedUntil: after("P120D"), designIssue, riskAcceptance }),
      seenTwins: [],
    } as const;
    const request = {
      subjectRefusals: {},
      headcounts: { "guid-1": 1 },
      policiesKnown: ["con_1 smartcard"],
      applications: { app_1: { known: true, retired: false } },
      twins: [],
      repeats: { same: 0, resource: 0, subject: 0, split: 0 },
      vendorContractUntil: null,
      designIssue: { id: designIssue, open: true },
    };
    for (const lacking of [
      null,
      { ...standing, byExecutive: false },
      { ...standing, boardVisible: false },
      { ...standing, until: after("P119D") },
    ]) {
      it.know({ policy, request: { ...request, riskAcceptance: lacking } });
      expect(it.refused(asked, by(P.requester))).toEqual(["exceptions.capReached"]);
    }
    it.know({ request: { ...request, riskAcceptance: standing, designIssue: { id: designIssue, open: false } } });
    expect(it.refused(asked, by(P.requester))).toEqual(["exceptions.capReached"]);
    it.know({ request: { ...request, riskAcceptance: standing } });
    it.do(asked, by(P.requester));
  });
});
