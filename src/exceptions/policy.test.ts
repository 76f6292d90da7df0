import { describe, expect, test } from "vitest";

import { days, policyOf, START, story } from "../../test/support/exception-story.ts";
import { duration } from "../kernel/time.ts";
import { DEFAULT_CATEGORIES } from "./categories.ts";
import { type CategoryPolicy, planFor, renewalNumber, validatePolicy } from "./policy.ts";

describe("the categories that ship", () => {
  test.each([
    ["legacy_application", ["application_owner", "iam"], "application_owner", "P180D", "P365D", "P90D", "revoke"],
    ["device_class", ["endpoint_lead", "iam"], "endpoint_lead", "P90D", "P270D", "P45D", "revoke"],
    ["remote_access", ["iam", "network_security"], "service_owner", "P90D", "P180D", "P30D", "revoke"],
    ["third_party", ["sponsor", "vendor_manager", "iam"], "sponsor", "P180D", "P365D", "P90D", "revoke"],
    ["service_account", ["workload_owner", "security_architecture"], "workload_owner", "P90D", "P365D", "P30D", "suspend"],
    ["shared_workstation", ["site_operations", "endpoint", "iam"], "site_manager", "P180D", "P365D", "P90D", "revoke"],
    ["break_glass", ["operations_owner", "security_governance"], "operations_owner", "P90D", "P360D", "P90D", "escalate"],
    ["recovery_pass", ["step_up_approver"], "manager", "PT8H", "PT8H", null, "revoke"],
  ] as const)(
    "%s: approved by %j, owned by %s, %s a term, %s in all, reviewed every %s, silence: %s",
    (key, roles, owner, term, all, review, silence) => {
      const policy = policyOf(key);
      expect(policy.approvalPlan.stages.flatMap((stage) => stage.roles)).toEqual(roles);
      expect(policy.approvalPlan.stages.every((stage) => stage.rule.kind === "ALL")).toBe(true);
      expect(policy.ownerRolesAllowed).toEqual([owner]);
      expect([policy.maxTerm, policy.maxCumulative, policy.reviewEvery, policy.noResponse]).toEqual([term, all, review, silence]);
      expect(policy.ownerRolesForbidden).toContain("help_desk");
      expect(validatePolicy(policy)).toEqual([]);
    },
  );

  test("are eight, with different names", () => {
    expect(new Set(DEFAULT_CATEGORIES.map((policy) => policy.key)).size).toBe(8);
    expect(policyOf("break_glass").maxPerUse).toBe("PT4H");
    expect(policyOf("third_party").endsWithVendorContract).toBe(true);
  });
});

describe("a renewal", () => {
  test.each(DEFAULT_CATEGORIES.map((policy) => [policy.key, policy] as const))(
    "of %s needs one approval level more than the one before, however many there are",
    (_, policy) => {
      for (let n = 1; n < 8; n++) {
        expect(planFor(policy, n).stages.length).toBe(planFor(policy, n - 1).stages.length + 1);
        const orders = planFor(policy, n).stages.map((stage) => stage.order);
        expect(orders).toEqual([...orders].sort((a, b) => a - b));
      }
      expect(planFor(policy, 0)).toEqual(policy.approvalPlan);
    },
  );

  test("beyond the ladder asks more people of its last rung", () => {
    const rules = planFor(policyOf("legacy_application"), 5).stages.map((stage) => stage.rule);
    expect(rules.slice(-3)).toEqual([{ kind: "ALL" }, { kind: "QUORUM", n: 2 }, { kind: "QUORUM", n: 3 }]);
  });

  test("is counted over the lineage", () => {
    const lineage = { root: "exc_0" as never, previous: "exc_0" as never, firstGrantedAt: START, renewals: 2, granted: days(1) };
    expect(renewalNumber(story({ lineage }).open().dossier, false)).toBe(3);
    expect(renewalNumber(story().active().dossier, true)).toBe(1);
  });
});

describe("what no policy may say", () => {
  const base = policyOf("legacy_application");
  const [stage] = base.approvalPlan.stages;
  test.each([
    ["that the help desk may own", { ownerRolesForbidden: [] }, "/ownerRolesForbidden"],
    ["that nobody may own", { ownerRolesAllowed: [] }, "/ownerRolesAllowed"],
    ["a role that is both allowed and forbidden", { ownerRolesForbidden: ["help_desk", "application_owner"] }, "/ownerRolesAllowed"],
    ["that nobody reviews", { reviewerRoles: [] }, "/reviewerRoles"],
    ["that the help desk reviews", { reviewerRoles: ["help_desk"] }, "/approvalPlan"],
    ["that nobody approves", { approvalPlan: { stages: [] } }, "/approvalPlan/stages"],
    ["that owners approve alone", { approvalPlan: { stages: [{ ...stage!, roles: ["application_owner"] }] } }, "/approvalPlan/stages"],
    ["that owners may approve alone", { approvalPlan: { stages: [{ ...stage!, rule: { kind: "ANY" } }] } }, "/approvalPlan/stages"],
    ["a stage without roles", { approvalPlan: { stages: [stage!, { ...stage!, roles: [] }] } }, "/approvalPlan/stages/1/roles"],
    ["a role twice in a stage", { approvalPlan: { stages: [{ ...stage!, roles: ["iam", "iam"] }] } }, "/approvalPlan/stages/0/roles"],
    [
      "a quorum of none",
      { approvalPlan: { stages: [stage!, { ...stage!, roles: ["iam"], rule: { kind: "QUORUM", n: 0 } }] } },
      "/approvalPlan/stages/1/rule",
    ],
    [
      "no answer time",
      { approvalPlan: { stages: [{ ...stage!, answerWithin: duration("PT0S") }] } },
      "/approvalPlan/stages/0/answerWithin",
    ],
    ["renewals without more approval", { renewalLadder: [] }, "/renewalLadder"],
    ["no compensating control", { minCompensatingControls: 0 }, "/minCompensatingControls"],
    ["less in all than in one term", { maxCumulative: days(10) }, "/maxCumulative"],
    ["a term of nothing", { maxTerm: duration("PT0S") }, "/maxTerm"],
    ["that silence keeps it, where it is not break-glass", { noResponse: "escalate" }, "/noResponse"],
    ["nobody under the ceiling", { headcountCeiling: 0 }, "/headcountCeiling"],
    ["a version that is not one", { version: 0 }, "/version"],
    ["no repeat limit", { repeatLimits: { ...base.repeatLimits, same: 0 } }, "/repeatLimits"],
  ] as const)("%s", (_, more, at) => {
    const found = validatePolicy({ ...base, ...(more as Partial<CategoryPolicy>) });
    expect(found.map((one) => one.at)).toContain(at);
    expect(found.every((one) => one.code === "exceptions.policyUnsound")).toBe(true);
  });
});
