import type { PersonId } from "../people/index.ts";
import { type Call, type Route, route } from "../platform/http.ts";
import { orderOf, paging, present, tagged, versionRead } from "./call-routes.ts";
import type { ComponentDetail } from "./contract-model.ts";
import * as contract from "./contract-model.ts";
import { keysOf } from "./expression.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";
import { viewOfCommonCause, viewOfComponent, viewOfOperation } from "./model-view.ts";
import type { EstateService } from "./service.ts";
import type { Stored } from "./store.ts";

export function modelRoutes(service: EstateService): readonly Route[] {
  return [...componentRoutes(service), ...commonCauseRoutes(service), ...operationRoutes(service)];
}

function componentRoutes(service: EstateService): readonly Route[] {
  const { components } = service.model;
  const show = async (items: readonly Stored<KeptComponent>[]) => {
    const people = await service.findAnswering(named(items.map(({ state }) => state.owner)));
    return items.map((item) => viewOfComponent(item, people));
  };
  const detail = async (item: Stored<KeptComponent>, call: Call) => {
    const neededBy = await service.model.listNeeding(item.state.key);
    const needs = await service.model.namesOfComponents(keysOf(item.state.requires));
    const [view] = await show([item]);
    return tagged({ ...view!, needs: [...needs], neededBy: [...neededBy] } as ComponentDetail, call);
  };
  return [
    route(contract.listComponents, async ({ query }) => {
      const { kind, layer, status } = query;
      const { items, next } = await components.list({ ...paging(query), where: present({ kind, layer, status }) });
      return { items: await show(items), ...(next !== undefined && { next }) };
    }),
    route(contract.getComponent, async ({ params }, call) => detail(await components.load(params.key), call)),
    route(contract.putComponent, async ({ params, body }, call) =>
      detail(await components.put(params.key, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

function commonCauseRoutes(service: EstateService): readonly Route[] {
  const { commonCauses } = service.model;
  const detail = async (item: Stored<KeptCommonCause>, call: Call) => {
    const takes = await service.model.namesOfComponents(item.state.members);
    return tagged({ ...viewOfCommonCause(item), takes: [...takes] }, call);
  };
  return [
    route(contract.listCommonCauses, async ({ query }) => {
      const { items, next } = await commonCauses.list({ ...paging(query), where: present({ status: query.status }) });
      return { items: items.map(viewOfCommonCause), ...(next !== undefined && { next }) };
    }),
    route(contract.getCommonCause, async ({ params }, call) => detail(await commonCauses.load(params.key), call)),
    route(contract.putCommonCause, async ({ params, body }, call) =>
      detail(await commonCauses.put(params.key, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

function operationRoutes(service: EstateService): readonly Route[] {
  const { operations } = service.model;
  const show = async (items: readonly Stored<KeptOperation>[]) => {
    const seats = items.flatMap(({ state }) => [state.businessOwner, state.modelApprover, state.maintainer, state.onCall]);
    const people = await service.findAnswering(named(seats));
    return items.map((item) => viewOfOperation(item, people));
  };
  const one = async (item: Stored<KeptOperation>, call: Call) => tagged((await show([item]))[0]!, call);
  return [
    route(contract.listOperations, async ({ query }) => {
      const { application, status } = query;
      const { items, next } = await operations.list({ ...paging(query), where: present({ application, status }) });
      return { items: await show(items), ...(next !== undefined && { next }) };
    }),
    route(contract.getOperation, async ({ params }, call) => one(await operations.load(params.key), call)),
    route(contract.putOperation, async ({ params, body }, call) =>
      one(await operations.put(params.key, body, orderOf(call, versionRead(call))), call),
    ),
  ];
}

function named(ids: readonly (PersonId | null)[]): readonly PersonId[] {
  return ids.filter((id) => id !== null);
}
