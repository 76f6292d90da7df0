/** What the service account has to be allowed, and what breaks without it. */
import type { Permission } from "../port.ts";

export interface Right {
  readonly permission: Permission;
  /** What is tried to find out whether it is held. */
  readonly tries: "settings" | "clients" | "people" | "identityProviders" | "events" | "grants" | "mappings" | "sessions";
}

export const RIGHTS: readonly Right[] = [
  right(
    "settings",
    "view-realm (realm-management)",
    "read the realm's settings, flows, required actions and roles",
    "nothing can be discovered or read back",
  ),
  right(
    "clients",
    "view-clients (realm-management)",
    "find the client that holds the exemption roles, and clients with a weaker flow or with direct grants",
    "nothing can be granted, and ways around by an application stay unseen",
  ),
  right("people", "view-users (realm-management)", "find people, their groups, roles and credentials", "nobody can be found or read back"),
  right(
    "identityProviders",
    "view-identity-providers (realm-management)",
    "find other identity providers that people come in through",
    "nothing can be discovered: a door would stay unseen",
  ),
  right(
    "events",
    "view-events (realm-management)",
    "read who changed a governed object, and sign-ins",
    "changes are found only by the next discovery, without who made them",
  ),
  right(
    "grants",
    "manage, map-roles and map-roles-composite on the exemptions client alone",
    "make, give and remove the role of each grant",
    "no exception can be granted or ended",
  ),
  right("mappings", "map-roles on users", "give people the roles of the exemptions client, and no other", "no exception can be granted"),
  right(
    "sessions",
    "manage on users (optional)",
    "end the sessions of a person whose exception has ended",
    "sessions live on until somebody ends them or the realm does, which is said of every ended exception",
  ),
];

function right(tries: Right["tries"], name: string, why: string, without: string): Right {
  return { tries, permission: { name, why, without } };
}
