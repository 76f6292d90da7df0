/** Days of the story, as its clock shows them. */
import { type Instant, msBetween } from "../kernel/time.ts";
import type { Stage } from "./stage.ts";

export function dayOf(stage: Stage): number {
  return Math.floor(msBetween(stage.at(0, 0), stage.playing.clock.now()) / 86_400_000);
}

export function endOfStoryDay(stage: Stage, day: number): Instant {
  return stage.at(day, 1439);
}
