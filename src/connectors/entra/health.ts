/** Whether Graph can be reached and lets us do what we have to, and whether what we govern is set up as it has to be. */
import { epochMs } from "../../kernel/time.ts";
import { type Health, ProviderFault } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import type { Context } from "./graph.ts";
import { flawOf } from "./map.ts";
import { permissionsOf, TOO_MUCH } from "./permissions.ts";
import { findAccessPolicy } from "./policies.ts";
import { findGroup } from "./subjects.ts";

export async function health(context: Context): Promise<Health> {
  const { settings } = context;
  try {
    const { roles } = await context.tokens.get();
    const skew = await clockSkewMs(context);
    const flaws: string[] = [];
    for (const policy of settings.policies) flaws.push(...(await flawsOf(context, policy)));
    const sound = settings.policies.length - new Set(flaws.map((flaw) => flaw.split(":")[0])).size;
    const tooMuch = TOO_MUCH.filter((name) => roles?.has(name) === true);
    return {
      reachable: true,
      words: [
        `Entra ID tenant ${settings.tenantId}: ${sound} of ${settings.policies.length} governed policies as they have to be`,
        ...flaws,
        ...(tooMuch.length === 0 ? [] : [`the application may do more than it needs: take ${tooMuch.join(", ")} away`]),
      ].join("; "),
      permissions: permissionsOf(settings, roles),
      ...(skew !== undefined && { clockSkewMs: skew }),
    };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: error.message, permissions: [] };
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

async function flawsOf(context: Context, policy: EntraPolicy): Promise<readonly string[]> {
  try {
    const pool = await findGroup(context, policy.poolId);
    const read = await findAccessPolicy(context, policy);
    const flaw = pool === undefined ? undefined : flawOf(pool);
    const excludes = read?.exclude.groups.some((id) => id.toLowerCase() === policy.poolId);
    return [
      ...(pool === undefined ? [`${policy.key}: the pool does not exist`] : []),
      ...(flaw === undefined ? [] : [`${policy.key}: the pool ${flaw}`]),
      ...(read === undefined ? [`${policy.key}: the policy does not exist`] : []),
      ...(excludes === false ? [`${policy.key}: the policy does not exclude the pool`] : []),
      ...(read !== undefined && read.state !== "enabled" ? [`${policy.key}: the policy is ${read.state.replace("_", " ")}`] : []),
    ];
  } catch (error) {
    if (error instanceof ProviderFault && error.kind === "denied") return [`${policy.key}: may not be read`];
    throw error;
  }
}
