import { type Route, route } from "../platform/http.ts";
import * as figures from "./contract-figures.ts";
import * as contract from "./contract-lists.ts";
import { type FiguresDependencies, registerFigures } from "./figures-service.ts";
import { listRepeats, type RepeatsDependencies } from "./repeats-service.ts";

export function listRoutes(deps: RepeatsDependencies & FiguresDependencies): readonly Route[] {
  return [
    route(contract.listRepeats, ({ query }, call) => listRepeats(deps, query, call.now)),
    route(figures.registerFigures, (_, call) => registerFigures(deps, call.now)),
  ];
}
