import { refusal, Refused } from "../kernel/problem.ts";
import type { Zone } from "../kernel/time.ts";
import type { Order, PersonId } from "../people/index.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { Application, DeviceClass, Vendor } from "./estate.ts";
import type { EstateService } from "./service.ts";
import type { Stored } from "./store.ts";
import { type People, viewOfApplication, viewOfDeviceClass, viewOfOrganisation, viewOfVendor } from "./view.ts";

export function estateRoutes(service: EstateService): readonly Route[] {
  return [...organisationRoutes(service), ...applicationRoutes(service), ...deviceClassRoutes(service), ...vendorRoutes(service)];
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
      const plan = await service.applyEstate({ text: yaml, dryRun, now: call.now, actor: { kind: "person", id: personId }, roles });
      return {
        ...plan,
        created: [...plan.created],
        changed: plan.changed.map((item) => ({ ...item, fields: [...item.fields] })),
        leftAlone: [...plan.leftAlone],
      };
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

function tagged<View extends { version: number }>(view: View, call: Call): View {
  call.setHeader("ETag", `"${view.version}"`);
  return view;
}

function orderOf(call: Call, ifMatch?: number): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now, ...(ifMatch !== undefined && { ifMatch }) };
}

/** The version the change is based on: without one, whoever saves last would undo what the other saw. */
function versionRead(call: Call): number {
  if (call.ifMatch !== undefined) return call.ifMatch;
  throw new Refused([refusal("estate.ifMatchNeeded", 'Send If-Match with the version you read, as in the ETag: "3".')], 428);
}

function paging({ limit, cursor, search }: { limit: number; cursor?: string | undefined; search?: string | undefined }) {
  return { limit, ...(cursor !== undefined && { cursor }), ...(search !== undefined && { search }) };
}

function present(columns: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
