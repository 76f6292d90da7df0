import { type Route, route } from "../platform/http.ts";
import * as contract from "./contract-lists.ts";
import { listRepeats, type RepeatsDependencies } from "./repeats-service.ts";

export function listRoutes(deps: RepeatsDependencies): readonly Route[] {
  return [route(contract.listRepeats, ({ query }, call) => listRepeats(deps, query, call.now))];
}
