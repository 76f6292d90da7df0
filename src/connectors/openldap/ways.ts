/** The ways that lead past a policy, as the directory holds them. One place says it, so that a reading and a discovery agree. */
import type { Instant } from "../../kernel/time.ts";
import { sameDn } from "../ldap/text.ts";
import type { ReadBack } from "../port.ts";
import type { AttributePolicy, GroupPolicy } from "./config.ts";
import {
  type Context,
  createLookup,
  findGroup,
  type FoundSubject,
  groupsAround,
  groupsBelow,
  hasMember,
  type Lookup,
} from "./directory.ts";
import { bypassKey, type ExemptionGroup } from "./map.ts";

export type Way = ReadBack["otherWays"][number] & {
  /** Who is let in by it: the subject itself, or a group it is in. */
  readonly memberKey: string;
};

/** Every group under the policy's place, and every named exemption group, that has the subject in it: asked of the server. */
export async function waysByGroup(context: Context, policy: GroupPolicy, { dn }: FoundSubject): Promise<readonly Way[]> {
  const leads = [dn, ...(policy.resolvesNestedGroups ? await groupsAround(context, dn) : [])];
  const lookup = createLookup(context);
  const ways: Way[] = [];
  for await (const group of groupsBelow(context, policy.exemptionsBase, hasMember(leads))) {
    ways.push(...(await waysThrough(lookup, policy, group, leads)));
  }
  for (const name of policy.exemptionGroups) {
    const group = await findGroup(context, name, hasMember(leads));
    if (group !== undefined) ways.push(...(await waysThrough(lookup, policy, { ...group, ref: undefined }, leads)));
  }
  return ways;
}

async function waysThrough(lookup: Lookup, policy: GroupPolicy, group: ExemptionGroup, leads: readonly string[]): Promise<readonly Way[]> {
  const members = group.members.filter((member) => leads.some((lead) => sameDn(lead, member)));
  return Promise.all(
    members.map(async (member) => {
      const { key: memberKey, name } = await lookup.subjectAt(member);
      const key = bypassKey.member(policy.key, group.dn, memberKey);
      const ref = grantRefOf(group, memberKey);
      if (ref !== undefined) return { key, memberKey, words: `${name} granted by ${ref}`, grantRef: ref };
      return { key, memberKey, words: `${name} is in ${group.dn}, and no exception says so` };
    }),
  );
}

/** The exception a member was let in for: only with our mark on the group and our note about the member. */
export function grantRefOf({ ref, notes }: ExemptionGroup, memberKey: string): string | undefined {
  return notes.has(memberKey) ? ref : undefined;
}

/** The ways by which a usable password is accounted for: one for each exception that has not ended, or one that nobody answers for. */
export function waysByPassword(
  policy: AttributePolicy,
  subjectKey: string,
  notes: ReadonlyMap<string, Instant>,
  now: Instant,
): readonly Way[] {
  const live = [...notes].filter(([, until]) => until > now).map(([ref]) => ref);
  if (live.length === 0) {
    const words = "The password can be used, and no exception says so";
    return [{ key: bypassKey.password(policy.key, subjectKey), memberKey: subjectKey, words }];
  }
  return live.map((ref) => {
    return {
      key: bypassKey.password(policy.key, subjectKey, ref),
      memberKey: subjectKey,
      words: `Password opened by ${ref}`,
      grantRef: ref,
    };
  });
}
