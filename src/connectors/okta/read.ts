/** The read-back: is our grant there, and does the policy as it stands let the subject through, by whatever way. */
import { type GrantOrder, ProviderFault, type ReadBack } from "../port.ts";
import { mappingAnswer, read as readAnswer, simulationAnswer } from "./answers.ts";
import type { OktaPolicy } from "./config.ts";
import {
  type Context,
  findEveryone,
  findPolicy,
  findUser,
  isDeactivated,
  type Membership,
  membershipOf,
  readPolicy,
  type ReadPolicy,
  UNPAGED,
} from "./directory.ts";
import { type Door, evaluate, goesThrough, type Reached, selectorKey, type Verdict } from "./evaluate.ts";
import { bypassKey, ledgerName, objectOf, shown } from "./map.ts";

export async function read(context: Context, order: GrantOrder): Promise<ReadBack> {
  const readAt = context.now();
  const policy = findPolicy(context, order.policy);
  const unreadable = (evidence: Record<string, string>): ReadBack => ({
    configured: false,
    effective: "unknown",
    otherWays: [],
    evidence,
    readAt,
  });
  if (policy === undefined) return unreadable({ policy: `${order.policy} is not governed` });
  const user = await findUser(context, order.subject.key);
  if (user === undefined)
    return { configured: false, effective: false, otherWays: [], evidence: { subject: "not in Okta any more" }, readAt };
  const membership = await membershipOf(context, policy, order.subject.key);
  const configured = membership.isExempt && membership.ledgers.some(({ ref }) => ref === order.ref);
  const read = await readPolicy(context, policy.policyId, await findEveryone(context));
  if (read === undefined) return { ...unreadable({ policy: `${policy.policyId} is not in Okta any more` }), configured };
  if (read.answer.status !== "ACTIVE") return { ...unreadable({ policy: `${read.answer.name} is switched off` }), configured };
  const verdict = evaluate(read.rules, membership.standing);
  const simulated = await simulate(context, policy, order.subject.key, verdict);
  return {
    configured,
    effective: simulated.contradicts || verdict.resistant === "unknown" ? "unknown" : !verdict.resistant,
    otherWays: waysThrough(policy, read, membership, verdict).filter(({ grantRef }) => grantRef !== order.ref),
    evidence: {
      policy: read.answer.name,
      decidedBy: verdict.why,
      simulation: simulated.words,
      group: ledgerName(order),
      status: isDeactivated(user) ? `${user.status}: told as it is once reactivated` : user.status,
    },
    readAt,
  };
}

type Way = ReadBack["otherWays"][number];

/** The rules that may let the subject through, told as discovery tells them. */
function waysThrough(policy: OktaPolicy, { doors }: ReadPolicy, membership: Membership, { reached }: Verdict): readonly Way[] {
  const ways = reached
    .filter(({ rule }) => rule.demand.resistant !== true)
    .flatMap((one) => {
      const fitting = doors.filter((door) => door.rule.id === one.rule.id && goesThrough(door, membership.standing));
      return fitting.flatMap((door) => waysOf(policy, door, one, membership));
    });
  return [...new Map(ways.map((way) => [way.key, way])).values()];
}

function waysOf(policy: OktaPolicy, { who, rule }: Door, { when }: Reached, { standing, ledgers }: Membership): readonly Way[] {
  if (who.kind === "group" && who.id === policy.exemptionGroupId) {
    if (ledgers.length === 0)
      return [
        {
          key: bypassKey.member(policy.policyId, standing.id),
          words: `In the exemption group of ${policy.title}, and no exception says so`,
        },
      ];
    return ledgers.map(({ ref }) => ({
      key: bypassKey.member(policy.policyId, standing.id, ref),
      words: `Granted by ${ref}`,
      grantRef: ref,
    }));
  }
  const limits = [...rule.circumstances, ...rule.unreadable];
  const words = `Rule "${rule.name}" asks for less${when === "always" ? "" : ` (${limits.join(", ")})`}`;
  return [{ key: bypassKey.rule(policy.policyId, rule.id, selectorKey(who)), words }];
}

interface Simulated {
  readonly contradicts: boolean;
  readonly words: string;
}

/**
 * Okta's own evaluation as a second proof. It is asked without place and device, as ours reckons with all of them: it has to name a rule
 * that ours reached. Where it cannot be asked, that is said, and ours stands alone.
 */
async function simulate(context: Context, policy: OktaPolicy, userId: string, verdict: Verdict): Promise<Simulated> {
  const application = await firstApplication(context, policy);
  if (application === undefined) return { contradicts: false, words: "not asked: no application goes by this policy" };
  const body = { appInstance: application, policyTypes: ["ACCESS_POLICY"], policyContext: { user: { id: userId } } };
  const request = { method: "POST", path: "/api/v1/policies/simulate", body, repeatable: true, expect: [400, 404] } as const;
  const answer = await context.okta.send(request);
  // Not every organisation has it, and not everybody is assigned to that application.
  if (answer.status !== 200)
    return {
      contradicts: false,
      words: `not answered (${answer.status} ${shown(objectOf(answer.json)["errorCode"] ?? "without a reason")})`,
    };
  const evaluations = readAnswer(simulationAnswer, answer.json, "the simulation");
  const matched = evaluations
    .flatMap(({ result }) => result?.policies ?? [])
    .filter(({ id }) => id === policy.policyId)
    .flatMap(({ rules }) => rules ?? [])
    .filter(({ status }) => status === "MATCH");
  const strange = matched.find(({ id }) => !verdict.reached.some(({ rule }) => rule.id === id));
  if (strange !== undefined) return { contradicts: true, words: `names rule ${strange.id}, which does not apply by our reading` };
  if (matched.length === 0) return { contradicts: false, words: "names no rule" };
  return { contradicts: false, words: `agrees: rule ${matched.map(({ id }) => id).join(", ")}` };
}

async function firstApplication({ okta }: Context, { policyId }: OktaPolicy): Promise<string | undefined> {
  for await (const { _links } of okta.list(mappingAnswer, `/api/v1/policies/${encodeURIComponent(policyId)}/mappings`, UNPAGED)) {
    const href = _links.application?.href;
    if (href === undefined) continue;
    if (!URL.canParse(href)) throw new ProviderFault("fault", "Okta gave an application without an address.");
    return decodeURIComponent(new URL(href).pathname.split("/").at(-1)!);
  }
  return undefined;
}
