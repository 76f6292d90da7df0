import { callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract-today.ts";
import { askedAs, type QueueDependencies } from "./queue-routes.ts";
import { showToday, type TodayDependencies } from "./today-service.ts";

export function todayRoutes(deps: TodayDependencies & QueueDependencies): readonly Route[] {
  return [route(contract.showToday, async (_, call) => showToday(deps, { ...callerOf(call), asks: await askedAs(deps, call) }, call.now))];
}
