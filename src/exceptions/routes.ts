import type { AssertionBody } from "../kernel/contract.ts";
import { defined } from "../kernel/defined.ts";
import type { Instant } from "../kernel/time.ts";
import { reaching } from "../connections/index.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import type { CategoryRegister } from "./category-register.ts";
import type { ExceptionCommand } from "./commands.ts";
import * as contract from "./contract.ts";
import { readBack } from "./converge.ts";
import { type ReviewId, versionInEffect } from "./exception.ts";
import { importExceptions, type ImportWorld } from "./import-service.ts";
import type { CategoryPolicy } from "./policy.ts";
import { filterOf } from "./register-filter.ts";
import { listRegister, type RegisterDependencies, show, showException } from "./register.ts";
import { load, perform } from "./service.ts";
import { reviewText } from "./signing.ts";
import type { DraftContent, ExceptionId, PersonId } from "./version.ts";
import { ruleWords } from "./view.ts";

/** Verifies a fresh passkey assertion over a decision; the access module's. Gives the reference that the journal keeps. */
export type VerifyAssertion = (
  caller: Caller,
  body: AssertionBody,
  decided: { readonly action: string; readonly subject: string; readonly contentHash: string },
  now: Instant,
) => Promise<string>;

export interface RegisterRoutesDependencies extends RegisterDependencies {
  readonly verifyAssertion: VerifyAssertion;
  readonly register: CategoryRegister;
  readonly importWorld: ImportWorld;
  readonly countBypasses: () => Promise<Record<string, number>>;
  readonly seatsOfCaller: (caller: Caller) => readonly string[];
}

export function exceptionRoutes(deps: RegisterRoutesDependencies): readonly Route[] {
  return [...readingRoutes(deps), ...requestRoutes(deps), ...decisionRoutes(deps), ...endingRoutes(deps)];
}

function readerOf(call: Call) {
  const caller = callerOf(call);
  return { id: caller.personId, roles: caller.roles };
}

async function run(deps: RegisterRoutesDependencies, id: string | undefined, command: ExceptionCommand, call: Call, assertion?: string) {
  const caller = callerOf(call);
  const subject = id === undefined ? undefined : (await load(deps, id)).exception.dossier.id;
  const stored = await perform(deps, subject, {
    command,
    actor: { kind: "person", id: caller.personId },
    now: call.now,
    ...(assertion !== undefined && { assertion }),
    ...(call.ifMatch !== undefined && { ifMatch: call.ifMatch }),
  });
  const view = await show(deps, stored, readerOf(call), call.now);
  call.setHeader("ETag", `"${view.version}"`);
  return view;
}

function readingRoutes(deps: RegisterRoutesDependencies): Route[] {
  return [
    route(contract.listExceptions, async ({ query }, call) => {
      const { limit, cursor, ...question } = query;
      const filter = filterOf(question, deps.seatsOfCaller(callerOf(call)));
      return listRegister(deps, { ...filter, limit, ...(cursor !== undefined && { cursor }) }, call.now);
    }),
    route(contract.getException, async ({ params }, call) => {
      const view = await showException(deps, params.id, readerOf(call), call.now);
      call.setHeader("ETag", `"${view.version}"`);
      return view;
    }),
    route(contract.listCategories, async () => ({ items: (await deps.register.list()).map(categoryView) })),
    route(contract.registerMetrics, async () => ({
      byState: await deps.store.countsByStatus(),
      overstaying: await deps.store.countOverstaying(),
      bypasses: await deps.countBypasses(),
    })),
    route(contract.readBack, async ({ params }, call) => {
      const { exception } = await load(deps, params.id);
      await reaching(() => readBack(deps, exception.dossier.id));
      return showException(deps, exception.dossier.id, readerOf(call), call.now);
    }),
  ];
}

function requestRoutes(deps: RegisterRoutesDependencies): Route[] {
  return [
    route(contract.openDraft, async ({ body }, call) => {
      const ref = await deps.store.nextRef(call.now);
      const id = deps.ids.next("exception");
      return run(
        deps,
        undefined,
        { type: "openDraft", id, ref, category: body.category, unit: body.unit, content: contentOf(body.content) },
        call,
      );
    }),
    route(contract.reviseDraft, ({ params, body }, call) =>
      run(deps, params.id, { type: "reviseDraft", content: contentOf(body.content) }, call),
    ),
    route(contract.submitException, ({ params, body }, call) =>
      run(deps, params.id, { type: "submit", seenTwins: body.seenTwins as ExceptionId[] }, call),
    ),
    route(contract.withdrawException, ({ params, body }, call) =>
      run(deps, params.id, { type: body.pendingOnly ? "withdrawPending" : "withdraw", reason: body.reason }, call),
    ),
    route(contract.proposeVersion, ({ params, body }, call) =>
      run(
        deps,
        params.id,
        {
          type: body.kind === "extension" ? "proposeExtension" : "proposeChange",
          content: contentOf(body.content),
          seenTwins: body.seenTwins as ExceptionId[],
        },
        call,
      ),
    ),
    route(contract.claimInherited, ({ params }, call) => run(deps, params.id, { type: "claimInherited" }, call)),
    route(contract.importList, async ({ body }, call) => {
      const report = await reaching(() =>
        importExceptions(deps, deps.importWorld, {
          ...body,
          mapping: defined(body.mapping),
          by: callerOf(call).personId as PersonId,
          now: call.now,
        }),
      );
      return {
        ...report,
        faults: report.faults.map(({ code, detail, at }) => ({ code, detail, ...(at !== undefined && { at }) })),
        imported: [...report.imported],
      };
    }),
  ];
}

