/** Conditional Access policies as they are now, and what they say of one subject. Postern reads them and never writes one. */
import { z } from "zod";

import { ProviderFault } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { applicability, type Known, ORDINARY, type SignIn } from "./evaluate.ts";
import { type Context, errorCode, findOne, itemsOf, pathId, readAs } from "./graph.ts";
import { demandsEnough, demandWords, stateWords } from "./map-governed.ts";
import { type AccessPolicy, isPolicy, policyOf } from "./map-policies.ts";

const PATH = "/identity/conditionalAccess/policies";

/** Graph gives a policy its id, its name and its state, always. What is within, map-policies.ts reads as far as it is known. */
const policy = z
  .looseObject({ id: z.string().min(1), displayName: z.string(), state: z.string(), conditions: z.looseObject({}) })
  .refine(isPolicy)
  .transform((json) => policyOf(json));

const result = z
  .looseObject({ id: z.string().min(1), policyApplies: z.boolean(), analysisReasons: z.string().default("") })
  .transform((json, context) => {
    const read = policy.safeParse(json);
    if (!read.success) context.addIssue({ code: "custom", message: "no policy" });
    return { policy: read.data, applies: json.policyApplies, reasons: json.analysisReasons };
  });

export function policiesOf({ access, settings }: Context): AsyncGenerator<AccessPolicy> {
  return itemsOf(access, PATH, { $top: settings.pageSize }, policy);
}

export function findAccessPolicy({ access }: Context, { policyId }: EntraPolicy): Promise<AccessPolicy | undefined> {
  return findOne(access, `${PATH}/${pathId(policyId)}`, undefined, policy);
}

/** Whether the policy holds the subject to what it demands, and who says so. */
export interface Verdict {
  /** Undefined when there is no such policy any more. */
  readonly policy: AccessPolicy | undefined;
  readonly holds: Known;
  readonly words: string;
}

/** Why Entra ID says a policy does not apply, where that tells of the subject and not of our question. */
const LETS_THROUGH: ReadonlySet<string> = new Set(["users", "policyNotEnabled", "emptyPolicy", "invalidPolicy"]);

/** Asks Entra ID itself; where it may not be asked, the policy as it is read. */
export async function verdictOf(context: Context, governed: EntraPolicy, who: Pick<SignIn, "user" | "groups" | "roles" | "guest">) {
  const answer = await askEntra(context, governed, who.user);
  if (typeof answer !== "string") return answer;
  const read = await verdictByReading(context, governed, who);
  return { ...read, words: `${read.words}; Entra ID did not evaluate it: ${answer}` };
}

/** The same of a group as a whole: Entra ID can be asked about people only. */
export async function verdictByReading(
  context: Context,
  governed: EntraPolicy,
  who: Pick<SignIn, "user" | "groups" | "roles" | "guest">,
): Promise<Verdict> {
  const found = await findAccessPolicy(context, governed);
  if (found === undefined) return gone(governed);
  const { applies, why } = applicability(found, { ...ORDINARY, ...who, application: governed.applicationId });
  return verdictIn(found, applies, `as Postern reads the policy${why.length === 0 ? "" : `: ${why.join(", ")}`}`);
}

/** To apply is not enough: the policy has to be enforced, and to demand two factors at least. */
function verdictIn(policy: AccessPolicy, applies: Known, words: string): Verdict {
  // Entra ID evaluates policies that only report as well: they apply, and hold nobody.
  if (policy.state !== "enabled") return { policy, holds: policy.state === "unknown" ? "unknown" : false, words: stateWords(policy) };
  const enough = demandsEnough(policy);
  if (enough !== true && applies !== false) return { policy, holds: enough, words: demandWords(policy) };
  return { policy, holds: applies, words };
}

/** A verdict, or Graph's name for why there is none. */
async function askEntra(context: Context, governed: EntraPolicy, userId: string): Promise<Verdict | string> {
  const { status, json } = await context.access.send({
    method: "POST",
    path: "/identity/conditionalAccess/evaluate",
    body: {
      signInIdentity: { "@odata.type": "#microsoft.graph.userSignIn", userId },
      signInContext: { "@odata.type": "#microsoft.graph.applicationContext", includeApplications: [governed.applicationId] },
      signInConditions: { clientAppType: "browser", devicePlatform: "windows", signInRiskLevel: "none", userRiskLevel: "none" },
      appliedPoliciesOnly: false,
    },
    repeatable: true,
    expect: [400, 403, 404],
  });
  if (status !== 200) {
    const code = errorCode(json);
    if (code === undefined) throw new ProviderFault("fault", `Graph answered ${status} to an evaluation, without saying why.`);
    return `${status} ${code}`;
  }
  const { value } = readAs(z.object({ value: z.array(result) }), json, "an evaluation of the policies");
  const own = value.filter((one) => one.policy?.id.toLowerCase() === governed.policyId);
  if (own.length > 1) throw new ProviderFault("fault", "Graph gave two verdicts of one policy.");
  const [first] = own;
  if (first?.policy === undefined) return gone(governed);
  const { policy: evaluated, applies, reasons } = first;
  // What an evaluation leaves untold of the demand, the policy itself may tell.
  const found = demandsEnough(evaluated) === true ? evaluated : await findAccessPolicy(context, governed);
  if (found === undefined) return gone(governed);
  if (applies) return verdictIn(found, true, "Entra ID says that the policy applies");
  const tells = reasons.split(",").some((reason) => LETS_THROUGH.has(reason.trim()));
  return verdictIn(found, tells ? false : "unknown", `Entra ID says that the policy does not apply: ${reasons}`);
}

function gone({ title }: EntraPolicy): Verdict {
  return { policy: undefined, holds: "unknown", words: `there is no policy for ${title} any more` };
}
