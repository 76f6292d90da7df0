/** Whether whoever gets past one policy gets in, or is held by others all the same. */
import { applicability, holds, type SignIn } from "./evaluate.ts";
import { demandOf, isAtLeast } from "./map-demands.ts";
import { type Exclusion, isPlaceholder } from "./map-exclusions.ts";
import type { AccessPolicy, People } from "./map-policies.ts";
import type { Tenant } from "./map-tenant.ts";

const NOBODY: People = { users: [], groups: [], roles: [], guests: [], guestTenants: undefined };

/** A sign-in nobody knows anything about: what holds it for certain holds every one. */
const ANY: SignIn = {
  user: "",
  groups: undefined,
  roles: undefined,
  guest: undefined,
  application: undefined,
  clientApp: undefined,
  platform: undefined,
  locations: undefined,
  device: undefined,
  risks: undefined,
  transfer: undefined,
};

/** Somebody whom an exclusion lets past. */
interface Passer {
  readonly signIn: SignIn;
  /** What they are members of for certain; of others that they may be in nobody told. */
  readonly among: Partial<Pick<SignIn, "groups" | "roles">>;
}

/** Policies that hold everybody, however they sign in, to what cannot be phished, and leave out nothing but people. */
export function catchAllsOf({ policies }: Pick<Tenant, "policies">): readonly AccessPolicy[] {
  return (policies ?? []).filter((policy) => isStrong(policy) && coversForCertain(policy, { signIn: ANY, among: {} }));
}

function isStrong({ state, grant }: AccessPolicy): boolean {
  return state === "enabled" && isAtLeast(demandOf(grant).atLeast, "phishing_resistant");
}

/** The people left out apart. */
function coversForCertain(policy: AccessPolicy, { signIn, among }: Passer): boolean {
  return applicability({ ...policy, exclude: NOBODY }, { ...signIn, ...among }).applies === true;
}

function holdsForCertain(policy: AccessPolicy, passer: Passer): boolean {
  const { user } = passer.signIn;
  const mayBeNamed = user === "" && policy.exclude.users.length > 0;
  return !mayBeNamed && holds(policy.exclude, passer.signIn) === false && coversForCertain(policy, passer);
}

/**
 * Whether an exclusion lets anybody in who is not held elsewhere. Where there is a catch-all, whoever gets in gets past that one: by
 * whom it leaves out, which is told of it. So no other policy's exclusion lets in anybody more. Of a catch-all itself, and where there
 * is none, all whom the exclusion is for have to be held by others for certain.
 */
export function lettingIn(tenant: Tenant): (policy: AccessPolicy, exclusion: Exclusion) => boolean {
  const catchAlls = catchAllsOf(tenant);
  const strong = (tenant.policies ?? []).filter(isStrong);
  const groupsOf = groupsByUser(tenant);
  return (policy, exclusion) => {
    if (policy.state === "disabled" || policy.state === "report_only") return false;
    // Applications that sign in as themselves are nobody whom a policy for people holds.
    if (policy.workloads.include.length > 0) return true;
    if (catchAlls.length > 0 && !catchAlls.includes(policy)) return false;
    const others = strong.filter((other) => other !== policy);
    if (others.length === 0) return true;
    return !behind(tenant, exclusion, groupsOf).every((who) => others.some((other) => holdsForCertain(other, who)));
  };
}

/** One after the other: a group may have a hundred thousand members, and the first tells most of the time. */
function behind(tenant: Tenant, { condition, value }: Exclusion, groupsOf: GroupsOf): IteratorObject<Passer> {
  const key = value.toLowerCase();
  const members = condition === "excludeGroups" ? (tenant.groups.get(key)?.members ?? []) : [];
  if (members.length > 0) return members.values().map((user) => passer(user, groupsOf(user), new Set([key])));
  if (condition === "excludeUsers" && !isPlaceholder(value) && !MANY.has(key)) return [passer(value, groupsOf(value), new Set())].values();
  if (condition === "excludeGroups") return [{ signIn: ANY, among: { groups: new Set([key]) } }].values();
  if (condition === "excludeRoles") return [{ signIn: ANY, among: { roles: new Set([key]) } }].values();
  return [{ signIn: ANY, among: {} }].values();
}

const MANY: ReadonlySet<string> = new Set(["all", "guestsorexternalusers"]);

function passer(user: string, groups: ReadonlySet<string> | undefined, told: ReadonlySet<string>): Passer {
  return { signIn: { ...ANY, user, groups }, among: { groups: groups ?? told } };
}

type GroupsOf = (user: string) => ReadonlySet<string> | undefined;

/** Undefined unless the members of every group that a policy names are known. */
function groupsByUser({ policies = [], groups }: Tenant): GroupsOf {
  const named = (policies ?? []).flatMap(({ include, exclude }) => [...include.groups, ...exclude.groups]);
  if (named.some((id) => groups.get(id.toLowerCase())?.members === undefined)) return () => undefined;
  const byUser = new Map<string, Set<string>>();
  for (const [id, { members = [] }] of groups) {
    for (const user of members) byUser.set(user.toLowerCase(), (byUser.get(user.toLowerCase()) ?? new Set()).add(id));
  }
  return (user) => byUser.get(user.toLowerCase()) ?? new Set();
}
