/** What keeps a governed policy from holding those it is for: while it does, no end of an exception closes anything. */
import type { Bypass } from "../port.ts";
import { applicability, type Known, ORDINARY, type SignIn } from "./evaluate.ts";
import { demandOf, grantWords, isAtLeast } from "./map-demands.ts";
import type { AccessPolicy, People } from "./map-policies.ts";

/** The part of a governed policy's configuration that is asked for here. */
interface Governed {
  readonly key: string;
  readonly applicationId: string;
}

export interface Shortfall {
  readonly bypass: Bypass;
  /** For health, after the policy's key. */
  readonly words: string;
}

/** Whether a policy demands two factors at least of whom it applies to. */
export function demandsEnough({ grant }: AccessPolicy): Known {
  const { atLeast, atMost } = demandOf(grant);
  if (isAtLeast(atLeast, "mfa")) return true;
  return isAtLeast(atMost, "mfa") && "unknown";
}

export function shortfallsOf(governed: Governed, policy: AccessPolicy): readonly Shortfall[] {
  const fall = (form: Bypass["form"], part: string, words: string, critical = true) =>
    ofPolicy(governed, policy, { form, part, words, critical });
  const { applies, why } = applicabilityToAnybody(governed, policy);
  const enough = demandsEnough(policy);
  const conditions = why.join(", ");
  // Which applications belong to a suite, or fit a filter, only Microsoft knows: each reading asks.
  const isOfApplication = conditions === "applications";
  return [
    ...(policy.state === "enabled" ? [] : [fall("policy_not_enforced", "state", stateWords(policy))]),
    ...(applies === false ? [fall("policy_not_enforced", "scope", `the policy does not apply to an ordinary sign-in: ${conditions}`)] : []),
    ...(applies === "unknown"
      ? [
          fall(
            "policy_not_enforced",
            "scope",
            `whether the policy applies to an ordinary sign-in is unknown: ${conditions}`,
            !isOfApplication,
          ),
        ]
      : []),
    ...(enough === true ? [] : [fall("policy_demands_less", "grant", demandWords(policy))]),
  ];
}

export function stateWords({ state }: AccessPolicy): string {
  return state === "unknown" ? "the policy is in a state that Postern does not know" : `the policy is ${state.replace("_", " ")}`;
}

export function demandWords(policy: AccessPolicy): string {
  const controls = grantWords(policy.grant);
  if (demandsEnough(policy) === "unknown") return `whether the policy demands a second factor is unknown: ${controls}`;
  return `the policy demands no second factor: ${controls}`;
}

const EVERYBODY: People = { users: ["All"], groups: [], roles: [], guests: [], guestTenants: undefined };
const NOBODY: People = { ...EVERYBODY, users: [] };

/** Whom it is for aside, which is the policy's own business: whether it applies to how one ordinarily signs in. */
function applicabilityToAnybody({ applicationId }: Governed, policy: AccessPolicy) {
  const signIn: SignIn = { ...ORDINARY, user: "", groups: new Set(), roles: new Set(), guest: "no", application: applicationId };
  return applicability({ ...policy, include: EVERYBODY, exclude: NOBODY }, signIn);
}

/** Under the key that it has where it is found by the rules for all policies. */
function ofPolicy(
  { key }: Governed,
  { id, name, state, grant }: AccessPolicy,
  { form, part, words, critical }: Pick<Bypass, "form" | "critical"> & { readonly part: string; readonly words: string },
): Shortfall {
  const bypass: Bypass = {
    key: `policy:${id}:${part}`,
    form,
    policy: key,
    subject: { kind: "everyone", key: `policy:${id}`, name: `whom ${name} is for` },
    object: name,
    critical,
    evidence: { policyId: id, state, demands: grantWords(grant), flaw: words },
  };
  return { bypass, words };
}
