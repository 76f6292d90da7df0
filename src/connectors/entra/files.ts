/** Files of Entra ID: Conditional Access policies and their templates, answers of Graph, exports of a tenant. */
import { type BypassSubject, type DirectoryPerson, type FileFormat, type FileReading, UnreadableFile } from "../port.ts";
import { EVERYBODY, policyBypasses } from "./map-bypasses.ts";
import { methodBypasses, passBypasses } from "./map-method-bypasses.ts";
import { type Tenant, tenantIn } from "./map-tenant.ts";
import { unknownsOf } from "./map-unknown.ts";

export const entraFiles: FileFormat = {
  kind: "entra",
  title: "Microsoft Entra ID: Conditional Access policies, exports of a tenant",
  recognises: ({ json }) => tenantIn(json) !== undefined,
  read: ({ name, json }, now): FileReading => {
    const tenant = tenantIn(json);
    if (tenant === undefined) throw new UnreadableFile(name, [{ at: "", words: WORDS_FOR_NOTHING }]);
    return {
      kind: "entra",
      title: titleOf(tenant),
      bypasses: [...policyBypasses(tenant), ...methodBypasses(tenant), ...passBypasses(tenant, now)],
      accounts: tenant.people.length === 0 ? undefined : tenant.people.map(accountOf),
      accountsBehind: (subject) => accountsBehind(tenant, subject),
      isUnique: (key) => OF_A_POLICY.test(key),
      unknown: unknownsOf(tenant),
    };
  },
};

/** Entra ID gives each policy an id that no other tenant has. What is said of the tenant as a whole is said of each in the same words. */
const OF_A_POLICY = /^policy:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:/i;

const WORDS_FOR_NOTHING = "no Conditional Access policy, authentication method, group, person or named location is in it";

function titleOf({ policies, methods, people, groups, locations, names }: Tenant): string {
  if (policies?.length === 1) return `Conditional Access policy ${policies[0]!.name}`;
  const parts = [
    [policies?.length ?? 0, "Conditional Access policies"],
    [methods?.methods.length ?? 0, "authentication methods"],
    [people.length, "people"],
    [groups.size, "groups"],
    [locations.length, "named locations"],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? `${names.size} names of Entra ID` : `Entra ID: ${parts.map((part) => part.join(" ")).join(", ")}`;
}

function accountOf({ id, name, signInName, isEnabled }: Tenant["people"][number]): DirectoryPerson {
  const email = signInName === undefined ? {} : { email: signInName };
  return { subject: { kind: "user", key: id, name: signInName ?? name }, displayName: name, ...email, enabled: isEnabled };
}

function accountsBehind(tenant: Tenant, { kind, key }: BypassSubject): readonly string[] | undefined {
  const { groups, people, isEverybody } = tenant;
  if (kind === "role") return holders(tenant, key);
  if (kind === "group") return groups.get(key.toLowerCase())?.members;
  // Whom a policy is for, or a kind of guest, is less than everybody.
  if (kind === "everyone" && key === EVERYBODY.key && isEverybody) return people.filter(({ isEnabled }) => isEnabled).map(({ id }) => id);
  return kind === "application" || kind === "everyone" ? undefined : [key];
}

/** Exports that name roles name all who hold them; a file without any tells nothing. */
function holders({ people }: Tenant, role: string): readonly string[] | undefined {
  if (people.every(({ roles }) => roles.length === 0)) return undefined;
  return people.filter(({ roles }) => roles.some((each) => each.toLowerCase() === role.toLowerCase())).map(({ id }) => id);
}
