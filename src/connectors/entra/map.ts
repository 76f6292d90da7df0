/** What Graph's objects mean: subjects, Postern's own groups, and the keys of bypasses. */
import type { ProviderSubject } from "../port.ts";

/** Words for the mark on a group of ours: for which exception, and for whom. It is written once and never changed. */
export function markOf(ref: string, subjectKey: string): string {
  return `Postern grant ${ref} for ${subjectKey}`;
}

export interface Mark {
  readonly ref: string;
  readonly subjectKey: string;
}

export function markIn(description: string | null | undefined): Mark | undefined {
  const [, ref, subjectKey] = /^Postern grant (\S+) for (\S+)$/.exec(description ?? "") ?? [];
  return ref === undefined || subjectKey === undefined ? undefined : { ref, subjectKey };
}

const NAME_PREFIX = "Postern ";

export function groupNameOf(ref: string): string {
  return `${NAME_PREFIX}${ref}`;
}

/** Whether a group is called as ours are, for whoever has only its name: a line of the audit log. */
export function isCalledLikeOurs(displayName: string): boolean {
  return displayName.startsWith(NAME_PREFIX);
}

/** An object as Graph gives it in mixed lists. */
export interface DirectoryObject {
  readonly type: "user" | "group" | "role" | "other";
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Of a role: the same in every tenant. */
  readonly roleTemplateId: string | undefined;
}

export function subjectOf({ type, id, name }: DirectoryObject): ProviderSubject {
  return { kind: type === "user" || type === "group" ? type : "service", key: id, name };
}

/** Keys of bypasses: the same bypass has the same key at every reading. */
export const bypassKey = {
  /** By exception and not by group: should two instances have made two groups for one grant, it is still one bypass. */
  granted: (policy: string, { ref, subjectKey }: Mark) => `granted:${policy}:${ref}:${subjectKey}`,
  member: (policy: string, groupId: string, subjectKey: string) => `member:${policy}:${groupId}:${subjectKey}`,
  pass: (userId: string, passId: string) => `pass:${userId}:${passId}`,
};

/** What makes a group no good to be let through, or to hold those who are. */
export interface GroupTraits {
  readonly displayName: string;
  readonly securityEnabled: boolean;
  readonly mailEnabled: boolean;
  readonly groupTypes: readonly string[];
  readonly onPremisesSyncEnabled?: boolean | null | undefined;
  readonly isAssignableToRole?: boolean | null | undefined;
}

export function flawOf(group: GroupTraits): string | undefined {
  if (group.groupTypes.includes("DynamicMembership")) return "is a dynamic group: its rule would put a removed member in again";
  if (group.onPremisesSyncEnabled === true) return "is synced from a directory on site: the next sync would put a removed member in again";
  if (group.mailEnabled || group.groupTypes.includes("Unified")) return "is mail-enabled: who owns it, or joins it, decides who is in it";
  if (!group.securityEnabled) return "is no security group";
  if (group.isAssignableToRole === true)
    return "can be assigned to a role: Postern has no right to change privileged groups, and asks for none";
  return undefined;
}
