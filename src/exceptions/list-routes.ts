import { defined } from "../kernel/defined.ts";
import { type Route, route } from "../platform/http.ts";
import * as figures from "./contract-figures.ts";
import * as contract from "./contract-lists.ts";
import { type FiguresDependencies, registerFigures } from "./figures-service.ts";
import { listNotices, listReviews, type RegisterDependencies } from "./register.ts";
import { listRepeats, type RepeatsDependencies } from "./repeats-service.ts";

export function listRoutes(deps: RegisterDependencies & RepeatsDependencies & FiguresDependencies): readonly Route[] {
  return [
    route(contract.listRepeats, ({ query }, call) => listRepeats(deps, query, call.now)),
    route(contract.listDue, ({ query }, call) => listNotices(deps, defined(query), call.now)),
    route(contract.listReviews, ({ query }, call) => listReviews(deps, defined(query), call.now)),
    route(figures.registerFigures, (_, call) => registerFigures(deps, call.now)),
  ];
}
