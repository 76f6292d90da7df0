/** What drills say to the rest of Postern: ways in that were tried, repairs that were measured, sets and controls that were not. */
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { DrillPlan } from "./plan.ts";
import { drilledPaths, failedControl, measuredRepairs, triedSets, undrilledSets } from "./results.ts";
import type { Shared } from "./service.ts";

/** Older ones say nothing about the estate as it is. */
const REMEMBERED = duration("P1095D");

export interface FailedControl {
  readonly plan: DrillPlan;
  readonly why: "overdue" | "failed" | "aborted" | "skipped";
  readonly since: Instant;
  /** The drill to come or to be held now, where there is one. */
  readonly open: string | null;
}

export type DrillResults = ReturnType<typeof createDrillResults>;

export function createDrillResults({ store }: Pick<Shared, "store">) {
  const held = (now: Instant) => store.listHeld(subtractDuration(now, REMEMBERED));
  return {
    /** All of it, for whoever looks at the estate. */
    async all(now: Instant) {
      const drills = await held(now);
      return { paths: drilledPaths(drills), repairs: measuredRepairs(drills), sets: triedSets(drills, now) };
    },
    /** When each way in last passed a drill, by `operation/path`. */
    drilledPaths: async (now: Instant) => drilledPaths(await held(now)),
    /** Minutes that the last repair of a component took, by key. */
    measuredRepairs: async (now: Instant) => measuredRepairs(await held(now)),
    /** Of these sets of components, those that no drill that passed within a year let fail together. */
    undrilledSets: async (sets: readonly (readonly string[])[], now: Instant) => undrilledSets(await held(now), sets, now),
    /** Active plans whose control has failed: overdue, or the last one did not pass. */
    async failedControls(now: Instant): Promise<readonly FailedControl[]> {
      // In one reading: a plan whose drill ends meanwhile moves from page to page, and would be missed.
      return (await store.listActivePlans()).flatMap(({ plan, open, last }) => {
        const failed = failedControl(plan, open, last, now);
        return failed === undefined ? [] : [{ plan, why: failed.why, since: failed.since, open: open?.id ?? null }];
      });
    },
  };
}
