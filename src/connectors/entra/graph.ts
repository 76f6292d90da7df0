/** Microsoft Graph v1.0: how it is asked, how its answers are read, and the one DELETE there is. */
import { z } from "zod";

import type { Instant } from "../../kernel/time.ts";
import { type Api, type ApiAnswer, type ApiRequest, createApi, type Limiter } from "../http/client.ts";
import { openWire, type Wire } from "../http/wire.ts";
import { type Progress, ProviderFault } from "../port.ts";
import type { EntraPolicy, EntraSettings } from "./config.ts";
import type { DirectoryObject } from "./map.ts";
import { createTokens, type Tokens } from "./token.ts";

export interface Context {
  readonly settings: EntraSettings;
  readonly now: () => Instant;
  readonly tokens: Tokens;
  readonly graph: Api;
  /** Conditional Access: one request a second for the whole tenant, whoever sends it. */
  readonly access: Api;
  readonly wire: Wire;
  /** Whether the tenant has PIM for Groups and lets us use it; found once. */
  pim: Promise<boolean> | undefined;
  /** Groups that were made and are in no pool yet, by what they are for. */
  readonly unplaced: Map<string, string>;
}

export interface EntraSurroundings {
  readonly now: () => Instant;
  /** One for the tenant, shared with every other connection to it: Conditional Access counts all callers together. */
  readonly limiter: Limiter;
  /** How long to wait before the first try again, where Graph does not say. */
  readonly firstPauseMs?: number;
}

export function createContext(settings: EntraSettings, { now, limiter, firstPauseMs }: EntraSurroundings): Context {
  const wire = openWire({ timeoutMs: settings.timeoutMs });
  const tokens = createTokens(wire, settings, now);
  const common = {
    baseUrl: settings.graphUrl,
    authorization: async (renew: boolean) => `Bearer ${(await tokens.get(renew)).bearer}`,
    now,
    explain: (json: unknown) => errorCode(json),
    firstPauseMs,
  };
  const [graph, access] = [createApi(wire, common), createApi(wire, { ...common, limiter })];
  return { settings, now, tokens, wire, graph, access, pim: undefined, unplaced: new Map() };
}

export function findPolicy({ settings }: Context, key: string): EntraPolicy | undefined {
  return settings.policies.find((policy) => policy.key === key);
}

const graphError = z.object({ error: z.object({ code: z.string(), message: z.string().default("") }) });

/** Graph's name for what went wrong; its words may name accounts. */
export function errorCode(json: unknown): string | undefined {
  return graphError.safeParse(json).data?.error.code;
}

export function errorWords(json: unknown): string {
  return graphError.safeParse(json).data?.error.message ?? "";
}

/** What an answer says, in the shape that was asked for. Anything else is a fault that names the place. */
export function readAs<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const code = errorCode(json);
  if (code !== undefined) throw new ProviderFault("fault", `Graph answered ${what} with the error ${code}, and called it a success.`);
  const at = read.error.issues[0]?.path.join("/") ?? "";
  throw new ProviderFault("fault", `Graph answered ${what} with something else: /${at} is not as expected.`);
}

/** The answer, or undefined where there is no such thing. */
export async function findOne<T>(api: Api, path: string, query: ApiRequest["query"], schema: z.ZodType<T>): Promise<T | undefined> {
  const answer = await api.send({ method: "GET", path, ...(query !== undefined && { query }), expect: [404] });
  if (answer.status !== 404) return readAs(schema, answer.json, path);
  // An error page in between is no word of Graph's about what exists.
  if (errorCode(answer.json) === undefined) throw new ProviderFault("fault", `Graph answered 404 to ${path} without saying why.`);
  return undefined;
}

/** Every item of a list, page by page. */
export async function* itemsOf<T>(
  api: Api,
  path: string,
  query: ApiRequest["query"],
  item: z.ZodType<T>,
  progress?: Progress,
): AsyncGenerator<T> {
  for await (const { value, next } of pagesOf(api, path, query, item, progress?.from)) {
    yield* value;
    if (next !== undefined) await progress?.reached(next);
  }
}

