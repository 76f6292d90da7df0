import { defined } from "../kernel/defined.ts";
import { type Route, route } from "../platform/http.ts";
import * as contract from "./contract-lists.ts";
import { listNotices, listReviews, type RegisterDependencies } from "./register.ts";
import { listRepeats, type RepeatsDependencies } from "./repeats-service.ts";

export function listRoutes(deps: RegisterDependencies & RepeatsDependencies): readonly Route[] {
  return [
    route(contract.listRepeats, ({ query }, call) => listRepeats(deps, query, call.now)),
    route(contract.listDue, ({ query }, call) => listNotices(deps, defined(query), call.now)),
    route(contract.listReviews, ({ query }, call) => listReviews(deps, defined(query), call.now)),
  ];
}
