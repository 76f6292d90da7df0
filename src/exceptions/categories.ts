/**
 * The eight categories that ship. The table of approvers, owners, terms and reviews is the product's; the numbers it does not
 * give are chosen here, each with its reason, and every organisation may edit all of them within what validatePolicy allows.
 */
import { duration } from "../kernel/time.ts";
import { type CategoryPolicy, GOVERNANCE, HELP_DESK } from "./policy.ts";
import type { ApprovalPlan, Role } from "./version.ts";

const days = (n: number) => duration(`P${n}D`);

/** Joint approval by different people, one for each role. Three days to answer: a weekend must not lapse a request. */
function jointly(...roles: readonly Role[]): ApprovalPlan {
  return { stages: [{ order: 1, roles, rule: { kind: "ALL" }, answerWithin: days(3), ifSilent: "governance" }] };
}

const LADDER: readonly Role[] = [GOVERNANCE, "ciso", "executive"];

const SHARED = {
  version: 1,
  ownerRolesForbidden: [HELP_DESK],
  implementerRoles: ["iam"],
  renewalLadder: LADDER,
  endsWithVendorContract: false,
  maxPerUse: null,
  oneUse: false,
  // Two weeks are enough to ask, be away, and be asked again before the due date.
  reviewAnswerWithin: days(14),
  noResponse: "revoke",
  blastRadiusGrace: null,
  remindBefore: [
    { daysBefore: 30, to: ["owner"] },
    { daysBefore: 14, to: ["owner", "deputy"] },
    { daysBefore: 7, to: ["owner", "deputy", "manager"] },
    { daysBefore: 1, to: ["owner", "deputy", "manager", GOVERNANCE] },
    { daysBefore: 0, to: ["owner", "deputy", "manager", GOVERNANCE] },
  ],
  escalateOverstay: [
    { after: duration("PT1H"), level: "iam_on_call", to: ["iam_on_call"] },
    { after: days(1), level: "ciso", to: ["ciso"] },
    { after: days(7), level: "board", to: ["board"] },
  ],
  escalateReview: [
    { after: days(3), level: "manager", to: ["manager"] },
    { after: days(5), level: "governance", to: [GOVERNANCE] },
  ],
  minCompensatingControls: 1,
  // A control nobody tried for a quarter is a belief.
  controlTestMaxAge: days(90),
  headcountCeiling: 500,
  requiredFields: [],
  triggers: {},
  bulkReviewAllowed: false,
  // Three times the same need is a pattern. A resource gathers more people than a person gathers needs, hence ten and five; two
  // small requests that add up to a refused one are already the refused one.
  repeatLimits: { same: 3, resource: 10, subject: 5, split: 2 },
  // Long enough for a directory that is down over a lunch break, short enough that nobody waits a day for nothing.
  activateWithin: duration("PT4H"),
  answerFromProviderWithin: duration("PT1H"),
  draftIdleFor: days(30),
} as const satisfies Partial<CategoryPolicy>;

const REMOTE: CategoryPolicy = {
  ...SHARED,
  key: "remote_access",
  title: "Remote access",
  ownerRolesAllowed: ["service_owner"],
  reviewerRoles: ["service_owner", "network_security"],
  approvalPlan: jointly("iam", "network_security"),
  maxTerm: days(90),
  maxCumulative: days(180),
  maxRenewals: 1,
  reviewEvery: days(30),
  headcountCeiling: 100,
};

const LEGACY: CategoryPolicy = {
  ...SHARED,
  key: "legacy_application",
  title: "Legacy application",
  ownerRolesAllowed: ["application_owner"],
  reviewerRoles: ["application_owner", GOVERNANCE],
  approvalPlan: jointly("application_owner", "iam"),
  maxTerm: days(180),
  maxCumulative: days(365),
  // 180 + 180 days stay under 365: more than one renewal cannot be a full term anyway.
  maxRenewals: 1,
  reviewEvery: days(90),
  bulkReviewAllowed: true,
};

