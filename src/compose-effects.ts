/** The outbox: what commits ask of providers, carried by jobs and told back to the register. */
import type { AccountabilityService } from "./accountability/index.ts";
import type { BypassService } from "./bypasses/index.ts";
import { converge, type ExceptionDependencies, issuesDue, type News, wakeExceptions } from "./exceptions/index.ts";
import type { ProbeService } from "./drills/index.ts";
import type { LookAfter } from "./compose-health.ts";
import type { GovernanceService } from "./governance/index.ts";
import type { Instant } from "./kernel/time.ts";
import type { MessageService } from "./messages/index.ts";
import type { Tx } from "./platform/db.ts";
import type { Jobs } from "./platform/jobs.ts";
import type { Metrics } from "./platform/metrics.ts";

const CONVERGE = "converge";
const SCAN = "scan";
const PROBE = "probe";
const WAKE = "wake";
const ISSUES = "issues";
const TELL = "tell";
const DELIVER = "deliver";
const FEED = "feed";

export interface Effects {
  requestConverge(tx: Tx, exception: string): Promise<void>;
  requestScan(tx: Tx, connection: string): Promise<void>;
  /** A probe of a drill, to be run. */
  requestProbe(tx: Tx, drill: string, probe: string, attempt: number): Promise<void>;
  requestIssues(tx: Tx, exception: string): Promise<void>;
  /** Of an exception, a connection's bypasses, a design issue or a risk: whom it concerns now. */
  requestTelling(tx: Tx, subject: string): Promise<void>;
  requestDelivery(tx: Tx, notification: string): Promise<void>;
  /** The calendar of a rota, to be read. */
  requestFeed(tx: Tx, rota: string): Promise<void>;
  /** News of people and the estate, for the exceptions that rest on them. */
  announce(tx: Tx, news: readonly News[], at: Instant): Promise<void>;
  /** Begins to work off what is waiting. */
  work(deps: Workers): Promise<void>;
}

export interface Workers {
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly probes: ProbeService;
  readonly accountability: AccountabilityService;
  readonly governance: GovernanceService;
  readonly messages: { readonly service: MessageService };
  /** Told after each reading of a connection. */
  readonly lookAfter: LookAfter;
}

/** One job of a kind waits per subject: what is asked for twice before it ran is done once. */
export function createEffects(jobs: Jobs, metrics: Metrics): Effects {
  return {
    requestConverge: (tx, exception) => jobs.enqueue(tx, CONVERGE, exception, { exception }),
    // Each try by itself: one that asks again is not answered by what was asked before.
    requestProbe: (tx, drill, probe, attempt) => jobs.enqueue(tx, PROBE, `${drill} ${probe} ${attempt}`, { drill, probe, attempt }),
    requestScan: (tx, connection) => jobs.enqueue(tx, SCAN, connection, { connection }),
    announce: async (tx, news, at) => {
      for (const each of news) await jobs.enqueue(tx, WAKE, `${each.id} ${each.what} ${at}`, { news: each, at });
    },
    requestIssues: (tx, exception) => jobs.enqueue(tx, ISSUES, exception, { exception }),
    requestTelling: (tx, subject) => jobs.enqueue(tx, TELL, subject, { subject }),
    requestDelivery: (tx, notification) => jobs.enqueue(tx, DELIVER, notification, { notification }),
    requestFeed: (tx, rota) => jobs.enqueue(tx, FEED, rota, { rota }),
    async work({ exceptions: deps, bypasses, probes, governance, messages, accountability, lookAfter }) {
      // Four hours are what an application may take; retries up to every five minutes cover them many times over.
      const converging = { name: CONVERGE, retryLimit: 60, retryDelay: 2, retryDelayMax: 300, expireInSeconds: 300, concurrency: 10 };
      await jobs.work<{ exception: string }>(converging, (job) => timed(metrics, CONVERGE, () => converge(deps, job.data.exception)));
      await workProbes(jobs, metrics, probes);
      const waking = { name: WAKE, retryLimit: 20, retryDelay: 2, retryDelayMax: 300, expireInSeconds: 300, concurrency: 5 };
      await jobs.work<{ news: News; at: Instant }>(waking, (job) =>
        timed(metrics, WAKE, () => wakeExceptions(deps, job.data.news, job.data.at)),
      );
      const scanning = { name: SCAN, retryLimit: 3, retryDelay: 30, retryDelayMax: 600, expireInSeconds: 3600, concurrency: 2 };
      await jobs.work<{ connection: string }>(scanning, async ({ data: { connection } }) => {
        await timed(metrics, SCAN, () => bypasses.scanUnlessRead(connection).finally(() => lookAfter(connection)));
      });
      const opening = { name: ISSUES, retryLimit: 20, retryDelay: 2, retryDelayMax: 300, expireInSeconds: 300, concurrency: 2 };
      await jobs.work<{ exception: string }>(opening, (job) =>
        timed(metrics, ISSUES, () => openIssuesDue(deps, governance, job.data.exception)),
      );
      // What fails is kept as that, and read again at the next turn.
      const feeding = { name: FEED, retryLimit: 2, retryDelay: 30, retryDelayMax: 300, expireInSeconds: 120, concurrency: 2 };
      await jobs.work<{ rota: string }>(feeding, (job) =>
        timed(metrics, FEED, () => accountability.readFeed(job.data.rota, deps.clock.now())),
      );
      await workMessages(jobs, metrics, messages.service);
    },
  };
}

async function workProbes(jobs: Jobs, metrics: Metrics, service: ProbeService): Promise<void> {
  // A synthetic exception may live for hours before it is due to die.
  const probing = { name: PROBE, retryLimit: 5, retryDelay: 5, retryDelayMax: 60, expireInSeconds: 86_400, concurrency: 5 };
  await jobs.work<{ drill: string; probe: string; attempt: number }>(probing, ({ data: { drill, probe, attempt } }) =>
    timed(metrics, PROBE, () => service.run(drill, { probe, attempt })),
  );
}

async function workMessages(jobs: Jobs, metrics: Metrics, service: MessageService): Promise<void> {
  const telling = { name: TELL, retryLimit: 20, retryDelay: 2, retryDelayMax: 300, expireInSeconds: 300, concurrency: 5 };
  await jobs.work<{ subject: string }>(telling, (job) => timed(metrics, TELL, () => service.note(job.data.subject)));
  // Eleven tries within the first hour, then one an hour: a mail server that is down over a night and a morning is waited for.
  const delivering = { name: DELIVER, retryLimit: 36, retryDelay: 2, retryDelayMax: 3600, expireInSeconds: 300, concurrency: 5 };
  await jobs.work<{ notification: string }>(delivering, (job) =>
    timed(metrics, DELIVER, () => service.deliver(job.data.notification, job.last)),
  );
}

async function openIssuesDue(deps: ExceptionDependencies, governance: GovernanceService, exception: string): Promise<void> {
  const now = deps.clock.now();
  for (const { application, statement } of await issuesDue(deps, exception, now)) {
    await governance.openIssueByRule({ about: { kind: "application", id: application }, statement }, now);
  }
}

async function timed(metrics: Metrics, queue: string, run: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  const observe = (outcome: "completed" | "failed") => metrics.observeJob(queue, outcome, (performance.now() - startedMs) / 1000);
  try {
    await run();
    observe("completed");
  } catch (error) {
    observe("failed");
    throw error;
  }
}
