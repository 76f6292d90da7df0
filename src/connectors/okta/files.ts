/**
 * Policies as the API gives them (`GET /api/v1/policies?type=…&expand=rules`), kept in a file: what they let through is told with no
 * connection, by the same reading of a rule as live.
 */
import { z } from "zod";

import type { Instant } from "../../kernel/time.ts";
import { type Bypass, type BypassSubject, type FileFormat, type FileReading, type SourceFile, UnreadableFile } from "../port.ts";
import { embeddedAnswer, policyAnswer, ruleAnswer } from "./answers.ts";
import { doorsOf, isWhole, type Selector } from "./evaluate.ts";
import { EVERYONE, objectOf, rulesOf } from "./map.ts";
import { bypassOf } from "./map-doors.ts";
import { waysAtEnrolment, waysAtSignOn } from "./map-policies.ts";

const rules = z.array(ruleAnswer);
const exported = policyAnswer.extend({ _embedded: embeddedAnswer.extend({ rules: rules.nullish() }).nullish(), rules: rules.nullish() });
type Exported = z.infer<typeof exported>;

/** The kinds of policies there are; those that say nothing of how people get in are recognised, and left unread. */
const KINDS: ReadonlySet<unknown> = new Set([
  "ACCESS_POLICY",
  "OKTA_SIGN_ON",
  "MFA_ENROLL",
  "PASSWORD",
  "PROFILE_ENROLLMENT",
  "IDP_DISCOVERY",
]);

export const oktaFiles: FileFormat = {
  kind: "okta",
  title: "Policies of Okta (JSON, with their rules)",
  recognises: ({ json }) => policiesIn(json).some((one) => KINDS.has(objectOf(one)["type"]) && typeof objectOf(one)["id"] === "string"),
  read: readOktaFile,
};

function policiesIn(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [json];
}

function readOktaFile({ name, json }: SourceFile, now: Instant): FileReading {
  const parsed = z.array(exported).safeParse(policiesIn(json));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({ at: `/${path.join("/")}`, words: message }));
    throw new UnreadableFile(name, faults);
  }
  const policies = parsed.data;
  return {
    kind: "okta",
    title: `${policies.length} ${policies.length === 1 ? "policy" : "policies"} of Okta`,
    bypasses: policies.filter(({ status }) => status === "ACTIVE").flatMap((policy) => bypassesOf(policy, now)),
    accounts: undefined,
    accountsBehind: ({ kind, key }) => (kind === "user" ? [key] : undefined),
    unknown: [
      "People and groups stand here by their ids: who they are, and who is in a group, the file does not tell.",
      "Which application goes by which policy, and which policies are meant to be strict, the file does not tell.",
      "Temporary access codes and the methods people have enrolled are not in these files.",
      ...policies.flatMap((policy) => unknownOf(policy) ?? []),
    ],
  };
}

function rulesIn({ _embedded: within, rules: beside }: Exported) {
  return (within?.rules ?? beside ?? []).map((rule) => ({ ...rule, changed: rule.lastUpdated }));
}

function bypassesOf(policy: Exported, now: Instant): readonly Bypass[] {
  if (policy.type === "OKTA_SIGN_ON") return waysAtSignOn(policy, rulesIn(policy), undefined);
  if (policy.type === "MFA_ENROLL") return waysAtEnrolment(policy, now, undefined);
  if (policy.type !== "ACCESS_POLICY") return [];
  const bypasses = doorsOf(rulesOf(rulesIn(policy), undefined)).map((door) => bypassOf(policy, door, subjectOf(door.who)));
  return [...new Map(bypasses.map((bypass) => [bypass.key, bypass])).values()];
}

function subjectOf(who: Selector): BypassSubject {
  return who.kind === "everyone" ? EVERYONE : { kind: who.kind, key: who.id, name: who.id };
}

function unknownOf(policy: Exported): string | undefined {
  const { name, type, status } = policy;
  if (status !== "ACTIVE") return `The policy ${name} is switched off: what it would ask of anybody is not in force.`;
  if (type === "MFA_ENROLL") return undefined;
  if (type !== "ACCESS_POLICY" && type !== "OKTA_SIGN_ON") return `The policy ${name} is of a kind that is not read (${type}).`;
  const found = rulesIn(policy);
  if (found.length === 0)
    return `The policy ${name} is in the file without its rules (fetch it with expand=rules): whom it lets through is unknown.`;
  if (type === "ACCESS_POLICY" && !isWhole(rulesOf(found, undefined)))
    return `The policy ${name} has no rule for everybody at its end: not all of its rules are in the file, and more doors may be.`;
  return undefined;
}
