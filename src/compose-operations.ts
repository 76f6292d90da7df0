/** What operators' tools ask: is it alive, is it ready, what are its numbers. Outside the API, without a session, without a secret. */
import type { Hono } from "hono";

import type { BypassService } from "./bypasses/index.ts";
import type { ExceptionDependencies } from "./exceptions/index.ts";
import type { MessageService } from "./messages/index.ts";
import { type Database, executeSql } from "./platform/db.ts";
import type { Metrics } from "./platform/metrics.ts";

export interface Operations {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly messages: { readonly service: MessageService };
}

export function addOperations(http: Hono, { metrics, database, exceptions, bypasses, messages }: Operations): void {
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
  http.get("/healthz", (context) => context.text("ok\n"));
  http.get("/readyz", async (context) => {
    try {
      await executeSql(database.db, "select 1");
      return context.text("ready\n");
    } catch {
      return context.text("the database does not answer\n", 503);
    }
  });
  http.get("/metrics", async (context) => context.body(await metrics.text(), 200, { "Content-Type": metrics.contentType }));
}
