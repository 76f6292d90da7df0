import { fingerprintsOf } from "./repeats.ts";
import type { DraftContent } from "./version.ts";

/** Fingerprints of all levels as texts that cannot be taken for one another: what the register is indexed by. */
export function fingerprintTexts(category: string, content: DraftContent): readonly string[] {
  const prints = fingerprintsOf(category, content);
  return [...new Set(prints.flatMap((print) => [`same:${print.same}`, `resource:${print.resource}`, `subject:${print.subject}`]))];
}
