/** What operators' tools ask: is it alive, is it ready, what are its numbers. Outside the API, without a session, without a secret. */
import type { Hono } from "hono";

import { tellDecisions } from "./compose-decision-log.ts";
import type { BypassService } from "./bypasses/index.ts";
import type { DecisionLogService } from "./decisions/index.ts";
import type { ExceptionDependencies } from "./exceptions/index.ts";
import type { MessageService } from "./messages/index.ts";
import { type Database, executeSql } from "./platform/db.ts";
import type { Metrics } from "./platform/metrics.ts";

export interface Operations {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly decisionLog: DecisionLogService;
  readonly messages: { readonly service: MessageService };
}

export function addOperations(http: Hono, { metrics, database, exceptions, bypasses, messages, decisionLog }: Operations): void {
  metrics.gauge("postern_overstaying_exceptions", "Exceptions that ended and that a provider still holds", () =>
    exceptions.store.countOverstaying(),
  );
  metrics.gauge("postern_unregistered_bypasses", "Bypasses nobody answers for", async () => {
    const counts = await bypasses.countByStatus();
    return (counts["unregistered"] ?? 0) + (counts["escalated"] ?? 0);
  });
  metrics.gauge("postern_undelivered_messages", "Messages of the last two days that did not arrive, yet or at all", () =>
    messages.service.countUndelivered(),
  );
  tellDecisions(metrics, decisionLog);
  http.get("/healthz", (context) => context.text("ok\n"));
  http.get("/readyz", async (context) => {
    try {
      await executeSql(database.db, "select 1");
      return context.text(`ready\n${wordsOfLog(decisionLog)}`);
    } catch {
      return context.text("the database does not answer\n", 503);
    }
  });
  http.get("/metrics", async (context) => context.body(await metrics.text(), 200, { "Content-Type": metrics.contentType }));
}

/** A log that loses decisions makes nobody unready, and is told all the same. */
function wordsOfLog(log: DecisionLogService): string {
  const { lost, failingSince } = log.standing();
  const failing = failingSince === null ? "" : `decisions are not written since ${failingSince}\n`;
  return `${lost === 0 ? "" : `${lost} decisions were lost for the log\n`}${failing}`;
}
