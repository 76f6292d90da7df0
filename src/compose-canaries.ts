/** Canaries, and how each gets in: at the directory of its connection, or at its OpenID provider. */
import { z } from "zod";

import { type CanaryService, createCanaryService, type OpenCanary } from "./canaries/index.ts";
import { type ConnectionService, reaching } from "./connections/index.ts";
import { tryBind } from "./connectors/canary/bind.ts";
import { type Attempt, notAsked } from "./connectors/canary/map.ts";
import { type TokenSettings, tryToken } from "./connectors/canary/token.ts";
import type { CommitContext } from "./journal/append.ts";
import type { Instant } from "./kernel/time.ts";
import type { Seal } from "./platform/seal.ts";

/** What a connection to a directory says of how it is reached. */
const directoryPlace = z.looseObject({ url: z.string(), startTls: z.boolean().default(false), caPem: z.string().optional() });
const DIRECTORIES = ["openldap", "activedirectory"];

export async function findConnected(connections: ConnectionService, key: string) {
  const found = (await connections.findByKey(key))?.connection;
  return found?.status === "connected" ? found : undefined;
}

export function createCanaries(context: CommitContext, sealer: Seal, connections: ConnectionService): CanaryService {
  return createCanaryService({
    ...context,
    sealer,
    async place(key) {
      const found = await findConnected(connections, key);
      if (found === undefined) return undefined;
      return {
        binds: DIRECTORIES.includes(found.kind),
        findSubject: (name) => reaching(async () => (await connections.connector(found.id)).findSubject(name)),
      };
    },
  });
}

/** What came of an attempt, with the token where one was given: not to be logged, shown or kept. */
export interface Tried {
  readonly attempt: Attempt;
  readonly accessToken?: string;
}

export type TryAs = (opened: OpenCanary, now: Instant) => Promise<Tried>;

/** `reachesOut` false: an example inside of another instance asks nobody. */
export function createTryAs(connections: ConnectionService, trustPem: string | undefined, reachesOut: boolean): TryAs {
  return async (opened, now) => {
    if (!reachesOut) return { attempt: notAsked("The example organisation reaches nobody.") };
    const settings = tokenSettingsOf(opened, trustPem);
    const tried = settings === undefined ? await bind(connections, opened) : await getToken(opened, settings);
    if (tried.attempt.answer === "let_in") await opened.worked(now);
    return tried;
  };
}

/** Undefined for a canary that signs in at no OpenID provider. */
export function tokenSettingsOf({ canary, secret, clientSecret }: OpenCanary, trustPem: string | undefined): TokenSettings | undefined {
  if (canary.way.kind !== "openid") return undefined;
  const { issuer, clientId, grant, scope } = canary.way;
  return { issuer, clientId, clientSecret, grant, account: canary.account, secret, trustPem, ...(scope !== null && { scope }) };
}

async function getToken(opened: OpenCanary, settings: TokenSettings): Promise<Tried> {
  const tried = await tryToken(settings);
  // Kept before anything else is done: the one that was used is dead by now.
  if (settings.grant === "refresh_token" && tried.newRefreshToken !== undefined) await opened.renewed(tried.newRefreshToken);
  return tried;
}

async function bind(connections: ConnectionService, { canary, secret }: OpenCanary): Promise<Tried> {
  const { way, connection, account } = canary;
  if (connection === null || (way.kind !== "password" && way.kind !== "certificate"))
    return { attempt: notAsked("It is shown to relying parties, and signs in nowhere.") };
  const found = await findConnected(connections, connection);
  const place = directoryPlace.safeParse(found?.config);
  if (found === undefined || !DIRECTORIES.includes(found.kind) || !place.success)
    return { attempt: notAsked(`The connection ${connection} is no directory, or was removed.`) };
  const { url, startTls, caPem } = place.data;
  const certificate = way.kind === "certificate" ? { certificatePem: way.certificatePem } : {};
  return { attempt: await tryBind({ url, startTls, caPem, bindDn: account, secret, timeoutMs: 10_000, ...certificate }) };
}
