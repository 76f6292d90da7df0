/** Every bypass that exists in the directory now. */
import { filterValue } from "../ldap/text.ts";
import { type Bypass, ProviderFault } from "../port.ts";
import type { AttributePolicy, GroupPolicy } from "./config.ts";
import { type Context, createLookup, findGroup, groupsBelow, type Lookup, maySearch, readPasswordPolicies } from "./directory.ts";
import {
  bypassKey,
  type ExemptionGroup,
  isPasswordUsable,
  LOCKED,
  missingSubject,
  PASSWORD_ATTRIBUTES,
  type PasswordPolicy,
  passwordStateOf,
  subjectOf,
  SUBJECT_ATTRIBUTES,
  weaknessesOf,
} from "./map.ts";
import { passwordEvidence } from "./read.ts";
import { grantRefOf, waysByPassword } from "./ways.ts";
import type { Instant } from "../../kernel/time.ts";

type Policies = Awaited<ReturnType<typeof readPasswordPolicies>>;

export async function* discover(context: Context): AsyncGenerator<Bypass> {
  const lookup = createLookup(context);
  const policies = await readPasswordPolicies(context);
  for (const policy of context.settings.policies) {
    if (policy.shape === "group") yield* membersOf(context, lookup, policy);
    else yield* openPasswords(context, policies, policy);
  }
  if (policies.standard !== undefined) yield* underWeakerPolicies(context, policies, policies.standard);
}

async function* membersOf(context: Context, lookup: Lookup, policy: GroupPolicy): AsyncGenerator<Bypass> {
  for await (const group of groupsBelow(context, policy.exemptionsBase)) {
    yield* membersIn(lookup, policy, group, "governed_group_member");
  }
  for (const dn of policy.exemptionGroups) {
    const group = await findGroup(context, dn);
    if (group !== undefined) yield* membersIn(lookup, policy, { ...group, ref: undefined }, "ungoverned_exemption");
  }
}

async function* membersIn(
  lookup: Lookup,
  policy: GroupPolicy,
  group: ExemptionGroup,
  form: "governed_group_member" | "ungoverned_exemption",
): AsyncGenerator<Bypass> {
  for await (const { dn, entry } of lookup.entries(group.members)) {
    const subject = entry === undefined ? missingSubject(dn) : subjectOf(entry);
    const grantRef = grantRefOf(group, subject.key);
    yield {
      key: bypassKey.member(policy.key, group.dn, subject.key),
      form,
      policy: policy.key,
      subject,
      object: group.dn,
      ...(grantRef !== undefined && { grantRef }),
      // A name that leads nowhere lets in whoever gets it next; a group lets in whoever is put into it elsewhere.
      critical: entry === undefined || subject.kind === "group",
      evidence: {
        member: dn,
        ...(entry === undefined && { missing: "no entry has this name" }),
        ...(group.modifiedAt !== undefined && { groupLastChanged: group.modifiedAt }),
        ...(group.modifiedBy !== undefined && { groupLastChangedBy: group.modifiedBy }),
      },
    };
  }
}

async function* openPasswords(context: Context, policies: Policies, policy: AttributePolicy): AsyncGenerator<Bypass> {
  const { ldap, settings } = context;
  const base = settings.peopleBase ?? settings.baseDn;
  await demandSearchable(context, base, ["pwdAccountLockedTime", "pwdPolicySubentry", ...attributesIn(policy.mustBePasswordless)]);
  const notes = await notesBySubject(context, policy);
  const presence = await passwordPresence(context, base);
  const enforced = policies.all.filter(({ lockout }) => lockout);
  const filter = `(&${policy.mustBePasswordless}${presence.filter}(!${lockedFor(enforced, policies.standard)}))`;
  const search = { filter, attributes: [...SUBJECT_ATTRIBUTES, ...PASSWORD_ATTRIBUTES], pageSize: settings.pageSize };
  for await (const entry of ldap.search(base, search)) {
    const state = passwordStateOf(entry);
    const passwordPolicy = policies.of(state.policyDn);
    if (!isPasswordUsable(state, passwordPolicy, presence.known, context.now())) continue;
    const subject = subjectOf(entry);
    for (const { key, grantRef } of waysByPassword(policy, subject.key, notes.get(subject.key) ?? new Map(), context.now())) {
      yield {
        key,
        form: "password_usable",
        policy: policy.key,
        subject,
        object: entry.dn,
        ...(grantRef !== undefined && { grantRef }),
        critical: state.isLocked,
        evidence: passwordEvidence(state, passwordPolicy, presence.known),
      };
    }
  }
}