/** `@odata.nextLink` is followed as it is, and is where a later reading goes on. */
export async function* pagesOf<T>(
  api: Api,
  path: string,
  query: ApiRequest["query"],
  item: z.ZodType<T>,
  from?: string,
): AsyncGenerator<{ readonly value: readonly T[]; readonly next: string | undefined }> {
  const page = z.object({ value: z.array(item), "@odata.nextLink": z.string().min(1).optional() });
  const watch = createLoopWatch(path);
  let answer = await sendWhere(api, from, { method: "GET", path, ...(query !== undefined && { query }) });
  for (;;) {
    const { value, "@odata.nextLink": next } = readAs(page, answer.json, path);
    if (next !== undefined) watch(next, value);
    yield { value, next };
    if (next === undefined) return;
    answer = await api.send({ method: "GET", path: next });
  }
}

/** The page an earlier reading stood at, where Graph still knows it; it forgets them after a while. */
async function sendWhere(api: Api, from: string | undefined, begin: ApiRequest): Promise<ApiAnswer> {
  if (from === undefined) return api.send(begin);
  const answer = await api.send({ method: "GET", path: from, expect: PAGE_FORGOTTEN });
  return PAGE_FORGOTTEN.includes(answer.status) ? api.send(begin) : answer;
}

const PAGE_FORGOTTEN: readonly number[] = [400, 404, 410];

/** A filtered list may have pages with nothing on them, but not so many in a row. */
const MOST_EMPTY_PAGES = 100;

/**
 * Refuses a list that goes in circles, by its links or by what is on its pages, whatever the length of the circle and without
 * remembering the whole of it: the page kept to compare with is replaced at each power of two (R. Brent).
 */
function createLoopWatch(path: string): (link: string, value: readonly unknown[]) => void {
  let [kept, since, length, empty] = [new Set<string>(), 0, 1, 0];
  return (link, value) => {
    const seen = [link, ...(value.length === 0 ? [] : [JSON.stringify(value)])];
    empty = value.length === 0 ? empty + 1 : 0;
    if (empty > MOST_EMPTY_PAGES || seen.some((one) => kept.has(one))) throw new ProviderFault("fault", `The pages of ${path} never end.`);
    since += 1;
    if (since < length) return;
    [kept, since, length] = [new Set(seen), 0, length * 2];
  };
}

const object = z
  .object({
    "@odata.type": z.string(),
    id: z.string().min(1),
    displayName: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
    description: z.string().nullish(),
    roleTemplateId: z.string().nullish(),
  })
  .transform((read): DirectoryObject => {
    return {
      type: TYPES[read["@odata.type"]] ?? "other",
      id: read.id.toLowerCase(),
      name: read.userPrincipalName ?? read.displayName ?? read.id,
      description: read.description ?? undefined,
      roleTemplateId: read.roleTemplateId ?? undefined,
    };
  });

const TYPES: Readonly<Record<string, DirectoryObject["type"]>> = {
  "#microsoft.graph.user": "user",
  "#microsoft.graph.group": "group",
  "#microsoft.graph.directoryRole": "role",
};

const SELECT = "id,displayName,userPrincipalName,description,roleTemplateId";

/** `/groups/{id}/members`, `/users/{id}/transitiveMemberOf`: objects of all kinds in one list. */
export function objectsOf({ graph, settings }: Context, path: string, progress?: Progress): AsyncGenerator<DirectoryObject> {
  return itemsOf(graph, path, { $select: SELECT, $top: settings.pageSize }, object, progress);
}

/**
 * Takes a member out of a group. Without `/$ref` Graph would delete the member itself: this is the only place that may write a
 * DELETE, and its path is written in one piece. False when it was not in it.
 */
export async function deleteMembership({ graph }: Context, groupId: string, memberId: string): Promise<boolean> {
  const { status, json } = await graph.send({
    method: "DELETE",
    path: `/groups/${pathId(groupId)}/members/${pathId(memberId)}/$ref`,
    expect: [404],
  });
  if (status === 204) return true;
  if (status === 404 && errorCode(json) !== undefined) return false;
  throw new ProviderFault("fault", `Graph answered ${status} to taking a member out of a group, which is neither done nor refused.`);
}

/** Ids of Entra ID are GUIDs; anything else could make another path of the one it stands in. */
export function pathId(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id;
  throw new ProviderFault("fault", "An object id is no GUID.");
}
