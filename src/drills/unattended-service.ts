/** Holds what needs no people. Every step is one commit, so that a process that dies leaves a drill that the next one goes on with. */
import { addDuration, type Instant } from "../kernel/time.ts";
import { triesOf } from "./decide.ts";
import type { Drill } from "./drill.ts";
import type { Tx } from "../platform/db.ts";
import { actOn, CLOCK, contentHashOf, planOf, type Shared } from "./service.ts";
import { decideUnattended, UNATTENDED_LEAD } from "./unattended.ts";

export type UnattendedService = ReturnType<typeof createUnattendedService>;

export function createUnattendedService(deps: Shared) {
  return {
    /** Begins what is due and ends what has answered. One that cannot be held keeps none of the others from it. */
    async run(now: Instant): Promise<void> {
      const faults: unknown[] = [];
      for (const id of await deps.store.listUnattended(addDuration(now, UNATTENDED_LEAD))) {
        await hold(deps, id, now).catch((error: unknown) => faults.push(error));
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}

async function hold(deps: Shared, id: string, now: Instant): Promise<void> {
  const plan = await planOf(deps, id);
  const decide = (drill: Drill) => decideUnattended(drill, plan, now, contentHashOf(deps, drill));
  await actOn(deps, id, now, CLOCK, decide, (tx, after) => askProbes(deps, tx, after));
}

/** With the beginning, in its commit: a drill that runs is one whose probes were asked for. */
async function askProbes({ requestProbe }: Shared, tx: Tx, after: Drill): Promise<void> {
  if (after.state !== "running") return;
  for (const { key } of after.run.sheet.probes) await requestProbe(tx, after.id, key, triesOf(after.run, key));
}
