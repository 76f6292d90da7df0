/** Faults seen in other registers. Each is a test that would have caught it there. */
import { describe, expect, test } from "vitest";

import { after, by, content, DELEGATION, P, PEOPLE, START, story, types } from "../../test/support/exception-story.ts";
import { inherited, through } from "../../test/support/exception-scenes.ts";

const open = () => story().open().submit();

describe("traps of the register: who decides on what", () => {
  test("approval backdated or in another's name: time is the decision's own, the voter is who signed, a start in the past is not granted", () => {
    const it = story()
      .open({ requestedFrom: after("P1D") })
      .submit()
      .wait("P3D");
    it.approve(P.owner);
    it.approve(P.iam);
    const [grant] = it.dossier.grants;
    expect(grant).toMatchObject({ validFrom: it.now, grantedAt: it.now });
    expect(it.dossier.versions[0]!.votes.map((vote) => [vote.person, vote.at, vote.assertion])).toEqual([
      [P.owner, it.now, `assertion of ${P.owner}`],
      [P.iam, it.now, `assertion of ${P.iam}`],
    ]);
    const other = story().open().submit();
    expect(other.approveRefused(P.iam, { onBehalfOf: P.iam2 })).toContain("exceptions.delegationNotValid");
    expect(other.know({ assertion: null }).approveRefused(P.iam)).toContain("exceptions.assertionNeeded");
  });

  test("un-approve wipes who approved: votes stay on the version they were cast on, void or not", () => {
    const it = story().open().submit();
    it.approve(P.owner);
    const [v1] = it.dossier.versions;
    it.do({ type: "requestChanges", version: 1, contentHash: v1!.contentHash, onBehalfOf: null, reason: "smaller, please" }, by(P.iam));
    it.submit();
    expect(it.dossier.versions.map((version) => [version.n, version.fate, version.votes.length])).toEqual([
      [1, "changes_requested", 2],
      [2, "in_approval", 0],
    ]);
    it.know({ people: { ...PEOPLE, [P.owner]: { active: false, roles: [], isHelpDesk: false } } });
    it.approve(P.iam);
    expect(it.dossier.versions[0]!.votes[0]).toMatchObject({ person: P.owner, decision: "approve" });
  });

  test("import as approved: what was found is inherited and unverified, never in force, and cannot be put forward unclaimed", () => {
    const it = inherited();
    expect(it.state.state).toBe("draft");
    expect(it.dossier.grants).toEqual([]);
    expect(through(it.state, START)).toBe(false);
    expect(it.refused({ type: "submit", seenTwins: [] }, by(P.governance))).toContain("exceptions.notYours");
    it.do({ type: "claimInherited" }, by(P.requester));
    it.submit();
    expect(through(it.state, START)).toBe(false);
    expect(it.approveRefused(P.requester)).toContain("exceptions.requesterMayNotApprove");
  });

  test("separation of duty in the form only: every way to decide is refused to those who may not, by the decision itself", () => {
    const it = story({ actsFor: { [P.requester]: [P.iam2] }, covered: [P.network] })
      .open()
      .submit();
    expect(it.approveRefused(P.requester)).toContain("exceptions.requesterMayNotApprove");
    expect(it.approveRefused(P.iam2)).toContain("exceptions.actingForRequester");
    expect(it.approveRefused(P.helpdesk)).toContain("exceptions.helpDeskMayNotApprove");
    expect(it.approveRefused(P.implementer)).toContain("exceptions.implementerMayNotApprove");
    expect(it.approveRefused(P.network)).toContain("exceptions.subjectMayNotApprove");
    expect(it.approveRefused(P.subject)).toContain("exceptions.subjectMayNotApprove");
    expect(it.approveRefused(P.owner, { seat: "iam" })).toContain("exceptions.roleNotHeld");
    const owns = { ...content().accountability!, businessOwner: P.helpdesk };
    const bad = story().open({ accountability: owns });
    expect(bad.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.helpDeskMayNotOwn");
    const same = story().open({ accountability: { ...content().accountability!, implementer: P.owner } });
    expect(same.refused({ type: "submit", seenTwins: [] }, by(P.requester))).toContain("exceptions.layersNotSeparate");
  });

  test("edited after approval: what was approved cannot be edited; an edit before voids every vote and makes another version", () => {
    const it = story().open().submit();
    it.approve(P.owner);
    it.do({ type: "reviseDraft", content: content({ justification: "Something else" }) }, by(P.requester));
    expect(it.state).toMatchObject({ state: "draft", n: 2 });
    it.submit();
    expect(it.dossier.versions[1]!.contentHash).not.toBe(it.dossier.versions[0]!.contentHash);
    it.approve(P.iam);
    expect(it.state.state).toBe("in_approval");
    expect(
      it.refused(
        { type: "approve", version: 1, contentHash: it.dossier.versions[0]!.contentHash, seat: null, onBehalfOf: null, reason: "" },
        by(P.owner),
      ),
    ).toContain("exceptions.contentChanged");
    const approved = story().approved();
    expect(approved.refused({ type: "reviseDraft", content: content() }, by(P.requester))).toContain("exceptions.notInThisState");
    // The same words put forward again are another version: the hash covers its number.
    const again = story().open().submit();
    again.do({ type: "reviseDraft", content: content() }, by(P.requester));
    again.submit();
    expect(again.dossier.versions[0]!.contentHash).not.toBe(again.dossier.versions[1]!.contentHash);
  });

  test.each([
    ["is revoked", () => [], "PT1H"],
    ["is revoked and given anew", (given: typeof DELEGATION) => [{ ...given, id: "del_2" as never }], "PT1H"],
    ["runs out", (given: typeof DELEGATION) => [given], "P5D"],
  ] as const)("a vote given for another counts only while the delegation stands: not when it %s before the quorum", (_, left, wait) => {
    const it = open().know({ delegations: [DELEGATION] });
    it.approve(P.iam2, { onBehalfOf: P.iam });
    const happened = it
      .wait(wait)
      .know({ delegations: left(DELEGATION) })
      .approve(P.owner);
    expect(types(happened)).toEqual(["VoteCast", "VoteDiscounted"]);
    expect(it.dossier.versions[0]!.votes[0]!.discounted?.why).toContain("delegation");
    it.approve(P.iam);
    expect(it.state.state).toBe("approved");
  });

  test("delegate may be anyone: a delegate holds the role, is in time and category, passes nothing on and does not act for the requester", () => {
    const given = DELEGATION;
    const vote = { onBehalfOf: P.iam } as const;
    expect(
      open()
        .know({ delegations: [{ ...given, to: P.network }] })
        .approveRefused(P.network, vote),
    ).toEqual(["exceptions.roleNotHeld"]);
    expect(
      open()
        .know({ delegations: [{ ...given, redelegated: true }] })
        .approveRefused(P.iam2, vote),
    ).toContain("exceptions.delegationNotValid");
    expect(
      open()
        .know({ delegations: [{ ...given, categories: ["remote_access"] }] })
        .approveRefused(P.iam2, vote),
    ).toContain("exceptions.delegationNotValid");
    expect(
      open()
        .wait("P5D")
        .know({ delegations: [given] })
        .approveRefused(P.iam2, vote),
    ).toContain("exceptions.delegationNotValid");
    expect(
      open()
        .know({ delegations: [given], actsFor: { [P.requester]: [P.iam2] } })
        .approveRefused(P.iam2, vote),
    ).toContain("exceptions.actingForRequester");
    const it = open().know({ delegations: [given] });
    it.approve(P.iam2, vote);
    expect(it.dossier.versions[0]!.votes[0]).toMatchObject({ person: P.iam2, onBehalfOf: P.iam, delegation: "del_1", seat: "iam" });
    // The holder and the delegate are one voice.
    expect(it.approveRefused(P.iam)).toContain("exceptions.alreadyVoted");
  });

  test("approve on Monday, lose eligibility on Tuesday, act on Friday: the earlier vote is looked at again when the quorum completes", () => {
    const it = story().open().submit();
    it.approve(P.iam);
    it.wait("P1D").know({ people: { ...PEOPLE, [P.iam]: { active: true, roles: [], isHelpDesk: false } } });
    const happened = it.wait("P1D").approve(P.owner);
    expect(types(happened)).toEqual(["VoteCast", "VoteDiscounted"]);
    expect(it.state.state).toBe("in_approval");
    expect(it.dossier.versions[0]!.votes[0]!.discounted?.why).toContain("iam");
    it.approve(P.iam2);
    expect(it.state.state).toBe("approved");
  });

  test("approver set emptied while pending: it does not hang; next holder, governance, and then it lapses, never approved", () => {
    const it = story().open().submit();
    it.approve(P.owner);
    it.know({
      people: {
        ...PEOPLE,
        [P.iam]: { active: false, roles: [], isHelpDesk: false },
        [P.iam2]: { active: false, roles: [], isHelpDesk: false },
      },
    });
    expect(it.approveRefused(P.governance)).toContain("exceptions.roleNotHeld");
    it.wait("P3D").tick();
    expect(it.state).toMatchObject({ approval: { silence: "next_holder" } });
    it.wait("P3D").tick();
    expect(it.state).toMatchObject({ approval: { silence: "governance" } });
    const governed = it.approve(P.governance);
    expect(types(governed)).toEqual(["VoteCast", "VersionApproved"]);

    const silent = story().open().submit();
    for (let round = 0; round < 3; round++) {
      silent.wait("P3D").tick();
      silent.know({});
    }
    expect(silent.state).toMatchObject({ state: "withdrawn", cause: "silence" });
  });

  test("stateless approval that cannot be refused: an approval is a state others can object to until the start, and end after it", () => {
    const it = story().approved({ requestedFrom: after("P2D") });
    const { contentHash } = it.dossier.versions[0]!;
    it.do({ type: "reject", version: 1, contentHash, onBehalfOf: null, reason: "the terminal is gone" }, by(P.governance));
    expect(it.state).toMatchObject({ state: "rejected", by: P.governance });
    const active = story().active();
    active.do({ type: "revokeNow", reason: "gone" }, by(P.governance));
    expect(active.state.state).toBe("revoking");
  });
});
