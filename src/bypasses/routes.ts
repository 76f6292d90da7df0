import type { Bypass as SeenBypass } from "../connectors/port.ts";
import { isStale } from "../connections/freshness.ts";
import { reaching } from "../connections/index.ts";
import type { Instant } from "../kernel/time.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import type { Bypass } from "./bypass.ts";
import * as contract from "./contract.ts";
import type { BypassService } from "./service.ts";
import type { StoredBypass } from "./store.ts";

/** Opens a draft exception out of what is known of a bypass; the exceptions module's, wired by compose. Returns its id. */
export type OpenDraftFromBypass = (request: {
  connection: string;
  seen: SeenBypass;
  category: string;
  unit: string;
  requester: string;
  now: Instant;
  claimed: (exception: string) => ReturnType<BypassService["claimed"]>;
}) => Promise<string>;

/** Names of those who answer for bypasses, by the bypass's id; wired by compose. */
export type AnswersFor = (bypasses: readonly Bypass[]) => Promise<ReadonlyMap<string, string>>;

/** A connection, and when it was last read in full; wired by compose. */
export interface LastRead {
  readonly id: string;
  readonly name: string;
  readonly readAt: Instant | null;
  /** Nobody reads it any more. */
  readonly isRemoved: boolean;
}

/** What covers these at a moment, by the bypass's id; wired by compose. */
export type CoversOf = (
  bypasses: readonly Bypass[],
  now: Instant,
) => Promise<ReadonlyMap<string, { readonly exception: string; readonly until: Instant }>>;

export interface BypassReading {
  readonly answersFor: AnswersFor;
  readonly coversOf: CoversOf;
  /** Every provider that is connected, and those that were removed while something stood in them. */
  readonly providers: () => Promise<readonly LastRead[]>;
}

export function bypassRoutes(
  service: BypassService,
  openDraft: OpenDraftFromBypass,
  { answersFor, coversOf, providers }: BypassReading,
): readonly Route[] {
  return [
    route(contract.listBypasses, async ({ query }, { now }) => {
      const { items, next } = await service.list({
        limit: query.limit,
        ...(query.cursor !== undefined && { cursor: query.cursor }),
        ...(query.connection !== undefined && { connection: query.connection }),
        ...(query.status !== undefined && { statuses: query.status }),
      });
      const bypasses = items.map(({ bypass }) => bypass);
      const [answers, covers] = [await answersFor(bypasses), await coversOf(bypasses, now)];
      return {
        items: items.map((item) => {
          const cover = covers.get(item.bypass.id);
          return { ...view(item, answers.get(item.bypass.id) ?? item.bypass.seen.owner), ...(cover !== undefined && { cover }) };
        }),
        ...(next !== undefined && { next }),
        stale: (await providers())
          .filter(({ id, readAt, isRemoved }) => (query.connection ?? id) === id && (isRemoved || isStale(readAt, now)))
          .map(({ id, name, readAt }) => ({ id, name, readAt })),
      };
    }),
    route(contract.scanConnection, ({ params }) => reaching(() => service.scan(params.id))),
    route(contract.claimBypass, async ({ params, body }, call) => {
      const { personId } = callerOf(call);
      const { bypass } = await service.loadOpen(params.id);
      const { connection, seen } = bypass;
      const claimed = (exception: string) => service.claimed(bypass.id, exception, personId);
      return { exception: await openDraft({ connection, seen, ...body, requester: personId, now: call.now, claimed }) };
    }),
    route(contract.removeBypass, async ({ params, body }, call) => {
      await reaching(() => service.remove(params.id, body.reason, callerOf(call).personId, call.now));
      return {};
    }),
    route(contract.escalateBypass, async ({ params, body }, call) => {
      await service.escalate(params.id, body.reason, callerOf(call).personId, call.now);
      return {};
    }),
  ];
}

function view({ bypass, lastSeenAt }: StoredBypass, owner: string | undefined) {
  const { seen } = bypass;
  return {
    id: bypass.id,
    connection: bypass.connection,
    status: bypass.status,
    form: seen.form,
    subject: { ...seen.subject },
    object: seen.object,
    critical: seen.critical,
    evidence: { ...seen.evidence },
    addedBy: seen.addedBy ?? null,
    firstSeenAt: bypass.firstSeenAt,
    lastSeenAt,
    ...(owner !== undefined && { owner }),
    ...(seen.policy !== undefined && { policy: seen.policy }),
    ...(seen.since !== undefined && { since: seen.since }),
    ...(seen.opens === false && { opens: seen.opens }),
    ...(bypass.status === "unregistered" && { claimUntil: bypass.claimUntil }),
    ...(bypass.status === "escalated" && bypass.asked !== undefined && { escalated: { ...bypass.asked } }),
    ...("exception" in bypass && { exception: bypass.exception }),
  };
}