function decisionRoutes(deps: RegisterRoutesDependencies): Route[] {
  const kinds = { approve: "approve", reject: "reject", request_changes: "requestChanges" } as const;
  return [
    route(contract.voteOnException, async ({ params, body }, call) => {
      const { exception } = await load(deps, params.id);
      const { id } = exception.dossier;
      const decided = { action: contract.voteAction(body.decision), subject: id, contentHash: body.contentHash };
      const assertion = await deps.verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      const on = {
        version: body.version,
        contentHash: body.contentHash,
        onBehalfOf: body.onBehalfOf as PersonId | null,
        reason: body.reason,
      };
      const type = kinds[body.decision];
      return run(deps, id, type === "approve" ? { type, seat: body.seat, ...on } : { type, ...on }, call, assertion);
    }),
    route(contract.handOnReview, ({ params, body }, call) =>
      run(
        deps,
        params.id,
        { type: "handOnReview", review: params.review as ReviewId, to: body.to as PersonId | null, reason: body.reason },
        call,
      ),
    ),
    route(contract.decideReview, async ({ params, body }, call) => {
      const { exception } = await load(deps, params.id);
      const { id } = exception.dossier;
      const { verdict, sentence, decidedInMs } = body;
      // Only a reduction has content: the journal keeps no other, so nothing else of it may be signed.
      const content = body.content === null || verdict !== "reduce" ? null : contentOf(body.content);
      const contentHash = deps.hash(reviewText(params.review, { verdict, sentence }, content));
      const decided = { action: contract.reviewAction(verdict), subject: id, contentHash };
      const assertion = await deps.verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      return run(
        deps,
        id,
        { type: "decideReview", review: params.review as ReviewId, verdict, sentence, content, decidedInMs },
        call,
        assertion,
      );
    }),
  ];
}

function endingRoutes(deps: RegisterRoutesDependencies): Route[] {
  return [
    route(contract.revokeException, ({ params, body }, call) => run(deps, params.id, { type: "revokeNow", reason: body.reason }, call)),
    route(contract.suspendException, ({ params, body }, call) =>
      run(deps, params.id, { type: "suspend", why: body.why, dueAt: null }, call),
    ),
    route(contract.acknowledgeEscalation, ({ params, body }, call) => run(deps, params.id, { type: "acknowledge", key: body.key }, call)),
    route(contract.recordControlTest, ({ params, body }, call) =>
      run(deps, params.id, { type: "recordControlTest", ...body, testedAt: body.testedAt ?? call.now }, call),
    ),
    route(contract.takeOver, async ({ params, body }, call) => {
      const { dossier } = (await load(deps, params.id)).exception;
      const decided = { action: contract.TAKE_OVER_ACTION, subject: dossier.id, contentHash: versionInEffect(dossier)?.contentHash ?? "" };
      const assertion = await deps.verifyAssertion(callerOf(call), body.assertion, decided, call.now);
      return run(deps, dossier.id, { type: "takeOver" }, call, assertion);
    }),
  ];
}

function contentOf(content: object): DraftContent {
  return content as DraftContent;
}

function categoryView(policy: CategoryPolicy) {
  return {
    key: policy.key,
    title: policy.title,
    version: policy.version,
    ownerRoles: [...policy.ownerRolesAllowed],
    approvers: policy.approvalPlan.stages.map((stage) => ({
      roles: [...stage.roles],
      rule: ruleWords(stage.rule),
      answerWithin: stage.answerWithin,
    })),
    maxTerm: policy.maxTerm,
    maxCumulative: policy.maxCumulative,
    maxRenewals: policy.maxRenewals,
    reviewEvery: policy.reviewEvery,
    noResponse: policy.noResponse,
    minCompensatingControls: policy.minCompensatingControls,
    headcountCeiling: policy.headcountCeiling,
    requiredFields: [...policy.requiredFields],
  };
}
