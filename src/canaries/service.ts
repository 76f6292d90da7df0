/** Canaries: kept, sealed, opened for whoever tries them. What their secrets are nobody is told. */
import { createRateLimit } from "../access/index.ts";
import { type CommitContext, commit, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { isDuplicate } from "../platform/db.ts";
import type { Seal } from "../platform/seal.ts";
import { type Canary, type CanaryEvent, type CanarySubject, type CanaryUse, type CanaryWay, isUsedFor } from "./canary.ts";
import { canaryChange, createCanaryStore, type StoredCanary } from "./store.ts";

export interface CanarySecret {
  readonly secret: string;
  /** Of the OpenID client that signs in for the account. */
  readonly clientSecret?: string | undefined;
}

export interface NewCanary extends CanarySecret {
  readonly key: string;
  readonly name: string;
  readonly connection: string | null;
  readonly account: string;
  readonly subject: string | null;
  readonly way: CanaryWay;
  readonly shownTo: readonly string[];
  readonly control: string | null;
}

/** What is known of the connection it signs in at. */
export interface CanaryPlace {
  /** Whether a password or a certificate can be tried there. */
  readonly binds: boolean;
  readonly findSubject: (name: string) => Promise<CanarySubject | undefined>;
}

export interface CanaryDependencies extends CommitContext {
  readonly sealer: Seal;
  /** Undefined where no connection has this key. */
  readonly place: (connection: string) => Promise<CanaryPlace | undefined>;
}

/** Opened for one use. */
export interface OpenCanary extends CanarySecret {
  readonly canary: Canary;
  readonly workedAt: Instant | null;
  /** Says that this very secret let it in. */
  readonly worked: (at: Instant) => Promise<void>;
  /** The provider gave another secret in its place, and the old one is dead. */
  readonly renewed: (secret: string) => Promise<void>;
}

/** A wrong secret tried again and again locks the account that drills rest on. */
const TRIES = { burst: 10, perSecond: 1 / 60, addresses: 10_000 };

export type CanaryService = ReturnType<typeof createCanaryService>;

export function createCanaryService(deps: CanaryDependencies) {
  const store = createCanaryStore(deps.db);
  const tries = createRateLimit(TRIES);

  async function load(id: string): Promise<StoredCanary> {
    const found = await store.find(id);
    if (found === undefined) throw new Refused([refusal("canaries.notFound", `There is no canary ${id}.`)], 404);
    return found;
  }

  async function loadActive(id: string): Promise<StoredCanary> {
    const found = await load(id);
    if (found.canary.status === "removed") throw new Refused([refusal("canaries.removed", `${found.canary.name} was removed.`)], 409);
    return found;
  }

  /** Undefined: it is not there any more, or no key at hand opens its secret. */
  async function opened(found: StoredCanary | undefined): Promise<OpenCanary | undefined> {
    if (found === undefined || found.canary.status === "removed") return undefined;
    const { canary, workedAt } = found;
    const sealed = await store.sealedSecret(canary.id);
    const secret = sealed === undefined ? undefined : openSecret(deps.sealer, sealed);
    if (sealed === undefined || secret === undefined) return undefined;
    const renewed = async (next: string) => {
      await store.replaceSecret(canary.id, sealed, sealSecret(deps.sealer, { ...secret, secret: next }));
    };
    return { ...secret, canary, workedAt, worked: (at) => store.noteWorked(canary.id, sealed, at), renewed };
  }

  return {
    load,
    list: () => store.list(),
    /** Keys of subjects that exceptions are granted to for drills: what comes back every week there is no need that keeps coming back. */
    subjectKeys: () => store.subjectKeys(),
    openByKey: async (key: string) => opened(await store.findByKey(key)),
    /** All of this account that are tried for a use; undefined in the place of one whose secret cannot be opened. */
    openByAccount: async (connection: string, account: string, use: CanaryUse): Promise<(OpenCanary | undefined)[]> => {
      const all = await store.ofAccount(connection, account);
      return Promise.all(all.filter(({ canary }) => isUsedFor(canary.way, use)).map(opened));
    },
    /** The subject of a canary by the name its directory finds it by. */
    subjectNamed: async (connection: string, name: string) =>
      (await store.list()).find(
        ({ canary }) => canary.status === "active" && canary.connection === connection && canary.subject?.name === name,
      )?.canary.subject ?? undefined,
    openById: async (id: string) => opened(await loadActive(id)),

    /** Seconds to wait where it was tried too often; undefined when it may be tried. */
    takeTurn: ({ id }: Canary, now: Instant) => tries.take(id, now),

    async add(wanted: NewCanary, actor: Actor, now: Instant): Promise<StoredCanary> {
      const subject = await checked(deps, store, wanted);
      const { secret, clientSecret, ...rest } = wanted;
      const id = deps.ids.next("canary");
      const secretFingerprint = deps.sealer.fingerprint(secret);
      const data = { ...rest, id, subject, secretFingerprint, addedAt: now, addedBy: actor.id };
      const taken = new Refused([refusal("canaries.keyTaken", `A canary "${wanted.key}" exists already.`, { at: "/key" })], 409);
      await commit(deps, {
        at: now,
        actor,
        changes: [canaryChange(undefined, [{ type: "added", data }])],
        alongside: (tx) => store.putSecret(tx, id, sealSecret(deps.sealer, { secret, clientSecret })),
      }).catch((error: unknown) => {
        throw isDuplicate(error) ? taken : error;
      });
      return load(id);
    },

    async changeSecret(id: string, given: CanarySecret, actor: Actor, now: Instant): Promise<StoredCanary> {
      const changed: CanaryEvent = { type: "secretChanged", data: { secretFingerprint: deps.sealer.fingerprint(given.secret) } };
      await retryOnConflict(async () => {
        const changes = [canaryChange(await loadActive(id), [changed])];
        await commit(deps, { at: now, actor, changes, alongside: (tx) => store.putSecret(tx, id, sealSecret(deps.sealer, given)) });
      });
      return load(id);
    },

    async remove(id: string, reason: string, actor: Actor, now: Instant): Promise<void> {
      await retryOnConflict(async () => {
        const before = await load(id);
        if (before.canary.status === "removed") return;
        const changes = [canaryChange(before, [{ type: "removed", data: { reason } }])];
        await commit(deps, { at: now, actor, changes, alongside: (tx) => store.dropSecret(tx, id) });
      });
    },

    /** Seals anew what an older key sealed, so that the older key can go; what no key opens is left as it is. */
    async resealSecrets(): Promise<void> {
      for (const { canary, sealed } of await store.listSecrets()) {
        const secret = deps.sealer.isCurrent(sealed) ? undefined : openSecret(deps.sealer, sealed);
        if (secret !== undefined) await store.replaceSecret(canary, sealed, sealSecret(deps.sealer, secret));
      }
    },
  };
}

/** Refuses what could never be tried; gives the subject in its directory, where one was named. */
async function checked(
  { place }: CanaryDependencies,
  store: ReturnType<typeof createCanaryStore>,
  { connection, way, subject, control }: NewCanary,
): Promise<CanarySubject | null> {
  const found = connection === null ? undefined : await place(connection);
  if (connection !== null && found === undefined)
    throw new Refused([refusal("canaries.connectionUnknown", `There is no connection "${connection}".`, { at: "/connection" })]);
  if (way.kind === "password" && found?.binds !== true)
    throw new Refused([
      refusal("canaries.wayUnfit", "A password is tried by the bind of a directory: name its connection.", { at: "/way" }),
    ]);
  if (control !== null) refuseUnfitControl(control, await store.findByKey(control), way);
  if (subject === null) return null;
  const known = await found?.findSubject(subject);
  if (known === undefined)
    throw new Refused([refusal("canaries.subjectUnknown", `The directory knows no ${subject}.`, { at: "/subject" })]);
  return { key: known.key, name: known.name };
}

function refuseUnfitControl(key: string, found: StoredCanary | undefined, way: CanaryWay): void {
  const at = { at: "/control" };
  if (found === undefined) throw new Refused([refusal("canaries.notFound", `There is no canary "${key}".`, at)]);
  if (found.canary.way.kind === way.kind) return;
  throw new Refused([refusal("canaries.wayUnfit", `"${key}" gets in another way: what it is taken for says nothing of this one.`, at)]);
}

function sealSecret(sealer: Seal, { secret, clientSecret }: CanarySecret): string {
  return sealer.seal(JSON.stringify({ secret, clientSecret }));
}

function openSecret(sealer: Seal, sealed: string): CanarySecret | undefined {
  try {
    return JSON.parse(sealer.open(sealed)) as CanarySecret;
  } catch {
    return undefined;
  }
}
