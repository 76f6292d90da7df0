/** The read-back: what our grant is in the realm now, and whether the realm's own rules let the subject through, by whatever way. */
import { z } from "zod";

import type { GrantOrder, ReadBack } from "../port.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, findPolicy, roleText } from "./context.ts";
import { flowOfPolicy } from "./discover.ts";
import { SECURITY_KEY, verdictOf, waysIn, waysWithoutKey } from "./evaluate.ts";
import type { ExemptingRole } from "./exemptions.ts";
import { bypassKey, grantRefOf, wordsOf } from "./holders.ts";
import { type Holding, holdingsOf } from "./holdings.ts";
import { authenticatorsIn, type Flow } from "./map-flow.ts";
import { letsPeopleIn } from "./map-beside.ts";
import { registersKeys, wordsOf as wordsOfWay } from "./map-findings.ts";
import { factsAbout } from "./person-facts.ts";
import { readFlow } from "./realm-facts.ts";
import { credential, identityProvider, link, requiredAction, user } from "./shapes.ts";

type Way = ReadBack["otherWays"][number];

export async function read(context: Context, order: GrantOrder): Promise<ReadBack> {
  const policy = findPolicy(context, order.policy);
  const nothing = { configured: false, otherWays: [], evidence: {}, readAt: context.now() };
  if (policy === undefined) return { ...nothing, effective: "unknown" };
  const id = encodeURIComponent(order.subject.key);
  const found = await context.realm.find(`/users/${id}`, user);
  if (found === undefined) return { ...nothing, effective: false, evidence: { user: "not in the realm" } };
  const flow = await flowOfPolicy(context, policy);
  const effective = await effectiveFor(context, flow, order.subject.key);
  const holdings = await holdingsOf(context, policy, order.subject);
  const isOurs = (holding: ExemptingRole) => grantRefOf(holding, order.subject.key) === order.ref;
  const configured = holdings.some(({ holding }) => isOurs(holding));
  const ways = holdings.filter(({ holding }) => !isOurs(holding)).map((each) => wayOf(policy, each));
  const ownWays = effective.value === true && holdings.length === 0 ? [wayOfFlow(flow)] : ways;
  const besideIt = await waysByProviders(context, order.subject.key);
  return {
    configured,
    // A door beside the flow tells nothing of a flow that nobody knows.
    effective: effective.value === "unknown" ? "unknown" : besideIt.length > 0 || effective.value,
    otherWays: [...ownWays, ...besideIt],
    evidence: { flow: flow.alias, letsInWith: effective.words, role: roleText(context, policy) },
    readAt: context.now(),
  };
}

/** Identity providers the person is linked to, and whoever they let in is not asked for what the flow demands. */
async function waysByProviders(context: Context, userId: string): Promise<readonly Way[]> {
  const { realm } = context;
  const ways: Way[] = [];
  for (const { identityProvider: alias } of await realm.get(`/users/${encodeURIComponent(userId)}/federated-identity`, z.array(link))) {
    const found = await realm.find(`/identity-provider/instances/${encodeURIComponent(alias)}`, identityProvider);
    if (found === undefined || !letsPeopleIn(found)) continue;
    const { postBrokerLoginFlowAlias: flow } = found;
    if (flow && (await effectiveFor(context, await readFlow(realm, flow), userId)).value === false) continue;
    ways.push({ key: `identity-provider|${alias}`, words: `They may sign in through ${alias}, which asks for what it wants to` });
  }
  return ways;
}

function wayOf(policy: KeycloakPolicy, { holding, holder }: Holding): Way {
  const grantRef = grantRefOf(holding, holder.key);
  return { key: bypassKey(policy, holding, holder.key), words: wordsOf(holding, holder), ...(grantRef !== undefined && { grantRef }) };
}

function wayOfFlow({ alias }: Flow): Way {
  return { key: `flow|${alias}`, words: `The flow ${alias} itself lets them in` };
}

interface Effective {
  readonly value: ReadBack["effective"];
  readonly words: string;
}

/** Evaluates the flow for this person: their roles and attributes are the realm's own answer, not ours. */
export async function effectiveFor(context: Context, flow: Flow, userId: string): Promise<Effective> {
  const facts = await factsAbout(context, flow, userId);
  const whenSetUp = waysIn(flow, facts);
  const now = (await isToRegisterKey(context, flow, userId)) ? waysWithoutKey(flow, facts) : [];
  const ways = whenSetUp && now && [...whenSetUp, ...now];
  if (ways === undefined) return { value: "unknown", words: "more ways than can be told apart" };
  const verdicts = ways.map(verdictOf);
  const words = ways.length === 0 ? "no way in" : ways.map(wordsOfWay).join("; ");
  if (verdicts.includes("weak")) return { value: true, words };
  return { value: verdicts.includes("unknown") ? "unknown" : false, words };
}

/** Whether the flow asks for a security key that this person does not have, and would let them register one. */
async function isToRegisterKey({ realm }: Context, flow: Flow, userId: string): Promise<boolean> {
  if (!authenticatorsIn(flow).some(({ step, inForce }) => inForce && step.provider === SECURITY_KEY)) return false;
  if (!registersKeys(await realm.get("/authentication/required-actions", z.array(requiredAction)))) return false;
  const credentials = await realm.get(`/users/${encodeURIComponent(userId)}/credentials`, z.array(credential));
  return !credentials.some(({ type }) => type === "webauthn");
}
