import { reaching } from "../connections/index.ts";
import type { VerifyAssertion } from "../exceptions/index.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import type { AccessRequest } from "./access-request.ts";
import * as contract from "./contract.ts";
import type { AccessRequestView } from "./contract.ts";
import type { RequestService } from "./service.ts";
import { viewOf } from "./view.ts";

interface RoutesDependencies {
  readonly service: RequestService;
  readonly verifyAssertion: VerifyAssertion;
  readonly hash: (text: string) => string;
}

export function accessRequestRoutes({ service, verifyAssertion, hash }: RoutesDependencies): readonly Route[] {
  return [
    route(contract.listAccessRequests, async ({ query }, call) => {
      const by = callerOf(call).personId;
      const found = query.exception === undefined ? await service.waitingFor(by, call.now) : await service.ofException(query.exception);
      return { items: await Promise.all(found.map((each) => shown(service, each, call))) };
    }),
    route(contract.listEmergencies, async (_, call) => {
      const found = await service.emergencies(callerOf(call).personId, call.now);
      return { items: await Promise.all(found.map(async (each) => shown(service, each, call, await service.usable(each)))) };
    }),
    route(contract.beginEmergency, async ({ params, body }, call) => {
      const { until, reason } = body;
      const { exception, version } = await service.loadUsable(params.id, personOf(call), call.now);
      const decided = {
        action: contract.BEGIN_USE_ACTION,
        subject: exception,
        contentHash: hash(contract.textOfUse(version, { until, reason })),
      };
      const assertion = await verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      await service.begin(params.id, { until, reason, version, assertion }, personOf(call), call.now);
      return {};
    }),
    route(contract.lookBackOnEmergency, async ({ params, body }, call) => {
      const { sentence } = body;
      const { exception, version } = await service.loadLookBack(params.id, call.now);
      const contentHash = hash(contract.lookBackText(version, sentence));
      const decided = { action: contract.LOOK_BACK_ACTION, subject: exception, contentHash };
      const assertion = await verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      await service.lookBack(params.id, { sentence, version, assertion }, personOf(call), call.now);
      return {};
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

async function shown(service: RequestService, request: AccessRequest, call: Call, standing: AccessRequestView["standing"] = null) {
  const beside = { ...(await service.namesIn(request)), standing, toLookBackOn: await service.toLookBackOn(request, call.now) };
  return viewOf(request, beside, callerOf(call), call.now);
}
