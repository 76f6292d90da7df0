/** The read-back: what our grant is in the realm now, and whether the realm's own rules let the subject through, by whatever way. */
import { z } from "zod";

import type { GrantOrder, ReadBack } from "../port.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, findPolicy, roleText } from "./context.ts";
import { flowOfPolicy } from "./discover.ts";
import { type PersonFacts, verdictOf, waysIn } from "./evaluate.ts";
import type { ExemptingRole } from "./exemptions.ts";
import { bypassKey, grantRefOf, wordsOf } from "./holders.ts";
import { type Holding, holdingsOf } from "./holdings.ts";
import type { Flow } from "./map-flow.ts";
import { rolesIn, wordsOf as wordsOfWay } from "./map-findings.ts";
import { findRole } from "./realm-facts.ts";
import { group, type KeycloakRole, role, user } from "./shapes.ts";

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
  const otherWays = effective.value === true && holdings.length === 0 ? [wayOfFlow(flow)] : ways;
  return {
    configured,
    effective: effective.value,
    otherWays,
    evidence: { flow: flow.alias, letsInWith: effective.words, role: roleText(context, policy) },
    readAt: context.now(),
  };
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
  const ways = waysIn(flow, await factsAbout(context, flow, userId));
  if (ways === undefined) return { value: "unknown", words: "more ways than can be told apart" };
  const verdicts = ways.map(verdictOf);
  const words = ways.length === 0 ? "no way in" : ways.map(wordsOfWay).join("; ");
  if (verdicts.includes("weak")) return { value: true, words };
  return { value: verdicts.includes("unknown") ? "unknown" : false, words };
}

/** Whatever is asked for may have been set up by the time of a sign-in: what the person has now is not looked at. */
async function factsAbout(context: Context, flow: Flow, userId: string): Promise<PersonFacts> {
  const { realm } = context;
  const id = encodeURIComponent(userId);
  const roles = new Map<string, { readonly exists: boolean; readonly held: boolean }>();
  for (const name of rolesIn(flow)) {
    const asked = await findRole(context, name);
    roles.set(name, { exists: asked !== undefined, held: asked !== undefined && (await hasRole(context, id, asked)) });
  }
  const person = await realm.get(`/users/${id}`, user);
  const groups: string[] = [];
  for await (const each of realm.list(`/users/${id}/groups`, group, { briefRepresentation: false }))
    groups.push(...attributeTexts(each.attributes));
  const own = attributeTexts(person.attributes);
  return {
    roleExists: (name) => roles.get(name)?.exists,
    hasRole: (name) => roles.get(name)?.held,
    attribute: (name, withGroups) => valuesIn(withGroups ? [...own, ...groups] : own, name),
    hasSetUp: () => undefined,
  };
}

function valuesIn(texts: readonly string[], name: string): readonly string[] {
  return texts.filter((text) => text.startsWith(`${name}=`)).map((text) => text.slice(name.length + 1));
}

function attributeTexts(attributes: Readonly<Record<string, readonly string[]>> = {}): readonly string[] {
  return Object.entries(attributes).flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
}

async function hasRole(
  { realm }: Context,
  userId: string,
  asked: KeycloakRole & { readonly container: string | undefined },
): Promise<boolean> {
  const where = asked.container === undefined ? "realm" : `clients/${asked.container}`;
  const effective = await realm.get(`/users/${userId}/role-mappings/${where}/composite`, z.array(role));
  return effective.some(({ id }) => id === asked.id);
}