const DEVICE_CLASS: CategoryPolicy = {
  ...SHARED,
  key: "device_class",
  title: "Device class",
  ownerRolesAllowed: ["endpoint_lead"],
  reviewerRoles: ["endpoint_lead", GOVERNANCE],
  approvalPlan: jointly("endpoint_lead", "iam"),
  maxTerm: days(90),
  maxCumulative: days(270),
  maxRenewals: 2,
  reviewEvery: days(45),
};

const THIRD_PARTY: CategoryPolicy = {
  ...SHARED,
  key: "third_party",
  title: "Third party",
  ownerRolesAllowed: ["sponsor"],
  reviewerRoles: ["sponsor", "vendor_manager"],
  approvalPlan: jointly("sponsor", "vendor_manager", "iam"),
  maxTerm: days(180),
  maxCumulative: days(365),
  maxRenewals: 1,
  endsWithVendorContract: true,
  reviewEvery: days(90),
  requiredFields: ["vendorContract"],
};

const SERVICE_ACCOUNT: CategoryPolicy = {
  ...SHARED,
  key: "service_account",
  title: "Service account",
  ownerRolesAllowed: ["workload_owner"],
  reviewerRoles: ["workload_owner", "security_architecture"],
  approvalPlan: jointly("workload_owner", "security_architecture"),
  maxTerm: days(90),
  maxCumulative: days(365),
  maxRenewals: 3,
  reviewEvery: days(30),
  noResponse: "suspend",
  // A day to find out which operation stops; the register says no from the due date on all the same.
  blastRadiusGrace: days(1),
  requiredFields: ["remediationRef"],
};

const SHARED_WORKSTATION: CategoryPolicy = {
  ...SHARED,
  key: "shared_workstation",
  title: "Shared workstation",
  ownerRolesAllowed: ["site_manager"],
  reviewerRoles: ["site_manager", "endpoint"],
  approvalPlan: jointly("site_operations", "endpoint", "iam"),
  maxTerm: days(180),
  maxCumulative: days(365),
  maxRenewals: 1,
  reviewEvery: days(90),
};

const BREAK_GLASS: CategoryPolicy = {
  ...SHARED,
  key: "break_glass",
  title: "Break-glass",
  ownerRolesAllowed: ["operations_owner"],
  reviewerRoles: ["operations_owner", GOVERNANCE],
  approvalPlan: jointly("operations_owner", GOVERNANCE),
  renewalLadder: ["ciso", "executive"],
  maxTerm: days(90),
  // Four terms; to stand longer it takes a risk acceptance the board sees, which is what a standing back gate deserves.
  maxCumulative: days(360),
  maxRenewals: 3,
  maxPerUse: duration("PT4H"),
  reviewEvery: days(90),
  noResponse: "escalate",
  headcountCeiling: 10,
  requiredFields: ["onCall", "fallbackDependencies"],
};

const RECOVERY_PASS: CategoryPolicy = {
  ...SHARED,
  key: "recovery_pass",
  title: "Recovery pass",
  ownerRolesAllowed: ["manager"],
  reviewerRoles: [GOVERNANCE],
  approvalPlan: {
    stages: [{ order: 1, roles: ["step_up_approver"], rule: { kind: "ALL" }, answerWithin: duration("PT2H"), ifSilent: "governance" }],
  },
  maxTerm: duration("PT8H"),
  maxCumulative: duration("PT8H"),
  maxRenewals: 0,
  oneUse: true,
  reviewEvery: null,
  // Hours, not weeks: a reminder a month before the end of an eight-hour pass would be noise.
  remindBefore: [{ daysBefore: 0, to: ["owner", GOVERNANCE] }],
  headcountCeiling: 1,
  activateWithin: duration("PT1H"),
};

export const DEFAULT_CATEGORIES: readonly CategoryPolicy[] = [
  LEGACY,
  DEVICE_CLASS,
  REMOTE,
  THIRD_PARTY,
  SERVICE_ACCOUNT,
  SHARED_WORKSTATION,
  BREAK_GLASS,
  RECOVERY_PASS,
];
