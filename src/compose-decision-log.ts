/** The log of decisions, and what Prometheus is told of it. */
import { randomUUID } from "node:crypto";

import type { Config } from "./config.ts";
import { createDecisionLog, type DecisionLogService, LATENCY_MS } from "./decisions/index.ts";
import { coveredAmong } from "./exceptions/index.ts";
import type { Clock } from "./kernel/time.ts";
import type { Db } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";
import type { Metrics, Sample } from "./platform/metrics.ts";

export function openDecisionLog(config: Config, shell: { readonly clock: Clock; readonly log: Log }, db: Db): DecisionLogService {
  return createDecisionLog({
    ...shell,
    covered: (resources) => coveredAmong(db, resources),
    db,
    replica: randomUUID(),
    setting: config.decisionLog,
    keepDays: config.decisionLogDays,
  });
}

export function tellDecisions(metrics: Metrics, log: DecisionLogService): void {
  metrics.told("postern_decisions_total", "Answers of the decision point, by caller and reason", "counter", () =>
    log.answerCounts().map(({ caller, code, times }) => ({ labels: { caller, code }, value: times })),
  );
  metrics.told("postern_decision_request_seconds", "Time to answer a request to the decision point", "histogram", () =>
    latencySamples(log),
  );
  metrics.told("postern_decisions_lost_total", "Decisions that the log had no room for", "counter", () => [{ value: log.standing().lost }]);
  metrics.told("postern_decisions_waiting", "Decisions not written to the log yet", "gauge", () => [{ value: log.standing().waiting }]);
}

function latencySamples(log: DecisionLogService): readonly Sample[] {
  const { counts, sumMs } = log.latencies();
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    const end = LATENCY_MS[i];
    return { suffix: "_bucket", labels: { le: end === undefined ? "+Inf" : String(end / 1000) }, value: below };
  });
  return [...buckets, { suffix: "_sum", value: sumMs / 1000 }, { suffix: "_count", value: below }];
}
