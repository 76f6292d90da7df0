/** Everything that time alone demands, part by part. */
import type { AccountabilityService } from "./accountability/index.ts";
import type { BypassService } from "./bypasses/index.ts";
import type { WatchService } from "./canaries/index.ts";
import type { ConnectionService } from "./connections/index.ts";
import { type ExceptionDependencies, readBack, tickExceptions, wakeUnused } from "./exceptions/index.ts";
import type { FindingService } from "./findings/index.ts";
import type { DecisionLogService } from "./decisions/index.ts";
import type { DrillService, UnattendedService } from "./drills/index.ts";
import type { GovernanceService } from "./governance/index.ts";
import type { Effects } from "./compose-effects.ts";
import { addDuration, type Duration, duration, type Instant, subtractDuration } from "./kernel/time.ts";
import type { Database } from "./platform/db.ts";
import type { MessageService } from "./messages/index.ts";
import { type Log, words } from "./platform/log.ts";
import type { TickPart } from "./platform/tick.ts";

/** How often a provider is read in full, and every live binding back, without anybody asking. */
const SCAN_EVERY = duration("PT15M");
const READ_BACK_EVERY = duration("PT15M");
const LOOK_EVERY = duration("PT1M");
const UNUSED_EVERY = duration("PT1H");
/** Read-backs a tick: a slow provider must not hold up the rest. */
const READ_BACKS = 50;

export interface TickDependencies {
  readonly database: Database;
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly connections: ConnectionService;
  readonly findings: FindingService;
  readonly watch: WatchService;
  readonly accountability: Pick<AccountabilityService, "feedsDue">;
  readonly drills: DrillService;
  readonly unattended: UnattendedService;
  readonly governance: GovernanceService;
  readonly decisionLog: DecisionLogService;
  readonly effects: Effects;
  readonly messages: { readonly service: MessageService };
  readonly forgetSessions: (now: Instant) => Promise<void>;
  readonly log: Log;
}

export function createTickParts(deps: TickDependencies): readonly TickPart[] {
  return [
    { name: "exceptions", run: (now) => tickRegister(deps, now) },
    { name: "unused exceptions", run: every(UNUSED_EVERY, (now) => wakeUnused(deps.exceptions, now)) },
    { name: "bypasses", run: async (now) => void (await deps.bypasses.escalateOverdue(now)) },
    { name: "drills", run: (now) => deps.drills.runClock(now) },
    { name: "unattended drills", run: (now) => deps.unattended.run(now) },
    { name: "scans", run: (now) => requestScans(deps, now) },
    { name: "feeds", run: (now) => requestFeeds(deps, now) },
    { name: "canaries", run: (now) => deps.watch.tick(now) },
    { name: "read-backs", run: (now) => readBackLive(deps, now) },
    { name: "risks", run: every(LOOK_EVERY, (now) => deps.governance.reopenChanged(now)) },
    { name: "findings", run: (now) => deps.findings.tick(now) },
    { name: "governance", run: (now) => deps.messages.service.noteTimed(now) },
    { name: "messages", run: (now) => deps.messages.service.tell(now) },
    { name: "decision log", run: (now) => deps.decisionLog.prune(now) },
    { name: "sessions", run: deps.forgetSessions },
  ];
}

/** What need not be looked at each time; a clock that was set back counts as time to look. */
function every(length: Duration, run: (now: Instant) => Promise<unknown>): TickPart["run"] {
  let last: Instant | undefined;
  return async (now) => {
    if (last !== undefined && last <= now && now < addDuration(last, length)) return;
    await run(now);
    last = now;
  };
}

async function tickRegister(deps: TickDependencies, now: Instant): Promise<void> {
  await tickExceptions(deps.exceptions, now, (exception, error) =>
    deps.log.error("exception not ticked", { exception, error: words(error) }),
  );
}

async function requestScans(deps: TickDependencies, now: Instant): Promise<void> {
  const before = subtractDuration(now, SCAN_EVERY);
  // One that broke off was tried again by its job already; the next turn is as far away as after any other.
  const isRecent = (at: Instant | undefined) => at !== undefined && at > before && at <= now;
  const lastRead = await deps.bypasses.lastRead();
  // A full reading is as old as its beginning; one that takes longer than a turn is not due again as soon as it ends.
  const isAtRest = (until: Instant | undefined) => until === undefined || until <= before || until > addDuration(now, SCAN_EVERY);
  for (const { connection, scannedAt, brokeOff } of await deps.connections.list()) {
    if (connection.status !== "connected" || isRecent(scannedAt) || isRecent(brokeOff?.at)) continue;
    if (!isAtRest(lastRead.get(connection.id))) continue;
    await deps.database.db.transaction().execute((tx) => deps.effects.requestScan(tx, connection.id));
  }
}

async function requestFeeds({ accountability, database, effects }: TickDependencies, now: Instant): Promise<void> {
  for (const rota of await accountability.feedsDue(now)) {
    await database.db.transaction().execute((tx) => effects.requestFeed(tx, rota));
  }
}

/** Level-triggered: what a lost event or a crash left undone, and what somebody changed behind our back, shows here. */
async function readBackLive(deps: TickDependencies, now: Instant): Promise<void> {
  const before = subtractDuration(now, READ_BACK_EVERY);
  for (const { connection } of await deps.connections.list()) {
    if (connection.status !== "connected") continue;
    for (const exception of await deps.exceptions.store.unreadSince(connection.id, before, now, READ_BACKS)) {
      try {
        await readBack(deps.exceptions, exception);
      } catch (error) {
        deps.log.warn("provider not read back", { exception, connection: connection.key, error: words(error) });
        // The provider that did not answer for one will not answer for the next; its turn comes again.
        break;
      }
    }
  }
}
