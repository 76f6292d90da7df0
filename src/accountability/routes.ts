import type { AssertionBody } from "../kernel/contract.ts";
import { defined } from "../kernel/defined.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Order, PersonId } from "../people/index.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import { listWaysBack } from "./contract-coverage.ts";
import * as rotas from "./contract-rotas.ts";
import type { JourneyRow, RotaRow } from "./load-map.ts";
import type { AccountabilityService } from "./service.ts";
import { viewOfJourney, viewOfRota, viewOfShift, viewOfWaysBack } from "./view.ts";

export interface AccountabilityRoutesDependencies {
  readonly service: AccountabilityService;
  /** Verifies a fresh passkey assertion over a decision; the access module's. Gives the reference that the journal keeps. */
  readonly verifyAssertion: (
    caller: Caller,
    body: AssertionBody,
    decided: { readonly action: string; readonly subject: string; readonly contentHash: string },
    now: Call["now"],
  ) => Promise<string>;
}

export function accountabilityRoutes(deps: AccountabilityRoutesDependencies): readonly Route[] {
  return [...journeyRoutes(deps), ...rotaRoutes(deps), ...coverageRoutes(deps)];
}

function journeyRoutes({ service, verifyAssertion }: AccountabilityRoutesDependencies): readonly Route[] {
  return [
    route(contract.listJourneys, async ({ query: { status, seat, about, key, gaps, ...page } }, { now }) => {
      const of = about === undefined ? undefined : key === undefined ? about : `${about} ${key}`;
      const { items, next } = await service.listJourneys({ ...page, status, seat, about: of, onlyGaps: gaps === "true" }, now);
      return { items: items.map(viewOfJourney), ...defined({ next }) };
    }),
    route(contract.getJourney, async ({ params }, call) => showJourney(await service.loadJourney(params.id, call.now), call)),
    route(contract.addJourney, async ({ body: { population, about, deviceClass, ...draft } }, call) =>
      showJourney(await service.addJourney({ population, about, deviceClass }, { ...draft, status: "active" }, orderOf(call)), call),
    ),
    route(contract.changeJourney, async ({ params, body }, call) =>
      showJourney(await service.changeJourney(params.id, body, orderOf(call, versionRead(call))), call),
    ),
    route(contract.approveModel, async ({ params, body: { contentHash, assertion } }, call) => {
      const { journey } = await service.loadJourney(params.id, call.now);
      const digest = await verifyAssertion(callerOf(call), assertion, service.signable(journey.id, contentHash), call.now);
      return showJourney(await service.approve(journey.id, contentHash, digest, orderOf(call)), call);
    }),
  ];
}

function coverageRoutes({ service }: AccountabilityRoutesDependencies): readonly Route[] {
  return [
    route(listWaysBack, async ({ query: { gaps, ...page } }) => {
      const { items, next } = await service.listWaysBack({ ...page, onlyGaps: gaps === "true" });
      return { items: items.map(viewOfWaysBack), ...defined({ next }) };
    }),
  ];
}

function rotaRoutes({ service }: AccountabilityRoutesDependencies): readonly Route[] {
  return [
    route(rotas.listRotas, async ({ query }, { now }) => {
      const { items, next } = await service.listRotas(query, now);
      return { items: items.map((row) => viewOfRota(row, now)), ...defined({ next }) };
    }),
    route(rotas.getRota, async ({ params }, call) => showRota(await service.loadRota(params.id, call.now), call)),
    route(rotas.readShifts, async ({ params, query }, { now }) => {
      const { row, shifts } = await service.shifts(params.id, query.days, now);
      return { shifts: shifts.map((shift) => viewOfShift(shift, row.seated)) };
    }),
    route(rotas.addRota, async ({ body: { key, ...draft } }, call) => showRota(await service.addRota(key, draft, orderOf(call)), call)),
    route(rotas.changeRota, async ({ params, body }, call) =>
      showRota(await service.changeRota(params.id, body, orderOf(call, versionRead(call))), call),
    ),
    route(rotas.coverShift, async ({ params, body }, call) => showRota(await service.cover(params.id, body, orderOf(call)), call)),
    route(rotas.uncoverShift, async ({ params, body }, call) => showRota(await service.uncover(params.id, body.from, orderOf(call)), call)),
  ];
}

function showJourney(row: JourneyRow, call: Call) {
  return tagged(viewOfJourney(row), call);
}

function showRota(row: RotaRow, call: Call) {
  return tagged(viewOfRota(row, call.now), call);
}

function tagged<View extends { version: number }>(view: View, call: Call): View {
  call.setHeader("ETag", `"${view.version}"`);
  return view;
}

function orderOf(call: Call, ifMatch?: number): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now, ...defined({ ifMatch }) };
}

/** The version the change is based on: without one, whoever saves last would undo what the other saw. */
function versionRead(call: Call): number {
  if (call.ifMatch !== undefined) return call.ifMatch;
  throw new Refused([refusal("accountability.ifMatchNeeded", 'Send If-Match with the version you read, as in the ETag: "3".')], 428);
}
