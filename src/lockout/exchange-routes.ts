import { callerOf, type Route, route } from "../platform/http.ts";
import type { Plan } from "../estate/plan-words.ts";
import * as contract from "./contract-exchange.ts";
import type { createExchange } from "./exchange-service.ts";

export function exchangeRoutes(exchange: ReturnType<typeof createExchange<Plan>>): readonly Route[] {
  return [
    route(contract.importFaultTree, async ({ body: { dryRun, ...asked } }, call) => {
      const { personId: id, roles } = callerOf(call);
      const plan = await exchange.importTree(asked, { dryRun, now: call.now, by: { id, roles } });
      return {
        ...plan,
        created: [...plan.created],
        changed: plan.changed.map((item) => ({ ...item, fields: [...item.fields] })),
        leftAlone: [...plan.leftAlone],
      };
    }),
    route(contract.exportFaultTree, async ({ params }) => ({ xml: await exchange.exportOperation(params.key) })),
  ];
}
