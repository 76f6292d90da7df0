/** The admin API of one realm: signed in as a service account, every answer checked for its shape. */
import { z } from "zod";

import { addDuration, durationOfMs, type Instant } from "../../kernel/time.ts";
import { type Api, type ApiAnswer, createApi } from "../http/client.ts";
import { tellable, troubleOfSignIn } from "../http/trouble.ts";
import { openWire, type Wire } from "../http/wire.ts";
import { type Progress, ProviderFault } from "../port.ts";
import type { KeycloakSettings } from "./config.ts";
import { listed } from "./paging.ts";

export interface Realm {
  /** One object; undefined when there is none. Paths are below `/admin/realms/{realm}`. */
  find<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T | undefined>;
  /** One object that has to be there. */
  get<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T>;
  /** Everything of a paged list, each once, though it changes while it is read. */
  list<T extends { readonly id: string }>(path: string, schema: z.ZodType<T>, query?: Query, progress?: Progress): AsyncGenerator<T>;
  /** The same of what may be removed meanwhile: nothing, once `owner` is seen to be gone too. */
  listOf<T extends { readonly id: string }>(owner: string, path: string, schema: z.ZodType<T>): AsyncGenerator<T>;
  /** Gives the status: 404 and 409 are answers. Repeating any of these changes nothing more. */
  send(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<number>;
  /** The last answer's Date header: the provider's clock. */
  readonly lastDate: () => string | undefined;
  /** The account we are signed in as: its id in the realm. */
  ourselves(): Promise<string>;
  close(): void;
}

export interface Surroundings {
  readonly now: () => Instant;
  /** Before the first try again, where the server does not say. */
  readonly firstPauseMs?: number | undefined;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The server calls a token dead a little before its time. */
const TOKEN_MARGIN_MS = 10_000;

export function openRealm(settings: KeycloakSettings, { now, firstPauseMs }: Surroundings): Realm {
  const { url, realm, caPem, timeoutMs, pageSize } = settings;
  const wire = openWire({ timeoutMs, caPem });
  const token = createToken(wire, settings, now);
  const baseUrl = `${url}/admin/realms/${encodeURIComponent(realm)}`;
  const api = createApi(wire, { baseUrl, authorization: token.authorization, now, explain, firstPauseMs });
  let lastDate: string | undefined;

  async function ask(path: string, query: Query, expect: readonly number[] = []): Promise<ApiAnswer> {
    const answer = await api.send({ method: "GET", path, query, expect });
    lastDate = answer.headers.date;
    return answer;
  }

  return {
    async find(path, schema, query = {}) {
      const { status, json } = await ask(path, query, [404]);
      if (status !== 404) return shaped(json, schema, path);
      // The server says in words of its own that there is no such thing; anybody in between says 404 too.
      if (!isSaidByKeycloak(json)) throw stranger(path);
      return undefined;
    },
    async get(path, schema, query = {}) {
      return shaped((await ask(path, query)).json, schema, path);
    },
    list: (path, schema, query = {}, progress) => {
      const page = async (first: number, max: number) => shaped((await ask(path, { ...query, first, max })).json, z.array(schema), path);
      return listed(page, path, pageSize, progress);
    },
    listOf(owner, path, schema) {
      const page = async (first: number, max: number) => {
        const answer = await ask(path, { first, max }, [404]);
        if (answer.status !== 404) return shaped(answer.json, z.array(schema), path);
        if (!isSaidByKeycloak(answer.json) || !isSaidByKeycloak((await ask(owner, {}, [404, 200])).json))
          throw new ProviderFault("fault", `The server has no ${path} of something that is there.`);
        return [];
      };
      return listed(page, path, pageSize, undefined);
    },
    send: (method, path, body) => send(api, method, path, body),
    lastDate: () => lastDate,
    ourselves: () => token.ourselves(),
    close: () => wire.close(),
  };
}

async function send(api: Api, method: "POST" | "PUT" | "DELETE", path: string, body: unknown): Promise<number> {
  const { status, json } = await api.send({ method, path, body, expect: [404, 409], repeatable: true });
  if (status === 404 && !isSaidByKeycloak(json)) throw stranger(path);
  return status;
}

function shaped<T>(json: unknown, schema: z.ZodType<T>, path: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map((issue) => `/${issue.path.join("/")} ${issue.message}`);
  throw new ProviderFault("fault", `The server's answer to ${path} has not the shape it should have: ${places.join("; ")}.`);
}

const said = z.object({ error: z.string().optional(), errorMessage: z.string().optional(), error_description: z.string().optional() });

/** Whether a 404 is the server's own: it says in words that there is no such thing. */
function isSaidByKeycloak(json: unknown): boolean {
  return explain(json) !== undefined;
}

function stranger(path: string): ProviderFault {
  return new ProviderFault("fault", `Something that is not Keycloak answered 404 to ${path}.`);
}

function explain(json: unknown): string | undefined {
  const { data } = said.safeParse(json);
  return data?.errorMessage ?? data?.error_description ?? data?.error;
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/** Client credentials; asked for again shortly before the token's end, and once for many requests at a time. */
function createToken(wire: Wire, { url, realm, clientId, secret }: KeycloakSettings, now: () => Instant) {
  let held: { readonly value: string; readonly until: Instant } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString("base64");
    const answer = await wire.send({
      method: "POST",
      url: new URL(`${url}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/token`),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${basic}`,
      },
      body: "grant_type=client_credentials",
    });
    const json = jsonOf(answer.text);
    if (answer.status === 400 || answer.status === 401) {
      const said = tellable(explain(json) ?? String(answer.status), [basic, secret, encodeURIComponent(secret)]);
      throw new ProviderFault("denied", `${url} refused the sign-in of the client ${clientId} (${said}).`);
    }
    if (answer.status === 404) throw new ProviderFault("fault", `${url} has no realm ${realm}.`);
    const trouble = troubleOfSignIn(answer, `${url} answered ${answer.status} to a sign-in.`, now());
    if (trouble !== undefined) throw trouble;
    const { access_token: value, expires_in: seconds } = shaped(json, tokenAnswer, "token");
    held = { value, until: addDuration(now(), durationOfMs(Math.max(0, seconds * 1000 - TOKEN_MARGIN_MS))) };
    return value;
  }

  async function current(renew: boolean): Promise<string> {
    if (!renew && held !== undefined && now() < held.until) return held.value;
    asking ??= ask().finally(() => (asking = undefined));
    return asking;
  }

  return {
    authorization: async (renew: boolean) => `Bearer ${await current(renew)}`,
    async ourselves(): Promise<string> {
      const claims = jsonOf(Buffer.from((await current(false)).split(".")[1] ?? "", "base64url").toString("utf8"));
      return shaped(claims, z.object({ sub: z.string() }), "token").sub;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
