/** What the application has to be allowed, why, and what breaks without it. Application permissions of Microsoft Graph. */
import type { Permission } from "../port.ts";
import type { EntraConfig } from "./config.ts";
import { PIM_PERMISSION } from "./pim.ts";

/** A permission, and those that contain it. */
interface Needed extends Permission {
  readonly or: readonly string[];
}

export function neededBy(settings: EntraConfig): readonly Needed[] {
  return [
    need("User.Read.All", "people are found by name, and known by their object id", "nobody can be found, and nothing granted", [
      "Directory.Read.All",
    ]),
    need(
      "GroupMember.ReadWrite.All",
      "a grant is a membership of a group of Postern's; memberships are read back, through groups in groups",
      "exceptions can be neither applied nor taken away",
      ["Group.ReadWrite.All"],
    ),
    need("Group.Create", "each grant has a group of its own", "exceptions cannot be applied", ["Group.ReadWrite.All"]),
    need(
      "Policy.Read.All",
      "policies are read and evaluated; they are never written",
      "nothing can be discovered, granted or proved closed",
      [],
    ),
    need(
      "RoleManagement.Read.Directory",
      "policies leave out roles, too",
      "whether a policy that leaves out roles holds whoever has one is not always known",
      ["Directory.Read.All"],
    ),
    need("User.RevokeSessions.All", "sessions got through an exception end with it", "sessions live on until they end by themselves", []),
    need(
      "AuditLog.Read.All",
      "who changed a governed object, who signed in, who has a temporary pass",
      "drift is seen without its author",
      [],
    ),
    need(
      PIM_PERMISSION,
      "Entra ID ends a membership by itself on its date, even while Postern is down",
      "grants have no end of Entra ID's own",
      [],
    ),
    ...(settings.readsPasses
      ? [
          need(
            "UserAuthenticationMethod.Read.All",
            "a temporary access pass signs in without any other proof",
            "temporary passes stay unseen",
            [],
          ),
        ]
      : []),
  ];
}

/** Held by an application, these let a slip of Postern's do harm beyond memberships. */
export const TOO_MUCH = ["User.ReadWrite.All", "Directory.ReadWrite.All", "Policy.ReadWrite.ConditionalAccess"] as const;

function need(name: string, why: string, without: string, or: readonly string[]): Needed {
  return { name, why, without, or };
}

export function permissionsOf(settings: EntraConfig, roles: ReadonlySet<string> | undefined): readonly Permission[] {
  return neededBy(settings).map(({ name, why, without, or }) => {
    return { name, why, without, ...(roles !== undefined && { held: [name, ...or].some((one) => roles.has(one)) }) };
  });
}
