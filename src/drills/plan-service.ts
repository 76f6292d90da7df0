/** What is drilled, and how often. */
import { retryOnConflict } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import { type Acting, decideChange, decidePlan, decideRetire, type PlanFacts } from "./decide-plan.ts";
import { decideSkip } from "./decide.ts";
import { lookUp } from "./model.ts";
import type { DrillPlan, NewPlan, PlanFields } from "./plan.ts";
import { commitAndTell, decided, notFound, personOf, scheduledChange, type Shared } from "./service.ts";
import type { PlanWithDrills } from "./store.ts";
import type { Stored, SubjectFilter } from "../journal/subjects.ts";

export type PlanDraft = Omit<NewPlan, "id" | "tier" | "plannedBy" | "plannedAt"> & { readonly firstDueAt: Instant };

export type PlanService = ReturnType<typeof createPlanService>;

export function createPlanService(deps: Shared) {
  const { store } = deps;
  return {
    list: (page: Omit<SubjectFilter, "where">) => store.listPlans(page),
    async load(id: string): Promise<PlanWithDrills> {
      const found = await store.findPlanWithDrills(id);
      if (found === undefined) throw notFound(`There is no plan ${id}.`);
      return found;
    },
    find: async (id: string): Promise<DrillPlan | undefined> => (await store.plans.find(id))?.state,
    plan: (draft: PlanDraft, acting: Acting) => plan(deps, draft, acting),
    change: (id: string, wanted: Partial<PlanFields>, acting: Acting) => change(deps, id, wanted, acting),
    retire: (id: string, reason: string, acting: Acting) => retire(deps, id, reason, acting),
  };
}

async function plan(deps: Shared, { firstDueAt, ...draft }: PlanDraft, acting: Acting): Promise<DrillPlan> {
  const { by, at } = acting;
  return retryOnConflict(async () => {
    const model = await deps.world.model();
    const subject = lookUp(model, draft.subject);
    const tier = subject?.tier ?? 1;
    const wanted: NewPlan = { ...draft, id: deps.ids.next("drillPlan"), tier, plannedBy: by, plannedAt: at };
    const facts: PlanFacts = {
      subjectKnown: subject !== undefined,
      ...(await factsOf(deps, draft)),
      other: (await deps.store.findPlanOf(draft.exercise, draft.subject))?.id,
    };
    const { change: made, after } = deps.store.plans.change(undefined, decided(decidePlan(wanted, firstDueAt, facts)));
    await commitAndTell(deps, at, personOf(by), [made, scheduledChange(deps, wanted.id, firstDueAt, at)]);
    return after;
  });
}

async function change(deps: Shared, id: string, wanted: Partial<PlanFields>, acting: Acting): Promise<DrillPlan> {
  return retryOnConflict(async () => {
    const before = await loadPlan(deps, id);
    const facts = await factsOf(deps, { ...before.state, ...wanted });
    const events = decided(decideChange(before.state, wanted, acting, facts));
    if (events.length === 0) return before.state;
    const { change: made, after } = deps.store.plans.change(before, events);
    await commitAndTell(deps, acting.at, personOf(acting.by), [made]);
    return after;
  });
}

/** The drill that was to come goes with it; one that runs is held to its end. */
async function retire(deps: Shared, id: string, reason: string, acting: Acting): Promise<DrillPlan> {
  return retryOnConflict(async () => {
    const before = await loadPlan(deps, id);
    const { change: made, after } = deps.store.plans.change(before, decided(decideRetire(before.state, acting, reason)));
    const open = await deps.store.findOpenOf(id);
    const isWaiting = open !== undefined && open.state.state !== "running";
    const skipped = isWaiting ? [deps.store.drills.change(open, decided(decideSkip(open.state, acting, reason, after.owner))).change] : [];
    await commitAndTell(deps, acting.at, personOf(acting.by), [made, ...skipped]);
    return after;
  });
}

async function factsOf({ world }: Shared, { owner, fails }: Pick<PlanFields, "owner" | "fails">) {
  const { components } = await world.model();
  const unknown = fails.filter((key) => !components.some((each) => each.key === key));
  return { owner: await world.person(owner), unknown };
}

async function loadPlan({ store }: Shared, id: string): Promise<Stored<DrillPlan>> {
  const found = await store.plans.find(id);
  if (found === undefined) throw notFound(`There is no plan ${id}.`);
  return found;
}
