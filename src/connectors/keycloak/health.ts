/** Whether the realm can be reached and lets us do what we have to. Rights are found by trying what does no harm. */
import { z } from "zod";

import { epochMs } from "../../kernel/time.ts";
import { type Coverage, coverageOf, type Health, type Permission, ProviderFault } from "../port.ts";
import { type Context, exemptionsOf, findClient, roleText } from "./context.ts";
import { type Right, RIGHTS } from "./permissions.ts";
import { findRole, readSettings } from "./realm-facts.ts";
import { client, eventsConfig, identityProvider, role, user } from "./shapes.ts";

/** It contains nothing and is given to nobody. Made and taken away again at once. */
const PROBE = { name: "postern-permission-check" };

export async function health(context: Context): Promise<Health> {
  const { settings, realm } = context;
  try {
    // Who is not let in at all lacks no right in particular.
    await realm.ourselves();
    const permissions: Permission[] = [];
    for (const { tries, permission } of RIGHTS) permissions.push(withHeld(permission, await isHeld(context, tries)));
    const coverage = await coverageIn(context);
    return { reachable: true, words: await wordsOf(context), permissions, ...skewOf(context, realm.lastDate()), coverage };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return { reachable: false, words: `${settings.realm}: ${error.message}`, permissions: [] };
  }
}

/** The server leaves out of its lists what may not be seen, so what is governed is asked for by name. */
async function coverageIn(context: Context): Promise<readonly Coverage[]> {
  const { policies, exemptionsClient } = context.settings;
  const applications = policies.flatMap(({ application }) => application ?? []);
  const clients = [...new Set([exemptionsClient, ...applications])].map((name) => [name, () => findClient(context, name)] as const);
  const roles = policies.map((policy) => [policy.role, () => findRole(context, roleText(context, policy))] as const);
  return [await coverageOf("clients", new Map(clients)), await coverageOf("exemption roles", new Map(roles))];
}

async function wordsOf({ settings, realm }: Context): Promise<string> {
  const config = await deniedIsUndefined(() => realm.get("/events/config", eventsConfig));
  const off = [
    ...(config?.adminEventsEnabled === false ? ["admin events"] : []),
    ...(config?.eventsEnabled === false ? ["sign-in events"] : []),
  ];
  const told = off.length === 0 ? "" : `; ${off.join(" and ")} are switched off, so they cannot be read`;
  return `Realm ${settings.realm} at ${settings.url}, signed in as the client ${settings.clientId}${told}`;
}

/** The server tells whole seconds, of a moment before now: less than two is nothing. */
function skewOf({ now }: Context, date: string | undefined): Pick<Health, "clockSkewMs"> {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return {};
  const difference = theirs - epochMs(now());
  return { clockSkewMs: Math.abs(difference) < 2000 ? 0 : difference };
}

async function isHeld(context: Context, tries: Right["tries"]): Promise<boolean | undefined> {
  const { realm } = context;
  switch (tries) {
    case "settings":
      return mayRead(() => readSettings(realm));
    case "clients":
      return mayRead(() => realm.get("/clients", z.array(client), { max: 1 }));
    case "people":
      return mayRead(() => realm.get("/users", z.array(user), { max: 1 }));
    case "identityProviders":
      return mayRead(() => realm.get("/identity-provider/instances", z.array(identityProvider), { max: 1 }));
    case "events":
      return mayRead(() => realm.get("/admin-events", z.array(z.unknown()), { max: 1 }));
    case "grants":
      return mayRead(() => tryGrants(context));
    case "mappings":
      return mayRead(() => tryMapping(context));
    case "sessions":
      return maySignOut(context);
  }
}

async function mayRead(work: () => Promise<unknown>): Promise<boolean> {
  return (await deniedIsUndefined(work)) !== undefined;
}

async function deniedIsUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderFault && error.kind === "denied") return undefined;
    throw error;
  }
}

async function tryGrants(context: Context): Promise<boolean> {
  const { path } = await exemptionsOf(context);
  await context.realm.send("POST", `${path}/roles`, PROBE);
  await context.realm.send("DELETE", `${path}/roles/${PROBE.name}`);
  return true;
}

/** Takes from somebody a role that they do not have. */
async function tryMapping(context: Context): Promise<boolean> {
  const { id, path } = await exemptionsOf(context);
  const [someone] = await context.realm.get("/users", z.array(user), { max: 1 });
  if (someone === undefined) return true;
  await context.realm.send("POST", `${path}/roles`, PROBE);
  const probe = await context.realm.get(`${path}/roles/${PROBE.name}`, role);
  try {
    await context.realm.send("DELETE", `/users/${someone.id}/role-mappings/clients/${id}`, [probe]);
    return true;
  } finally {
    await context.realm.send("DELETE", `${path}/roles/${PROBE.name}`);
  }
}

/** The server says with each person what we may do with them; undefined where it does not. */
export async function maySignOut({ realm }: Context): Promise<boolean | undefined> {
  const access = z.object({ id: z.string(), access: z.object({ manage: z.boolean().optional() }).optional() });
  const [someone] = (await deniedIsUndefined(() => realm.get("/users", z.array(access), { max: 1 }))) ?? [];
  if (someone === undefined) return undefined;
  return (await realm.find(`/users/${someone.id}`, access))?.access?.manage;
}

function withHeld(permission: Permission, held: boolean | undefined): Permission {
  return { ...permission, ...(held !== undefined && { held }) };
}
