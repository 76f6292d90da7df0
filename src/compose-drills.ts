/** Drills: what the module asks of the others, answered, and what runs its probes. */
import {
  createDrillResults,
  createDrillService,
  createPlanService,
  createProbeService,
  createShared,
  createUnattendedService,
  type DrillResults,
  type DrillService,
  type PlanService,
  type ProbeService,
  type UnattendedService,
} from "./drills/index.ts";
import type { ProbeRunner } from "./drills/probe.ts";
import type { Effects } from "./compose-effects.ts";
import type { EstateService } from "./estate/index.ts";
import type { CommitContext } from "./journal/append.ts";
import type { Clock } from "./kernel/time.ts";
import type { PeopleService } from "./people/index.ts";
import type { Log } from "./platform/log.ts";

export interface Drills {
  readonly drills: DrillService;
  readonly drillPlans: PlanService;
  readonly probes: ProbeService;
  readonly drillResults: DrillResults;
  readonly unattended: UnattendedService;
}

export interface DrillsGround {
  readonly context: CommitContext;
  readonly clock: Clock;
  readonly log: Log;
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly effects: Effects;
  readonly hash: (text: string) => string;
  readonly runner: ProbeRunner;
}

export function createDrills({ context, clock, log, people, estate, effects, hash, runner }: DrillsGround): Drills {
  const shared = createShared({
    ...context,
    world: { person: (id) => people.findPerson(id), model: () => estate.model.loadModel() },
    hash,
    requestTelling: (tx, subject) => effects.requestTelling(tx, subject),
    requestProbe: (tx, drill, probe, attempt) => effects.requestProbe(tx, drill, probe, attempt),
  });
  return {
    drills: createDrillService(shared),
    drillPlans: createPlanService(shared),
    probes: createProbeService({ ...shared, clock, log, runner }),
    drillResults: createDrillResults(shared),
    unattended: createUnattendedService(shared),
  };
}
