/** Who is in the example directory, and who of them can be governed. Pure. */
import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import { accountOf, type Directory, everyoneIn, type Group, groupOf, policyOf, subjectOf } from "./directory.ts";

export function peopleIn({ accounts }: Directory): readonly DirectoryPerson[] {
  return accounts
    .filter(({ kind }) => kind === "user")
    .map(({ key, kind, name, fullName, mail, managerKey, enabled }) => ({
      subject: { kind, key, name },
      displayName: fullName,
      ...(mail !== undefined && { email: mail }),
      ...(managerKey !== undefined && { managerKey }),
      enabled,
    }));
}

/** By account name, mail, full name or group name, in this order; a name that fits several equally well finds none. */
export function findSubject(directory: Directory, name: string): ProviderSubject | undefined {
  const wanted = name.trim().toLowerCase();
  const { accounts, groups } = directory;
  const ways = [
    accounts.filter((account) => account.name.toLowerCase() === wanted),
    accounts.filter(({ mail }) => mail?.toLowerCase() === wanted),
    accounts.filter(({ fullName }) => fullName.toLowerCase() === wanted),
    groups.filter((group) => group.name.toLowerCase() === wanted),
  ];
  const found = ways.find((way) => way.length > 0) ?? [];
  return found.length === 1 && found[0] !== undefined ? subjectOf(directory, found[0].key) : undefined;
}

export function accountsBehind(directory: Directory, { key }: ProviderSubject): readonly string[] {
  return [...everyoneIn(directory, key)];
}

const REFUSED_GROUPS: Readonly<Record<Group["kind"], string | undefined>> = {
  plain: undefined,
  nested: "it holds other groups: whoever changes one of them changes the exception",
  dynamic: "it is dynamic: a rule decides who is in it",
  synced: "it is synced from the payroll system, which would undo a change",
  mail: "it is mail-enabled: its members come and go with the mailing list",
};

/** Why the subject cannot be governed; undefined when it can. */
export function refusalOf(directory: Directory, policyKey: string, { key, name }: ProviderSubject): string | undefined {
  const policy = policyOf(policyKey);
  if (policy === undefined) return `This connection governs no policy ${policyKey}.`;
  const group = groupOf(directory, key);
  if (group !== undefined) {
    if (policy.shape === "attribute") return `${policy.title} is demanded of each account: name people, not a group.`;
    const reason = REFUSED_GROUPS[group.kind];
    return reason && `${group.name} cannot be governed: ${reason}.`;
  }
  const account = accountOf(directory, key);
  if (account === undefined) return `${name} does not exist in the directory.`;
  if (!account.enabled) return `${account.name} is disabled: nobody can sign in with it.`;
  if (policy.shape === "attribute" && !account.bound) return `No smart card is demanded of ${account.name}: there is nothing to except.`;
  return undefined;
}
