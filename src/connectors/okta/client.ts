/** Okta's management API: signed in, paged to the end, in step with the limits it tells. */
import { setTimeout as sleep } from "node:timers/promises";

import type { z } from "zod";

import { epochMs, type Instant } from "../../kernel/time.ts";
import { type Api, type ApiAnswer, type ApiRequest, createApi, type Limiter } from "../http/client.ts";
import { openWire } from "../http/wire.ts";
import { type Progress, ProviderFault } from "../port.ts";
import { read } from "./answers.ts";
import type { OktaSettings } from "./config.ts";
import { objectOf } from "./map.ts";
import { createPossession, provingWire } from "./possession.ts";
import { untilResetMs } from "./reset.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

const NOT_FOUND = "E0000007";

export type Query = NonNullable<ApiRequest["query"]>;

export interface Surroundings {
  readonly now: () => Instant;
  /** How long to wait before the first try again, where Okta does not say. */
  readonly firstPauseMs?: number | undefined;
  /** Shared with whoever else works with the organisation; of one's own unless given. */
  readonly pauses?: Limiter;
}

export interface OktaClient {
  readonly signIn: SignIn;
  /** Undefined: Okta knows nothing under this path. */
  readonly find: <T>(schema: z.ZodType<T>, path: string, query?: Query) => Promise<T | undefined>;
  /** Every item of a list, page by page. The address of a next page is where a later reading goes on. */
  readonly list: <T>(schema: z.ZodType<T>, path: string, query?: Query, progress?: Progress) => AsyncGenerator<T>;
  /** One page, by its path or by the address Okta gave for it. */
  readonly page: <T>(schema: z.ZodType<T>, path: string, query?: Query) => Promise<{ items: readonly T[]; next: string | undefined }>;
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly close: () => void;
}

export function createOktaClient(settings: OktaSettings, { now, firstPauseMs, pauses = createPauses() }: Surroundings): OktaClient {
  const wire = openWire(settings);
  const prove = createPossession(now);
  const signIn = createSignIn(wire, settings, now, prove);
  const api: Api = createApi(provingWire(wire, prove), {
    baseUrl: settings.orgUrl,
    authorization: signIn.authorization,
    now,
    limiter: pauses,
    firstPauseMs,
    askedPauseMs: untilResetMs,
    explain: errorWords,
  });

  async function send(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await api.send(request);
    await heed(pauses, answer);
    return answer;
  }

  async function page<T>(schema: z.ZodType<T>, path: string, query: Query = {}) {
    return pageIn(schema, path, await send({ method: "GET", path, query }));
  }

  /** The page an earlier reading stood at; undefined where Okta does not know it any more. */
  async function findPage<T>(schema: z.ZodType<T>, path: string) {
    const answer = await send({ method: "GET", path, expect: PAGE_FORGOTTEN });
    return PAGE_FORGOTTEN.includes(answer.status) ? undefined : pageIn(schema, path, answer);
  }

  return {
    signIn,
    send,
    page,
    find: async (schema, path, query = {}) => {
      const { status, json } = await send({ method: "GET", path, query, expect: [404] });
      if (status !== 404) return read(schema, json, `GET ${pathOf(path)}`);
      // A proxy, or a path that is wrong, says so too: only Okta's own word for it means that nobody is there.
      if (objectOf(json)["errorCode"] === NOT_FOUND) return undefined;
      throw new ProviderFault("fault", `Okta has nothing at ${pathOf(path)}, and does not say that there is no such thing.`);
    },
    async *list(schema, path, query = {}, progress) {
      const refuseCircles = createCircleGuard(pathOf(path));
      const again = progress?.from === undefined ? undefined : await findPage(schema, progress.from);
      let current = again ?? (await page(schema, path, { limit: settings.pageSize, ...query }));
      for (;;) {
        yield* current.items;
        const { next } = current;
        if (next === undefined) return;
        refuseCircles(next, current.items);
        await progress?.reached(next);
        current = await page(schema, next);
      }
    },
    close: () => wire.close(),
  };
}

const PAGE_FORGOTTEN: readonly number[] = [400, 404, 410];

function pageIn<T>(schema: z.ZodType<T>, path: string, { json, headers }: ApiAnswer) {
  return { items: read(schema.array(), json, `GET ${pathOf(path)}`), next: nextOf(headers) };
}

const MOST_EMPTY_PAGES = 50;

/**
 * Pages that go round, by their links or by what is on them, would never end, and what they left out would never be seen. One page is
 * kept to compare with, further and further on: so a circle of any length is found, and nothing grows.
 */
function createCircleGuard(path: string): (next: string, items: readonly unknown[]) => void {
  let [kept, since, length, empty] = [new Set<string>(), 0, 1, 0];
  return (next, items) => {
    const seen = items.length === 0 ? [next] : [next, JSON.stringify(items)];
    empty = items.length === 0 ? empty + 1 : 0;
    since += 1;
    if (empty > MOST_EMPTY_PAGES || seen.some((one) => kept.has(one)))
      throw new ProviderFault("fault", `Okta's pages of ${path} go round in a circle.`);
    if (since < length) return;
    [kept, since, length] = [new Set(seen), 0, length * 2];
  };
}

/** RFC 8288: several links, in one header or in several. Opaque: followed as it is. */
export function nextOf(headers: ApiAnswer["headers"]): string | undefined {
  const links = [headers["link"] ?? []].flat().join(", ");
  const next = /<([^<>]+)>\s*;[^<]*\brel="?next"?/.exec(links)?.[1];
  if (next !== undefined && !URL.canParse(next)) throw new ProviderFault("fault", "Okta gave a next page without an address.");
  return next;
}

/** Okta's words for an error. The summary of E0000001 repeats what was sent; the code says enough. */
function errorWords(json: unknown): string | undefined {
  const { errorCode, errorSummary } = objectOf(json);
  if (typeof errorCode !== "string") return undefined;
  return errorCode === "E0000001" || typeof errorSummary !== "string" ? errorCode : `${errorCode}: ${errorSummary}`;
}

function pathOf(path: string): string {
  return path.startsWith("/") ? path : new URL(path).pathname;
}

const MS_PER_SECOND = 1000;
/** What is left to the organisation's other applications: a tenth of what the window allows. */
const LEFT_TO_OTHERS = 10;

function createPauses(): Limiter {
  let until = 0;
  return {
    take: async () => {
      for (let left = until - performance.now(); left > 0; left = until - performance.now()) await sleep(left);
    },
    pause: (ms) => {
      until = Math.max(until, performance.now() + ms);
    },
  };
}

async function heed(pauses: Limiter, answer: ApiAnswer): Promise<void> {
  const [limit, remaining] = [answer.headers["x-rate-limit-limit"], answer.headers["x-rate-limit-remaining"]].map(Number);
  if (limit === undefined || remaining === undefined || !(remaining * LEFT_TO_OTHERS < limit)) return;
  await pauses.pause(untilResetMs(answer) ?? MS_PER_SECOND);
}

/** What the provider's clock said, minus ours; it tells whole seconds: less than one is nothing. */
export function skewMs({ headers }: Pick<ApiAnswer, "headers">, now: Instant): number | undefined {
  const theirs = Date.parse(headers["date"] ?? "");
  if (Number.isNaN(theirs)) return undefined;
  const difference = theirs - epochMs(now);
  return Math.abs(difference) < MS_PER_SECOND ? 0 : difference;
}
