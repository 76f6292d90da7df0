/** The ways that lead past a policy through memberships. One place says it, so that a reading and a discovery agree. */
import type { ReadBack } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { poolOf, type PoolMember } from "./exemptions.ts";
import { type Context, objectsOf, pathId } from "./graph.ts";
import { bypassKey, type DirectoryObject, type Mark } from "./map.ts";

export type Way = ReadBack["otherWays"][number];

/** Groups and roles around a subject, at any depth, by id. */
export type Around = ReadonlyMap<string, DirectoryObject>;

export async function around(context: Context, kind: "user" | "group", key: string): Promise<Around> {
  const found = new Map<string, DirectoryObject>();
  for await (const object of objectsOf(context, `/${kind}s/${pathId(key)}/transitiveMemberOf`)) found.set(object.id, object);
  return found;
}

/** Somebody who is let through by the pool: by a grant of ours, or by nobody's leave. */
export interface Let {
  readonly key: string;
  readonly object: DirectoryObject;
  /** The group it is in: the pool, or one of ours within. */
  readonly groupId: string;
  readonly mark: Mark | undefined;
}

/** Whom a member of the pool lets through: itself, or, where it is a group of ours, whoever is in that. */
export async function* letThrough(context: Context, policy: EntraPolicy, { object, mark }: PoolMember): AsyncGenerator<Let> {
  const stray = (one: DirectoryObject, groupId: string): Let => {
    return { key: bypassKey.member(policy.key, groupId, one.id), object: one, groupId, mark: undefined };
  };
  if (mark === undefined) {
    yield stray(object, policy.poolId);
    return;
  }
  for await (const one of objectsOf(context, `/groups/${pathId(object.id)}/members`)) {
    yield one.id === mark.subjectKey
      ? { key: bypassKey.granted(policy.key, mark), object: one, groupId: object.id, mark }
      : stray(one, object.id);
  }
}

/** How a subject gets through the pool. */
export async function waysThroughPool(context: Context, policy: EntraPolicy, subjectKey: string, groups: Around): Promise<readonly Way[]> {
  const ways = new Map<string, Way>();
  const leads = (id: string) => id === subjectKey || groups.has(id);
  for await (const member of poolOf(context, policy)) {
    if (!leads(member.object.id)) continue;
    for await (const one of letThrough(context, policy, member)) if (leads(one.object.id)) ways.set(one.key, wayOf(one));
  }
  return [...ways.values()];
}

function wayOf({ key, object, mark }: Let): Way {
  if (mark !== undefined) return { key, words: `${object.name} granted by ${mark.ref}`, grantRef: mark.ref };
  return { key, words: `${object.name} is in an exemption group, and no exception says so` };
}
