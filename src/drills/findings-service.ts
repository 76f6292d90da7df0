/** Controls that failed, and ways in that nobody tried, as a source of findings. */
import type { FindingSeen, FindingSource } from "../findings/finding.ts";
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { DrillWorld } from "./service.ts";
import { failedFinding, undrilledFindings } from "./as-finding.ts";
import { TRIED_FOR } from "./results.ts";
import type { DrillResults } from "./results-service.ts";

const EVERY = duration("PT5M");

export function createDrillFindings(results: DrillResults, world: Pick<DrillWorld, "model">): FindingSource {
  return {
    name: "drills",
    kinds: ["drillOverdue", "drillFailed", "drillSkipped", "notDrilled"],
    every: EVERY,
    async current(now: Instant): Promise<readonly FindingSeen[]> {
      const controls = await results.failedControls(now);
      const since = subtractDuration(now, TRIED_FOR);
      const tried = [...(await results.drilledPaths(now))].flatMap(([path, { at }]) => (at >= since ? [path] : []));
      return [...controls.map(failedFinding), ...undrilledFindings(await world.model(), new Set(tried))];
    },
  };
}
