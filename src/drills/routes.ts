import type { AssertionBody } from "../kernel/contract.ts";
import { defined } from "../kernel/defined.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/index.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import { CATALOGUE } from "./catalogue.ts";
import * as contract from "./contract.ts";
import type { Acting } from "./decide-plan.ts";
import { mayWrite } from "./decide.ts";
import type { Drill } from "./drill.ts";
import { FINISH_ACTION } from "./judge.ts";
import type { DrillPlan } from "./plan.ts";
import type { PlanService } from "./plan-service.ts";
import type { DrillResults } from "./results-service.ts";
import { contentHashOf, type DrillService, notFound } from "./service.ts";
import { namedBy, type PlanShown, viewOfDrill, viewOfPlan, viewOfRow } from "./view.ts";

export interface DrillRoutesDependencies {
  readonly drills: DrillService;
  readonly drillPlans: PlanService;
  readonly drillResults: DrillResults;
  readonly hash: (text: string) => string;
  readonly nameOf: (person: string) => Promise<string | undefined>;
  /** Verifies a fresh passkey assertion over a decision; the access module's. Gives the reference that the journal keeps. */
  readonly verifyAssertion: (
    caller: Caller,
    body: AssertionBody,
    decided: { readonly action: string; readonly subject: string; readonly contentHash: string },
    now: Instant,
  ) => Promise<string>;
}

export function drillRoutes(deps: DrillRoutesDependencies): readonly Route[] {
  return [...planRoutes(deps), ...readingRoutes(deps), ...sheetRoutes(deps), ...endingRoutes(deps)];
}

function planRoutes({ drillPlans: plans, nameOf }: DrillRoutesDependencies): readonly Route[] {
  const show = async (shown: PlanShown, { now }: Call) => viewOfPlan(shown, await namesOf(nameOf, [shown.plan.owner]), now);
  const load = async (id: string, call: Call) => show(await plans.load(id), call);
  return [
    route(contract.listExercises, () =>
      Promise.resolve({
        items: CATALOGUE.map((each) => ({
          ...each,
          steps: [...each.steps],
          criteria: [...each.criteria],
          probes: [...each.probes],
          everyDays: [...each.everyDays],
          about: [...each.about],
          shows: [...each.shows],
        })),
      }),
    ),
    route(contract.listDrillPlans, async ({ query }, call) => {
      const { items, next } = await plans.list(defined(query));
      return { items: await Promise.all(items.map((each) => show(each, call))), ...defined({ next }) };
    }),
    route(contract.getDrillPlan, ({ params }, call) => load(params.id, call)),
    route(contract.planDrill, async ({ body }, call) => load((await plans.plan(body, actingOf(call))).id, call)),
    route(contract.changeDrillPlan, async ({ params, body }, call) => {
      await plans.change(params.id, defined(body), actingOf(call));
      return load(params.id, call);
    }),
    route(contract.retireDrillPlan, async ({ params, body }, call) => {
      await plans.retire(params.id, body.reason, actingOf(call));
      return load(params.id, call);
    }),
  ];
}

function readingRoutes(deps: DrillRoutesDependencies): readonly Route[] {
  const { drills, drillResults: results } = deps;
  return [
    route(contract.readDrillResults, async ({ query: { operation } }, { now }) => {
      const { paths, repairs, sets } = await results.all(now);
      return {
        paths: [...paths].flatMap(([path, { at, drill }]) =>
          operation === undefined || path.startsWith(`${operation}/`) ? [{ path, at, drill }] : [],
        ),
        repairs: [...repairs].map(([component, { minutes, at, drill }]) => ({ component, minutes, at, drill })),
        sets: sets.map(({ fails, at, drill }) => ({ fails: [...fails], at, drill })),
      };
    }),
    route(contract.listDrills, async ({ query: { plan, state, ...page } }, { now }) => {
      const { items, next } = await drills.list({ ...defined(page), where: defined({ plan, status: state }) });
      return { items: items.map((each) => viewOfRow(each.state, now)), ...defined({ next }) };
    }),
    route(contract.getDrill, async ({ params }, call) => show(deps, await loadFor(deps, params.id, call), call)),
    route(contract.getDrillEvidence, async ({ params }, call) => {
      const { file, bytes } = await drills.readEvidence(await loadFor(deps, params.id, call), params.digest);
      const headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": `attachment; filename="${file.name.replaceAll(/[^\w. -]/g, "_")}"`,
        "Cache-Control": "no-store",
      };
      return new Response(Uint8Array.from(bytes), { headers });
    }),
  ];
}

