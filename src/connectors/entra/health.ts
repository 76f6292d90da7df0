/** Whether Graph can be reached and lets us do what we have to, and whether what we govern is set up as it has to be. */
import { epochMs } from "../../kernel/time.ts";
import { type Health, ProviderFault } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { countGroups } from "./exemptions.ts";
import type { Context } from "./graph.ts";
import { flawOf } from "./map.ts";
import { shortfallsOf } from "./map-governed.ts";
import type { AccessPolicy } from "./map-policies.ts";
import { permissionsOf, TOO_MUCH } from "./permissions.ts";
import { findAccessPolicy } from "./policies.ts";
import { findGroup } from "./subjects.ts";

export async function health(context: Context): Promise<Health> {
  const { settings } = context;
  const total = settings.policies.length;
  try {
    const { roles } = await context.tokens.get();
    const skew = await clockSkewMs(context);
    const unreadable: string[] = [];
    const flaws: string[] = [];
    for (const policy of settings.policies) {
      const found = await flawsOf(context, policy);
      if (found.unreadable !== undefined) unreadable.push(found.unreadable);
      flaws.push(...found.flaws);
    }
    const sound = total - new Set(flaws.map((flaw) => flaw.split(":")[0])).size;
    const groups = await groupsMade(context);
    const tooMuch = TOO_MUCH.filter((name) => roles?.has(name) === true);
    return {
      reachable: true,
      words: [
        `Entra ID tenant ${settings.tenantId}: ${sound} of ${total} governed policies as they have to be`,
        ...flaws,
        ...(groups === undefined || groups < MANY_GROUPS || groups > MOST_GROUPS ? [] : [manyGroupsWords(groups)]),
        ...(tooMuch.length === 0 ? [] : [`the application may do more than it needs: take ${tooMuch.join(", ")} away`]),
      ].join("; "),
      permissions: permissionsOf(settings, roles),
      ...(skew !== undefined && { clockSkewMs: skew }),
      coverage: [{ of: "governed policies and their pools", total, readable: total - unreadable.length, unreadable }],
    };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions: [] };
  }
}

/** Of all objects that an application may make without an exempt role; of the deleted ones, which count too, health sees nothing. */
const MOST_GROUPS = 250;
const MANY_GROUPS = 200;

function manyGroupsWords(groups: number): string {
  return `${groups} groups of Postern's are in the tenant, of the ${MOST_GROUPS} objects that the application may make, deleted ones among them: delete those that are in no group, and for good`;
}

/** Undefined where groups may not be read. More than may be made: the limit does not hold here. */
async function groupsMade(context: Context): Promise<number | undefined> {
  try {
    return await countGroups(context, MOST_GROUPS + 1);
  } catch (error) {
    if (error instanceof ProviderFault && error.kind === "denied") return undefined;
    throw error;
  }
}

/** The Date header tells whole seconds: less than one is nothing. */
async function clockSkewMs({ graph, now }: Context): Promise<number | undefined> {
  const { headers } = await graph.send({ method: "GET", path: "/users", query: { $top: 1, $select: "id" }, expect: [403] });
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(theirs)) return undefined;
  const difference = theirs - epochMs(now());
  return Math.abs(difference) < 1000 ? 0 : difference;
}

interface Flaws {
  /** Set where the policy or its pool cannot be read. */
  readonly unreadable?: string;
  readonly flaws: readonly string[];
}

async function flawsOf(context: Context, policy: EntraPolicy): Promise<Flaws> {
  try {
    const pool = await findGroup(context, policy.poolId);
    const read = await findAccessPolicy(context, policy);
    const flaw = pool && flawOf(pool);
    const flaws = [
      ...(flaw === undefined ? [] : [`${policy.key}: the pool ${flaw}`]),
      ...(read === undefined ? [] : flawsIn(policy, read)),
    ];
    const gone = Object.entries({ pool, policy: read }).flatMap(([what, found]) => (found === undefined ? [what] : []));
    const unreadable = gone.map((what) => `${policy.key}: the ${what} does not exist`);
    return unreadable.length === 0 ? { flaws } : { flaws: [...unreadable, ...flaws], unreadable: unreadable.join("; ") };
  } catch (error) {
    if (error instanceof ProviderFault && error.kind === "denied") {
      const unreadable = `${policy.key}: may not be read`;
      return { flaws: [unreadable], unreadable };
    }
    throw error;
  }
}

function flawsIn(governed: EntraPolicy, policy: AccessPolicy): string[] {
  const { key, poolId } = governed;
  return [
    ...(policy.exclude.groups.some((id) => id.toLowerCase() === poolId) ? [] : [`${key}: the policy does not exclude the pool`]),
    ...shortfallsOf(governed, policy).flatMap(({ bypass, words }) => (bypass.critical ? [`${key}: ${words}`] : [])),
  ];
}
