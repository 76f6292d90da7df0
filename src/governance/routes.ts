import type { AssertionBody } from "../kernel/contract.ts";
import { defined } from "../kernel/defined.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { DesignIssue } from "./design-issue.ts";
import { ACCEPT_ACTION, type RiskAcceptance } from "./risk-acceptance.ts";
import type { GovernanceService, Order, RiskDraft } from "./service.ts";
import { viewOfIssue, viewOfRisk } from "./view.ts";

export interface GovernanceRoutesDependencies {
  readonly service: GovernanceService;
  readonly nameOf: (person: string) => Promise<string | undefined>;
  /** Verifies a fresh passkey assertion over a decision; the access module's. Gives the reference that the journal keeps. */
  readonly verifyAssertion: (
    caller: Caller,
    body: AssertionBody,
    decided: { readonly action: string; readonly subject: string; readonly contentHash: string },
    now: Instant,
  ) => Promise<string>;
}

export function governanceRoutes(deps: GovernanceRoutesDependencies): readonly Route[] {
  return [...issueRoutes(deps), ...riskRoutes(deps)];
}

function issueRoutes({ service, nameOf }: GovernanceRoutesDependencies): readonly Route[] {
  const show = async (issue: DesignIssue) => viewOfIssue(issue, await nameOf(issue.owner));
  return [
    route(contract.listDesignIssues, async ({ query: { state, owner, ...page } }) => {
      const { items, next } = await service.listIssues({ ...defined(page), where: defined({ status: state, owner }) });
      return { items: await Promise.all(items.map((each) => show(each.state))), ...defined({ next }) };
    }),
    route(contract.getDesignIssue, async ({ params }) => show(await service.loadIssue(params.id))),
    route(contract.openDesignIssue, async ({ body }, call) => show(await service.openIssue(body, orderOf(call)))),
    route(contract.endDesignIssue, async ({ params, body }, call) =>
      show(await service.endIssue(params.id, body.outcome, body.sentence, orderOf(call))),
    ),
  ];
}

function riskRoutes({ service, nameOf, verifyAssertion }: GovernanceRoutesDependencies): readonly Route[] {
  const show = async (risk: RiskAcceptance, { now }: Call) => viewOfRisk(risk, await nameOf(risk.executive), now);
  return [
    route(contract.listRiskAcceptances, async ({ query: { state, executive, ...page } }, call) => {
      const { items, next } = await service.listRisks({ ...defined(page), where: defined({ status: state, executive }) });
      return { items: await Promise.all(items.map((each) => show(each.state, call))), ...defined({ next }) };
    }),
    route(contract.getRiskAcceptance, async ({ params }, call) => show(await service.loadRisk(params.id), call)),
    route(contract.proposeRisk, async ({ body }, call) => {
      const { designIssue, ...draft } = body;
      const wanted = { ...draft, designIssue: designIssue as Id<"designIssue"> | null } as unknown as RiskDraft;
      return show(await service.proposeRisk(wanted, orderOf(call)), call);
    }),
    route(contract.acceptRisk, async ({ params, body }, call) => {
      const { id, contentHash } = await service.loadRisk(params.id);
      const decided = { action: ACCEPT_ACTION, subject: id, contentHash };
      const assertion = await verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      return show(await service.acceptRisk(id, assertion, orderOf(call)), call);
    }),
    route(contract.withdrawRisk, async ({ params, body }, call) =>
      show(await service.withdrawRisk(params.id, body.sentence, orderOf(call)), call),
    ),
  ];
}

function orderOf(call: Call): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now };
}