function sheetRoutes(deps: DrillRoutesDependencies): readonly Route[] {
  const { drills } = deps;
  return [
    route(contract.tickDrillStep, ({ params, body }, call) =>
      written(deps, params.id, call, (by) => drills.tick(params.id, by, body.step)),
    ),
    route(contract.runDrillProbe, ({ params, body }, call) =>
      written(deps, params.id, call, (by) => drills.probe(params.id, by, body.probe)),
    ),
    route(contract.judgeDrillCriterion, ({ params, body }, call) =>
      written(deps, params.id, call, (by) => drills.judge(params.id, by, body.criterion, body.met)),
    ),
    route(contract.addDrillNote, ({ params, body }, call) => written(deps, params.id, call, (by) => drills.note(params.id, by, body.text))),
    route(contract.joinDrill, ({ params, body }, call) => written(deps, params.id, call, (by) => drills.join(params.id, by, body))),
    route(contract.addDrillEvidence, ({ params, body }, call) => {
      const bytes = Buffer.from(body.content, "base64");
      return written(deps, params.id, call, (by) => drills.addEvidence(params.id, by, body.name, bytes));
    }),
  ];
}

function endingRoutes(deps: DrillRoutesDependencies): readonly Route[] {
  const { drills, verifyAssertion } = deps;
  return [
    route(contract.startDrill, ({ params, body }, call) => written(deps, params.id, call, (by) => drills.start(params.id, by, body))),
    route(contract.skipDrill, ({ params, body }, call) => written(deps, params.id, call, (by) => drills.skip(params.id, by, body.reason))),
    route(contract.abortDrill, ({ params, body }, call) =>
      written(deps, params.id, call, (by) => drills.abort(params.id, by, body.reason)),
    ),
    route(contract.finishDrill, ({ params, body }, call) =>
      written(deps, params.id, call, async (acting) => {
        const drill = await drills.load(params.id);
        // Of one that does not run nothing is signed; the decision says so.
        const contentHash = contentHashOf(deps, drill);
        const signed = { action: FINISH_ACTION, subject: drill.id, contentHash };
        const assertion = await verifyAssertion(callerOf(call), body.assertion, signed, call.now);
        return drills.finish(params.id, { ...acting, assertion, contentHash });
      }),
    ),
  ];
}

async function written(deps: DrillRoutesDependencies, id: string, call: Call, write: (acting: Acting) => Promise<Drill>) {
  await loadFor(deps, id, call);
  return show(deps, await write(actingOf(call)), call);
}

async function show(deps: DrillRoutesDependencies, drill: Drill, call: Call) {
  const plan = (await deps.drillPlans.find(drill.plan))!;
  const names = await namesOf(deps.nameOf, namedBy(drill, plan));
  return viewOfDrill(drill, plan, names, actingOf(call), contentHashOf(deps, drill));
}

/** A drill that the caller may know of; any other is not there. What was planned as a surprise stays one. */
async function loadFor({ drills, drillPlans: plans }: DrillRoutesDependencies, id: string, call: Call): Promise<Drill> {
  const acting = actingOf(call);
  const drill = await drills.load(id);
  const plan: DrillPlan | undefined = await plans.find(drill.plan);
  const reads = contract.DRILL_READERS.some((role) => acting.roles.includes(role));
  const isOnSheet = "run" in drill && mayWrite(drill, acting);
  if (!reads && !isOnSheet && plan?.owner !== acting.by) throw notFound(`There is no drill ${id}.`);
  return drill;
}

async function namesOf(nameOf: DrillRoutesDependencies["nameOf"], ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([...new Set(ids)].map(async (id) => [id, (await nameOf(id)) ?? id] as const));
  return new Map(found);
}

function actingOf(call: Call): Acting {
  const { personId, roles } = callerOf(call);
  return { by: personId as PersonId, roles, at: call.now };
}