/** Whoever is really held by the lock: by a policy of their own that enforces it, or by the default one if that does. */
function lockedFor(enforced: readonly PasswordPolicy[], standard: PasswordPolicy | undefined): string {
  const own = enforced.map(({ dn }) => `(pwdPolicySubentry=${filterValue(dn)})`);
  const byDefault = standard?.lockout === true ? ["(!(pwdPolicySubentry=*))"] : [];
  return `(&(pwdAccountLockedTime=${LOCKED})(|${[...own, ...byDefault].join("")}))`;
}

async function notesBySubject(context: Context, { exemptionsBase }: AttributePolicy) {
  const bySubject = new Map<string, Map<string, Instant>>();
  for await (const { ref, notes } of groupsBelow(context, exemptionsBase)) {
    if (ref === undefined) continue;
    for (const [key, until] of notes) bySubject.set(key, (bySubject.get(key) ?? new Map<string, Instant>()).set(ref, until));
  }
  return bySubject;
}

/** Where we may not ask who has a password, everybody is taken to have one. */
async function passwordPresence(context: Context, base: string) {
  const someone = await findAnyone(context, base);
  const known = someone !== undefined && (await maySearch(context, someone, "userPassword"));
  return known ? { filter: "(userPassword=*)", known: true } : { filter: "", known: undefined };
}

async function* underWeakerPolicies(context: Context, { all }: Policies, standard: PasswordPolicy): AsyncGenerator<Bypass> {
  await demandSearchable(context, context.settings.peopleBase ?? context.settings.baseDn, ["pwdPolicySubentry"]);
  for (const policy of all) {
    const evidence = weaknessesOf(policy, standard);
    if (policy.dn === standard.dn || Object.keys(evidence).length === 0) continue;
    yield* peopleUnder(context, `(pwdPolicySubentry=${filterValue(policy.dn)})`, evidence, false);
  }
  const known = all.map(({ dn }) => `(pwdPolicySubentry=${filterValue(dn)})`).join("");
  const missing = { pwdPolicySubentry: "names a policy that does not exist: no password policy is enforced" };
  yield* peopleUnder(context, `(&(pwdPolicySubentry=*)(!(|${known})))`, missing, true);
}

async function* peopleUnder(
  { ldap, settings }: Context,
  filter: string,
  evidence: Readonly<Record<string, string>>,
  critical: boolean,
): AsyncGenerator<Bypass> {
  const search = {
    filter: `(&${settings.peopleFilter}${filter})`,
    attributes: [...SUBJECT_ATTRIBUTES, "pwdPolicySubentry"],
    pageSize: settings.pageSize,
  };
  for await (const entry of ldap.search(settings.peopleBase ?? settings.baseDn, search)) {
    const subject = subjectOf(entry);
    const object = entry.text("pwdPolicySubentry") ?? "";
    yield { key: bypassKey.passwordPolicy(object, subject.key), form: "weaker_password_policy", subject, object, critical, evidence };
  }
}

/** Attribute names in a filter. */
function attributesIn(filter: string): readonly string[] {
  return [...filter.matchAll(/\(([A-Za-z][A-Za-z0-9-]*)[~<>:]?=/g)].map(([, name]) => name!);
}

/** Refuses to look with a filter that the server would leave unanswered: finding nothing would be taken for good news. */
async function demandSearchable(context: Context, base: string, attributes: readonly string[]): Promise<void> {
  const someone = await findAnyone(context, base);
  if (someone === undefined) return;
  for (const attribute of new Set(attributes)) {
    if (await maySearch(context, someone, attribute)) continue;
    throw new ProviderFault("denied", `The directory does not let us search ${attribute} below ${base}: bypasses would stay unseen.`);
  }
}

export async function findAnyone({ ldap, settings }: Context, base: string): Promise<string | undefined> {
  for await (const { dn } of ldap.search(base, { filter: settings.peopleFilter, attributes: ["1.1"], pageSize: 1 })) return dn;
  return undefined;
}
