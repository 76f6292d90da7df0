/** The kinds of things the journal is about, and what happened to them, as people say it. */
import { titleWords } from "../../words.ts";

export const KIND_WORDS = {
  exception: "Exception",
  bypass: "Bypass",
  person: "Person",
  team: "Team",
  delegation: "Delegation",
  passkey: "Passkey",
  invitation: "Invitation",
  companyAccount: "Company account",
  connection: "Connection",
  drift: "Drift",
  policy: "Policy",
  designIssue: "Design issue",
  riskAcceptance: "Risk acceptance",
  finding: "Finding",
  journey: "Way in",
  rota: "Rota",
  application: "Application",
  deviceClass: "Device class",
  vendor: "Vendor",
  component: "Component",
  commonCause: "Common cause",
  operation: "Operation",
  organisation: "Organisation",
  ruleSet: "Rule set",
} as const;

/** Types whose own name says too little beside the kind. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  "passkey signed": "Decision signed",
  "passkey signedIn": "Signed in",
  "passkey registered": "Passkey registered",
  "passkey suspended": "Passkey suspended",
  "passkey removed": "Passkey removed",
  "invitation invited": "Invited",
  "invitation accepted": "Invitation accepted",
  "invitation revoked": "Invitation withdrawn",
  "connection connected": "Provider connected",
  "connection removed": "Connection removed",
  "companyAccount connected": "Company account connected",
  "companyAccount signedIn": "Signed in through the company",
  "companyAccount disconnected": "Company account disconnected",
  "drift driftSeen": "Change behind Postern's back seen",
  "bypass bypassChanged": "What the provider shows of the bypass changed",
  "bypass bypassTraced": "Who made the bypass became known",
  "bypass bypassUncovered": "Nobody answers for the bypass any more",
};

/** What may be looked for: the types people ask about, by kind. Others are found by their subject. */
const ASKED_FOR: readonly (readonly [kind: keyof typeof KIND_WORDS, types: readonly string[]])[] = [
  [
    "exception",
    [
      "VersionSubmitted",
      "VoteCast",
      "VersionApproved",
      "VersionRejected",
      "Activated",
      "RevocationBegun",
      "RevocationFailed",
      "Closed",
      "Reopened",
      "ReviewDecided",
      "ReviewMissed",
      "EscalationRaised",
    ],
  ],
  ["bypass", ["bypassFound", "bypassClaimed", "bypassEscalated", "bypassRemoved"]],
  ["passkey", ["registered", "signedIn", "signed", "removed"]],
  ["invitation", ["invited", "accepted", "revoked"]],
  ["connection", ["connected", "secretRotated", "removed"]],
  ["policy", ["policyEdited"]],
  ["ruleSet", ["rulesPut", "rulesProposed", "rulesRetired"]],
  ["person", ["personAdded", "rolesChanged", "personLeft", "personReturned"]],
];

/** `VersionSubmitted` → `Version submitted`. */
export function eventWords(kind: string, type: string): string {
  return TYPE_WORDS[`${kind} ${type}`] ?? titleWords(type.replaceAll(/(?<=[a-z])([A-Z])/g, " $1").toLowerCase());
}

export function kindWords(kind: string): string {
  return (KIND_WORDS as Readonly<Record<string, string>>)[kind] ?? titleWords(kind);
}

export const KIND_OPTIONS = Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }));

/** The types to choose from, as `kind type`: a type's name alone may be that of two kinds. */
export const TYPE_OPTIONS = ASKED_FOR.flatMap(([kind, types]) =>
  types.map((type) => ({ kind, type, value: `${kind} ${type}`, label: eventWords(kind, type) })),
);
