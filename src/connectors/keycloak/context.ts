/** What all that a connection does is given, and the look-ups that many of its parts need. */
import type { Instant } from "../../kernel/time.ts";
import { ProviderFault, type ProviderSubject } from "../port.ts";
import type { Realm } from "./client.ts";
import type { KeycloakPolicy, KeycloakSettings } from "./config.ts";
import { client, type KeycloakClient, type KeycloakGroup, type KeycloakUser } from "./shapes.ts";

export interface Context {
  readonly settings: KeycloakSettings;
  readonly realm: Realm;
  readonly now: () => Instant;
}

export function findPolicy({ settings }: Context, key: string | undefined): KeycloakPolicy | undefined {
  return settings.policies.find((each) => each.key === key);
}

/** As conditions of flows write it. */
export function roleText({ settings }: Context, { role }: KeycloakPolicy): string {
  return `${settings.exemptionsClient}.${role}`;
}

export async function findClient({ realm }: Context, clientId: string): Promise<KeycloakClient | undefined> {
  // The server finds by the whole name here, but says so of no version.
  for await (const each of realm.list("/clients", client, { clientId })) if (each.clientId === clientId) return each;
  return undefined;
}

/** The client that holds the exemption roles, and its path. Without it nothing is governed. */
export async function exemptionsOf(context: Context): Promise<{ readonly id: string; readonly path: string }> {
  const { exemptionsClient, realm } = context.settings;
  const found = await findClient(context, exemptionsClient);
  if (found === undefined)
    throw new ProviderFault("fault", `The realm ${realm} has no client ${exemptionsClient}, which holds the exemption roles.`);
  return { id: found.id, path: `/clients/${found.id}` };
}

export function subjectOfUser({ id, username, serviceAccountClientId }: KeycloakUser): ProviderSubject {
  return { kind: serviceAccountClientId === undefined ? "user" : "service", key: id, name: username };
}

export function subjectOfGroup({ id, path }: KeycloakGroup): ProviderSubject {
  return { kind: "group", key: `group:${id}`, name: path };
}

/** The id of a group whose subject key this is. */
export function groupIdOf(key: string): string | undefined {
  return key.startsWith("group:") ? key.slice("group:".length) : undefined;
}
