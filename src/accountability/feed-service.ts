/** Calendars that other programs keep: read now and then, the last good reading kept with its age. */
import type { CommitContext } from "../journal/append.ts";
import { addDuration, duration, type Instant, subtractDuration, type Zone } from "../kernel/time.ts";
import { SealFault } from "../platform/seal.ts";
import type { FeedStore } from "./feed-store.ts";
import type { MapDependencies } from "./load-map.ts";
import type { Sealer } from "./rota-service.ts";
import type { FeedSeen, FeedShift } from "./shifts.ts";

/** Reads the calendar at an address; what goes wrong is told in words for people. */
export type ReadCalendar = (
  address: string,
  window: { readonly from: Instant; readonly until: Instant; readonly zone: Zone },
) => Promise<{ readonly kind: "events"; readonly events: readonly FeedShift[] } | { readonly kind: "failed"; readonly words: string }>;

export interface FeedDependencies extends CommitContext, MapDependencies {
  readonly feeds: FeedStore;
  readonly sealer: Sealer;
  readonly readCalendar: ReadCalendar;
}

/** A swap is known here within half an hour. */
const EVERY = duration("PT30M");
/** What runs now began before now; five weeks ahead are shown. */
const BEHIND = duration("P1D");
const AHEAD = duration("P36D");

export function createFeedCommands(deps: FeedDependencies) {
  const { feeds, sealer } = deps;
  return {
    /** Rotas whose calendar is due to be read. */
    feedsDue: (now: Instant): Promise<readonly string[]> => feeds.due(subtractDuration(now, EVERY)),
    /** Reads the calendar of a rota and keeps what came of it. */
    async readFeed(rota: string, now: Instant): Promise<void> {
      const sealed = await feeds.sealedAddress(rota);
      if (sealed === undefined) return;
      const window = { from: subtractDuration(now, BEHIND), until: addDuration(now, AHEAD), zone: await deps.world.zone() };
      const address = opened(sealer, sealed);
      const failure = { kind: "failed", words: "Its address cannot be opened: the key that sealed it is gone. Give it again." } as const;
      const read = address === undefined ? failure : await deps.readCalendar(address, window);
      if (read.kind === "failed") return feeds.keepFailure(rota, sealed, { at: now, words: read.words });
      const { from, until } = window;
      const reading: NonNullable<FeedSeen["read"]> = { at: now, from, until, shifts: read.events };
      await feeds.keepReading(rota, sealed, reading);
    },
    /** Seals anew what an older key sealed, so that the older key can go; what no key opens stays. */
    async resealFeeds(): Promise<void> {
      for (const { rota, sealed } of await feeds.listSealed()) {
        const address = sealer.isCurrent(sealed) ? undefined : opened(sealer, sealed);
        if (address !== undefined) await feeds.reseal(rota, sealed, sealer.seal(address));
      }
    },
  };
}

function opened(sealer: Sealer, sealed: string): string | undefined {
  try {
    return sealer.open(sealed);
  } catch (error) {
    if (error instanceof SealFault) return undefined;
    throw error;
  }
}
