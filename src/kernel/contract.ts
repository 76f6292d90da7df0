/**
 * One contract per operation: the server validates and serves it, the console and the CLI call it with the same types, and
 * OpenAPI 3.1 is printed from it.
 */
import { z } from "zod";

import { duration, instant, parseDuration, parseInstant } from "./time.ts";

/** Roles as the people module defines them; the kernel only carries the words. */
export type RoleName = string;

/**
 * Who may call: `anyone` (no session needed), `signedIn`, or holders of any of these roles. Finer rules (only the owner, not
 * the requester …) are decisions of the module and are refused there.
 */
export type Access = "anyone" | "signedIn" | readonly RoleName[];

export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** verbNoun, unique: `approveException`. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/api/v1/exceptions/:id`; parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  /** True when the body carries a fresh passkey assertion over what is decided. */
  readonly assertion: boolean;
  /** True when it changes who may decide: nothing for a session that no passkey opened. */
  readonly makesDeciders: boolean;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  /** Status of a success; 200 unless said. */
  readonly status: number;
  /** Refusal codes it can answer with, beside those of every endpoint. */
  readonly refusals: readonly string[];
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

/** Declares an endpoint; what is left out takes nothing. */
export function endpoint<
  Reply extends z.ZodType,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(given: {
  id: string;
  method: Endpoint["method"];
  path: string;
  summary: string;
  access: Access;
  assertion?: boolean;
  makesDeciders?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  reply: Reply;
  status?: number;
  refusals?: readonly string[];
}): Endpoint<Params, Query, Body, Reply> {
  return {
    assertion: false,
    makesDeciders: false,
    status: 200,
    refusals: [],
    ...given,
    params: given.params ?? (nothing as unknown as Params),
    query: given.query ?? (nothing as unknown as Query),
    body: given.body ?? (nothing as unknown as Body),
  };
}

export type ParamsOf<E extends Endpoint> = z.output<E["params"]>;
export type QueryOf<E extends Endpoint> = z.output<E["query"]>;
export type BodyOf<E extends Endpoint> = z.output<E["body"]>;
export type ReplyOf<E extends Endpoint> = z.output<E["reply"]>;

/** A page of a list: `next` is opaque and absent on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().optional() });
}

/** Paging parameters every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
};

/** Short text a person types on one line, trimmed; never empty. */
export const line = (max = 200) => z.string().trim().min(1).max(max);

/** Longer text a person types. */
export const prose = (max = 4000) => z.string().trim().min(1).max(max);

/** Any readable RFC 3339 instant, made canonical. */
export const instantText = z
  .string()
  .max(40)
  .refine((text) => parseInstant(text) !== undefined, "an instant with a zone, for example 2026-11-27T09:00:00Z")
  .transform((text) => instant(text));

/** A length of whole days, hours, minutes or seconds, made canonical. */
export const durationText = z
  .string()
  .max(40)
  .refine((text) => parseDuration(text) !== undefined, "a duration of days or smaller and at most a hundred years, for example P90D")
  .transform((text) => duration(text));

/** A WebAuthn assertion as the browser gives it (PublicKeyCredential.toJSON()); verified by the access module. */
export const assertionBody = z.strictObject({
  /** The challenge's id as given by `beginAssertion`. */
  challengeId: z.string().max(100),
  response: z.record(z.string(), z.unknown()),
});
export type AssertionBody = z.output<typeof assertionBody>;

const NAMED = /:([A-Za-z]+)(\{\.\+\})?/g;

/** Fills a path's parameters in, percent-encoded. One written `:name{.+}` takes the rest of the path, slashes included. */
export function pathOf(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(NAMED, (_, name: string, rest?: string) => {
    const encoded = encodeURIComponent(params[name] ?? "");
    return rest === undefined ? encoded : encoded.replaceAll("%2F", "/");
  });
}

/** Matches the addresses of a path's endpoint. */
export function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(NAMED, (_, _name: string, rest?: string) => (rest === undefined ? "[^/]+" : ".+"))}$`);
}
