import { reaching } from "../connections/index.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import type { AccessRequest } from "./access-request.ts";
import * as contract from "./contract.ts";
import type { RequestService } from "./service.ts";
import { viewOf } from "./view.ts";

export function accessRequestRoutes(service: RequestService): readonly Route[] {
  return [
    route(contract.listAccessRequests, async ({ query }, call) => {
      const by = callerOf(call).personId;
      const found = query.exception === undefined ? await service.waitingFor(by, call.now) : await service.ofException(query.exception);
      return { items: await Promise.all(found.map((each) => shown(service, each, call))) };
    }),
    route(contract.takeUpAccessRequest, async ({ params, body }, call) => ({
      exception: await reaching(() => service.takeUp(params.id, body, personOf(call), call.now)),
    })),
    route(contract.declineAccessRequest, async ({ params, body }, call) => {
      await service.decline(params.id, body.reason, personOf(call), call.now);
      return {};
    }),
  ];
}

const personOf = (call: Call) => callerOf(call).personId as PersonId;

async function shown(service: RequestService, request: AccessRequest, call: Call) {
  return viewOf(request, await service.namesIn(request), callerOf(call), call.now);
}
