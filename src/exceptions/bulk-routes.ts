import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import { bulkAction, bulkText } from "./bulk.ts";
import { type BulkCaller, performMany, previewMany, refuseTooMany } from "./bulk-service.ts";
import { performBulk, previewBulk } from "./contract-bulk.ts";
import type { VerifyAssertion } from "./routes.ts";
import type { ExceptionDependencies } from "./service.ts";

/** What a list is about: all of the register at once has no id. */
const SUBJECT = "register";

export function bulkRoutes(deps: ExceptionDependencies, verifyAssertion: VerifyAssertion): readonly Route[] {
  return [
    route(previewBulk, ({ body }, call) => previewMany(deps, body, callerIn(call))),
    route(performBulk, async ({ body: { assertion, ...order } }, call) => {
      refuseTooMany(order.act, order.rows.length);
      const decided = { action: bulkAction(order.act), subject: SUBJECT, contentHash: deps.hash(bulkText(order)) };
      const digest = await verifyAssertion(callerOf(call), assertion, decided, call.now);
      return performMany(deps, order, digest, callerIn(call));
    }),
  ];
}

function callerIn(call: Call): BulkCaller {
  return { personId: callerOf(call).personId, now: call.now };
}
