import { type Route, route } from "../platform/http.ts";
import { type BoardDependencies, registerBoard } from "./board-service.ts";
import * as contract from "./contract-board.ts";

export function boardRoutes(deps: BoardDependencies): readonly Route[] {
  return [route(contract.registerBoard, (_, call) => registerBoard(deps, call.now))];
}
