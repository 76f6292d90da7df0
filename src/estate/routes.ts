import type { Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import { orderOf, paging, present, tagged, versionRead } from "./call-routes.ts";
import * as contract from "./contract.ts";
import type { Application, DeviceClass, Vendor } from "./estate.ts";
import { modelRoutes } from "./model-routes.ts";
import { proposalRoutes } from "./proposal-routes.ts";
import type { EstateService } from "./service.ts";
import type { Stored } from "./store.ts";
import { type People, viewOfApplication, viewOfDeviceClass, viewOfOrganisation, viewOfPlan, viewOfVendor } from "./view.ts";

export function estateRoutes(service: EstateService): readonly Route[] {
  return [
    ...organisationRoutes(service),
    ...applicationRoutes(service),
    ...deviceClassRoutes(service),
    ...vendorRoutes(service),
    ...modelRoutes(service),
    ...proposalRoutes(service),
  ];
}

function organisationRoutes(service: EstateService): readonly Route[] {
  return [
    route(contract.getOrganisation, async (_, call) => tagged(viewOfOrganisation(await service.storedOrganisation()), call)),
    route(contract.setOrganisation, async ({ body }, call) =>
      tagged(viewOfOrganisation(await service.setOrganisation(body, orderOf(call, versionRead(call)))), call),
    ),
    route(contract.applyEstate, async ({ body }, call) => {
      const { personId, roles } = callerOf(call);
      const { yaml, dryRun } = body;
      return viewOfPlan(await service.applyEstate({ text: yaml, dryRun, now: call.now, actor: { kind: "person", id: personId }, roles }));
    }),
  ];
}

function applicationRoutes(service: EstateService): readonly Route[] {
  const { applications } = service;
  const show = showing(service, ({ owner }: Application) => owner, viewOfApplication);
  return [
    route(contract.listApplications, async ({ query }) => {
      const { owner, status } = query;
      const { items, next } = await applications.list({ ...paging(query), where: present({ owner, status }) });
      return { items: await show(items), ...(next !== undefined && { next }) };
    }),
    route(contract.getApplication, async ({ params }, call) => one(show, await applications.load(params.id), call)),
    route(contract.addApplication, async ({ body: { key, ...fields } }, call) =>
      one(show, await applications.add(key, fields, orderOf(call)), call),
    ),
    route(contract.changeApplication, async ({ params, body }, call) =>
      one(show, await applications.change(params.id, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

function deviceClassRoutes(service: EstateService): readonly Route[] {
  const { deviceClasses } = service;
  const show = showing(service, ({ lead }: DeviceClass) => lead, viewOfDeviceClass);
  return [
    route(contract.listDeviceClasses, async ({ query }) => {
      const { items, next } = await deviceClasses.list({ ...paging(query), where: present({ lead: query.lead }) });
      return { items: await show(items), ...(next !== undefined && { next }) };
    }),
    route(contract.getDeviceClass, async ({ params }, call) => one(show, await deviceClasses.load(params.id), call)),
    route(contract.addDeviceClass, async ({ body: { key, ...fields } }, call) =>
      one(show, await deviceClasses.add(key, fields, orderOf(call)), call),
    ),
    route(contract.changeDeviceClass, async ({ params, body }, call) =>
      one(show, await deviceClasses.change(params.id, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

function vendorRoutes(service: EstateService): readonly Route[] {
  const { vendors } = service;
  const show = showing(service, ({ manager }: Vendor) => manager, viewOfVendor);
  return [
    route(contract.listVendors, async ({ query }) => {
      const { items, next } = await vendors.list({ ...paging(query), where: present({ manager: query.manager }) });
      return { items: await show(items), ...(next !== undefined && { next }) };
    }),
    route(contract.getVendor, async ({ params }, call) => one(show, await vendors.load(params.id), call)),
    route(contract.addVendor, async ({ body: { key, ...fields } }, call) => one(show, await vendors.add(key, fields, orderOf(call)), call)),
    route(contract.changeVendor, async ({ params, body }, call) =>
      one(show, await vendors.change(params.id, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

type Show<State, View> = (items: readonly Stored<State>[]) => Promise<View[]>;

/** Views of items with the names of those who answer for them. */
function showing<State, View>(
  service: EstateService,
  answersFor: (state: State) => PersonId,
  view: (stored: Stored<State>, people: People, zone: Zone) => View,
): Show<State, View> {
  return async (items) => {
    const people = await service.findAnswering(items.map(({ state }) => answersFor(state)));
    const { zone } = await service.loadOrganisation();
    return items.map((stored) => view(stored, people, zone));
  };
}

async function one<State, View extends { version: number }>(show: Show<State, View>, stored: Stored<State>, call: Call): Promise<View> {
  const [view] = await show([stored]);
  return tagged(view!, call);
}
