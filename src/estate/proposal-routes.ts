import { callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract-proposals.ts";
import type { Proposal } from "./proposals.ts";
import type { EstateService } from "./service.ts";
import { viewOfPlan } from "./view.ts";

export function proposalRoutes({ proposals }: EstateService): readonly Route[] {
  return [
    route(contract.proposeModel, async ({ body }, call) => {
      const proposed = await proposals.propose(body.certificates, call.now);
      return { items: proposed.proposals.map(viewOf), unread: proposed.unread.map((each) => ({ ...each })) };
    }),
    route(contract.applyProposal, async ({ body: { key, dryRun } }, call) => {
      const { personId, roles } = callerOf(call);
      return viewOfPlan(await proposals.apply(key, { dryRun, now: call.now, actor: { kind: "person", id: personId }, roles }));
    }),
  ];
}

function viewOf({ key, source, words, components, commonCauses, operations }: Proposal) {
  return {
    key,
    source,
    words,
    items: [...named("component", components), ...named("commonCause", commonCauses), ...named("operation", operations)],
  };
}

function named<Kind extends string>(kind: Kind, items: readonly { readonly key: string; readonly name: string }[]) {
  return items.map((item) => ({ kind, key: item.key, name: item.name }));
}
