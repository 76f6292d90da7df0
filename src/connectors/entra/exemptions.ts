/**
 * Postern's own groups: one for each grant, inside the pool that the policy excludes. A group's description says for which
 * exception and for whom, from its first moment on; so whoever reads the pool finds what every grant holds, and who is in it
 * without being meant.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { z } from "zod";

import { type GrantOrder, type Progress, ProviderFault } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { type Context, errorCode, errorWords, itemsOf, objectsOf, pathId, readAs } from "./graph.ts";
import { type DirectoryObject, groupNameOf, type Mark, markIn, markOf } from "./map.ts";

export interface PoolMember {
  readonly object: DirectoryObject;
  /** Of a group that we made. */
  readonly mark: Mark | undefined;
}

export async function* poolOf(context: Context, { poolId }: EntraPolicy, progress?: Progress): AsyncGenerator<PoolMember> {
  for await (const object of objectsOf(context, `/groups/${pathId(poolId)}/members`, progress)) {
    yield { object, mark: object.type === "group" ? markIn(object.description) : undefined };
  }
}

/** The groups of one grant: more than one where two instances made one each at the same moment. The same first one for everybody. */
export async function groupsOf(context: Context, policy: EntraPolicy, { ref, subject }: GrantOrder): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { object, mark } of poolOf(context, policy)) {
    if (mark?.ref === ref && mark.subjectKey === subject.key) found.push(object.id);
  }
  return found.sort();
}

const created = z.object({ id: z.string().min(1) });

/**
 * A new group for a grant, in the pool before anybody is in it: one that is in no pool lets nobody through and is found by nobody.
 * Undefined where Entra ID lets the application make no more. One that did not get into the pool is taken at the next try, as it counts;
 * not one found by its name, which anybody may give to a group of their own.
 */
export async function makeGroup(context: Context, policy: EntraPolicy, order: GrantOrder): Promise<string | undefined> {
  const { unplaced } = context;
  const purpose = `${policy.poolId} ${markOf(order.ref, order.subject.key)}`;
  const left = unplaced.get(purpose);
  const id = left ?? (await createGroup(context, order));
  if (id === undefined) return undefined;
  unplaced.set(purpose, id);
  try {
    await putMember(context, policy.poolId, id);
    unplaced.delete(purpose);
  } catch (error) {
    // Refused twice it is gone, or no good.
    if (left !== undefined && error instanceof ProviderFault && error.kind === "fault") unplaced.delete(purpose);
    throw error;
  }
  return id;
}

async function createGroup(context: Context, order: GrantOrder): Promise<string | undefined> {
  await demandMemberships(context);
  const { status, json } = await context.graph.send({
    method: "POST",
    path: "/groups",
    body: {
      displayName: groupNameOf(order.ref),
      description: markOf(order.ref, order.subject.key),
      mailEnabled: false,
      mailNickname: `postern-${randomUUID()}`,
      securityEnabled: true,
    },
    expect: [400, 403],
  });
  const code = errorCode(json);
  if (code === "Directory_QuotaExceeded") return undefined;
  if (status !== 201)
    throw new ProviderFault(status === 403 ? "denied" : "fault", `Graph answered ${status} ${code ?? ""} to the making of a group.`);
  return readAs(created, json, "POST /groups").id.toLowerCase();
}

/** A group that cannot be put anywhere is not made: it could never be taken away again. */
async function demandMemberships({ tokens }: Context): Promise<void> {
  const { roles } = await tokens.get();
  if (roles === undefined || MEMBERSHIPS.some((name) => roles.has(name))) return;
  throw new ProviderFault("denied", `The application may not change memberships: it lacks ${MEMBERSHIPS[0]}.`);
}

const MEMBERSHIPS = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All"] as const;

const named = z.object({ description: z.string().nullish() });

/** How many groups there are with a mark of ours, whether of grants in force or ended; no further than to `most`. */
export async function countGroups({ graph, settings }: Context, most: number): Promise<number> {
  const query = { $filter: `startswith(displayName,'${groupNameOf("")}')`, $select: "id,description", $top: settings.pageSize };
  let count = 0;
  for await (const { description } of itemsOf(graph, "/groups", query, named)) {
    if (markIn(description) !== undefined) count += 1;
    if (count === most) break;
  }
  return count;
}

/** Puts a member into a group; being in it already is as good. */
export async function putMember(context: Context, groupId: string, memberId: string): Promise<void> {
  const send = () =>
    context.graph.send({
      method: "POST",
      path: `/groups/${pathId(groupId)}/members/$ref`,
      body: { "@odata.id": `${context.settings.graphUrl}/directoryObjects/${pathId(memberId)}` },
      expect: [400, 404],
      // Twice is answered with 400, and does nothing.
      repeatable: true,
    });
  const { status, json } = await repeated(context, send, (answer) => answer.status !== 404);
  if (status === 204 || (status === 400 && /added object references already exist/i.test(errorWords(json)))) return;
  throw new ProviderFault("fault", `Graph answered ${status} ${errorCode(json) ?? ""} to putting a member into a group.`);
}

/** Looks again until it is seen, or Entra ID has had its time. */
export async function seen(context: Context, look: () => Promise<boolean>, what: string): Promise<void> {
  if (await repeated(context, look, (isSeen) => isSeen)) return;
  throw new ProviderFault("timeout", `Entra ID took the change, but does not show yet ${what}.`);
}

const FIRST_LOOK_MS = 250;

/** What was changed a moment ago may not be known everywhere yet: it is asked again for as long as Entra ID may need. */
export async function repeated<T>({ settings }: Context, ask: () => Promise<T>, isSettled: (answer: T) => boolean): Promise<T> {
  let waitedMs = 0;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs *= 2) {
    const answer = await ask();
    if (isSettled(answer) || waitedMs >= settings.settleMs) return answer;
    await sleep(pauseMs);
    waitedMs += pauseMs;
  }
}

/** Whether it is one of a group's own members. */
export async function isDirectMember(context: Context, groupId: string, memberId: string): Promise<boolean> {
  for await (const { id } of objectsOf(context, `/groups/${pathId(groupId)}/members`)) if (id === memberId) return true;
  return false;
}
