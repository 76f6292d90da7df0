/** The true age: since the first grant of the whole lineage, through every renewal and every re-asking in other words. */
import { type Instant, msBetween } from "../kernel/time.ts";
import type { Dossier } from "./exception.ts";

const MS_PER_DAY = 86_400_000;

/** Whole days; undefined when nothing was ever granted. A grant that has not begun is 0 days old. */
export function trueAgeDays(dossier: Dossier, now: Instant): number | undefined {
  const { firstGrantedAt } = dossier.lineage;
  return firstGrantedAt === null ? undefined : Math.max(0, Math.floor(msBetween(firstGrantedAt, now) / MS_PER_DAY));
}
