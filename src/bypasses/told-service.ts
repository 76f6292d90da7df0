/** What bypasses are kept with, and the commit after which somebody is told that nobody answers for one. */
import type { OriginOf, Placed } from "../connections/index.ts";
import type { Bypass as SeenBypass, Connector } from "../connectors/port.ts";
import { commit, type Commit, type CommitContext } from "../journal/append.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import type { Tx } from "../platform/db.ts";
import type { Bypass, BypassEvent, Coverage } from "./bypass.ts";
import type { PassStore } from "./pass-store.ts";
import type { BypassStore } from "./store.ts";

export interface BypassDependencies extends CommitContext {
  readonly store: BypassStore;
  readonly passes: PassStore;
  readonly clock: Clock;
  readonly connector: (connectionId: string) => Promise<Connector>;
  /** Those that are connected. */
  readonly connected: () => Promise<readonly string[]>;
  /** What the register says about a bypass of this connection; asked at its beginning, and again when it is to say that nobody answers for what a grant may have made. */
  readonly coverage: (connectionId: string) => Promise<(bypass: SeenBypass) => Coverage | undefined>;
  /** Those of these exceptions that have ended, granted or not. */
  readonly ended: (exceptions: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Told of every bypass that should not be there any more, because the exception it belongs to has ended. */
  readonly reappeared: (exception: string, bypass: SeenBypass, now: Instant) => Promise<void>;
  /** Reads the provider's own log on: who changed what. */
  readonly watch: (connectionId: string) => Promise<void>;
  /** Who put these subjects where they are, by that log; undefined when nobody is named. */
  readonly origins: (connectionId: string, subjectKeys: readonly string[]) => Promise<OriginOf>;
  /** The same, with that log read on until now. */
  readonly originsByNow: (connectionId: string, asked: readonly Placed[]) => Promise<OriginOf>;
  /** Asks, within the commit, whom to tell of what nobody answers for in a connection. */
  readonly requestTelling: (tx: Tx, connectionId: string) => Promise<void>;
  /** That it was read in full, or that the reading broke off, and what came of it. */
  readonly noteScan: (connectionId: string, at: Instant, words: string) => Promise<void>;
  readonly noteBrokeOff: (connectionId: string, at: Instant, words: string) => Promise<void>;
}

/** Events after which somebody has to be told that nobody answers for a bypass. */
const TOLD_AFTER: ReadonlySet<string> = new Set<BypassEvent["type"]>([
  "bypassFound",
  // It may have become critical, or weaken another policy: whoever was told already is not told again.
  "bypassChanged",
  "bypassUncovered",
  "bypassClaimLapsed",
  "bypassEscalated",
]);

export async function commitTold(deps: BypassDependencies, what: Commit): Promise<void> {
  const told = what.changes.filter(({ entries }) => entries.some(({ type }) => TOLD_AFTER.has(type)));
  const connections = new Set(told.map(({ state }) => (state as Bypass).connection));
  const alongside = async (tx: Tx) => {
    for (const connection of connections) await deps.requestTelling(tx, connection);
    await what.alongside?.(tx);
  };
  await commit(deps, { ...what, alongside });
}
