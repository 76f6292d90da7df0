/** Okta's own evaluation of an access policy, written apart from the connector's: by what a rule says, for somebody of nowhere. */
import type { Json, Org } from "./org.ts";

export interface Simulated {
  readonly policyId: string;
  readonly match: Json & { readonly id: string };
}

/** The rule that catches this person at this application, from no known place and device. */
export function simulate(org: Org, appId: string, userId: string): Simulated | undefined {
  const app = org.apps.find(({ id }) => id === appId);
  const policy = app === undefined ? undefined : org.policies.get(app.policyId);
  const match = policy?.rules
    .filter(({ status }) => status === "ACTIVE")
    .toSorted((a, b) => a.priority - b.priority)
    .find((rule) => matches(org, (rule["conditions"] ?? {}) as Json, userId));
  return policy === undefined || match === undefined ? undefined : { policyId: policy.id, match };
}

interface Listed {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

function matches(org: Org, conditions: Json, userId: string): boolean {
  const { people, ...others } = conditions as { people?: { users?: Listed; groups?: Listed } };
  if (Object.values(others).some((condition) => condition !== undefined && condition !== null)) return false;
  const hasHim = (id: string) => org.groups.get(id)?.members.has(userId) === true;
  const { users = {}, groups = {} } = people ?? {};
  if (users.exclude?.includes(userId) === true || groups.exclude?.some(hasHim) === true) return false;
  const included = [...(users.include ?? []).map((id) => id === userId), ...(groups.include ?? []).map(hasHim)];
  return included.length === 0 || included.includes(true);
}

/** Whether that rule is content with less than phishing resistance. */
export function letsThroughWeakly({ match }: Simulated): boolean {
  const signOn = (match["actions"] as { appSignOn: { access: string; verificationMethod?: { constraints: { possession?: Json }[] } } })
    .appSignOn;
  if (signOn.access === "DENY") return false;
  const constraints = signOn.verificationMethod?.constraints ?? [];
  return constraints.length === 0 || constraints.some(({ possession }) => possession?.["phishingResistant"] !== "REQUIRED");
}
