/** Doors beside the access policies: the global session, the enrolment of authenticators, temporary codes. Pure. */
import type { Instant } from "../../kernel/time.ts";
import type { Bypass, BypassForm, BypassSubject } from "../port.ts";
import { bypassKey, EVERYONE, listOf, objectOf, peopleOf, type RawRule, shown } from "./map.ts";

export interface RawPolicy {
  readonly id: string;
  readonly name: string;
  readonly conditions?: Readonly<Record<string, unknown>> | null | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Rules of the global session policy that ask for no second factor. What an application's own policy asks comes on top. */
export function waysAtSignOn(policy: RawPolicy, rules: readonly RawRule[], everyone: string | undefined): readonly Bypass[] {
  const open = rules.filter(({ status, actions }) => {
    const { access, requireFactor } = objectOf(actions?.["signon"]);
    return status !== "INACTIVE" && access !== "DENY" && requireFactor !== true;
  });
  return open.flatMap((rule) => {
    const { primaryFactor, access } = objectOf(rule.actions?.["signon"]);
    const evidence = {
      rule: rule.name,
      access: shown(access ?? "not said"),
      primaryFactor: shown(primaryFactor ?? "not said"),
      requireFactor: "not true",
    };
    return subjectsOf(policy, everyone).map((subject) =>
      bypass("policy_demands_less", policy, rule.id, subject, evidence, access !== "ALLOW"),
    );
  });
}

/** Authenticators whose enrolment may be put off: until then a person signs in without. */
export function waysAtEnrolment(policy: RawPolicy, now: Instant, everyone: string | undefined): readonly Bypass[] {
  return listOf(objectOf(policy.settings)["authenticators"]).flatMap((authenticator) => {
    const grace = objectOf(objectOf(authenticator["enroll"])["gracePeriod"]);
    const { type, expiry, skipCount } = grace;
    if (type === undefined || (type === "BY_DATE_TIME" && typeof expiry === "string" && isOver(expiry, now))) return [];
    const key = shown(authenticator["key"] ?? "unnamed");
    const until =
      type === "BY_SKIP_COUNT"
        ? `${shown(skipCount ?? "any number of")} times`
        : shown(expiry ?? `${shown(type)}, which is not understood`);
    const evidence = { authenticator: key, mayBePutOff: until };
    const isUnclear = type !== "BY_SKIP_COUNT" && expiry === undefined;
    return subjectsOf(policy, everyone).map((subject) => bypass("enrolment_open", policy, key, subject, evidence, isUnclear));
  });
}

/** As Okta writes it, in UTC with milliseconds, an instant sorts as text; written otherwise it is taken to be open. */
function isOver(expiry: string, now: Instant): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(expiry) && expiry <= now;
}

function subjectsOf({ conditions }: RawPolicy, everyone: string | undefined): readonly BypassSubject[] {
  const { groups } = peopleOf(objectOf(conditions?.["people"]), everyone);
  return groups.length === 0 ? [EVERYONE] : groups.map((id) => ({ kind: "group", key: id, name: `group ${id}` }));
}

function bypass(
  form: BypassForm,
  policy: RawPolicy,
  part: string,
  subject: BypassSubject,
  evidence: Bypass["evidence"],
  critical: boolean,
): Bypass {
  const key = bypassKey.rule(policy.id, part, `${subject.kind}:${subject.key}`);
  return { key, form, subject, object: `${policy.name} (${policy.id})`, critical, evidence };
}

/** Codes that an administrator hands out: whoever has one gets in. Which are out now no list of Okta's tells at once. */
export function temporaryCodes(authenticator: {
  readonly [key: string]: unknown;
  readonly id: string;
  readonly key: string;
  readonly status: string;
}): readonly Bypass[] {
  if (authenticator.key !== "tac" || authenticator.status !== "ACTIVE") return [];
  const { maxTtl, multiUseAllowed } = objectOf(objectOf(authenticator["provider"])["configuration"]);
  const evidence = { authenticator: "tac", minutesAtMost: shown(maxTtl ?? "not said"), usableAgain: shown(multiUseAllowed ?? "not said") };
  return [
    {
      key: `authenticator/${authenticator.id}`,
      form: "temporary_pass",
      subject: EVERYONE,
      object: `authenticator ${authenticator.id}`,
      critical: multiUseAllowed === true,
      evidence,
    },
  ];
}
