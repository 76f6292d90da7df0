/** The register as two sources of findings: what ended and is there, by an index; what is held and not cared for, by reading all that is held. */
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import { duration } from "../kernel/time.ts";
import { findingsOfCare, findingsOfEnd } from "./as-findings.ts";
import { type ExceptionDependencies, policyOf } from "./service.ts";
import type { CategoryPolicy } from "./policy.ts";
import type { TodayStore } from "./today-store.ts";

const PAGE = 500;
/** More that ended and is there than this is one fault of a provider, and is counted on the register's page: not told apart here. */
const MOST = 20_000;

export function createExceptionFindings(deps: ExceptionDependencies, today: TodayStore): readonly FindingSource[] {
  return [
    {
      name: "exceptions",
      kinds: ["exceptionOverstay", "revokeFailed"],
      async current() {
        const found = await today.notEnded({ person: undefined, limit: MOST + 1 });
        // What were left out would count as mended.
        if (found.length > MOST) throw new RangeError(`more than ${MOST} exceptions ended and are still there`);
        return found.flatMap(findingsOfEnd);
      },
    },
    {
      name: "exception care",
      kinds: ["controlStale", "ownerInvalid"],
      every: duration("PT1H"),
      async current(now) {
        const policies = new Map<string, CategoryPolicy | undefined>();
        const found: FindingSeen[] = [];
        for (let after = ""; ;) {
          const batch = await deps.store.inIdOrder(after, PAGE);
          for (const { exception } of batch) {
            const { category } = exception.dossier;
            if (!policies.has(category)) policies.set(category, await policyOf(deps, category));
            found.push(...findingsOfCare(exception, policies.get(category), now));
          }
          const last = batch.at(-1);
          if (last === undefined || batch.length < PAGE) return found;
          after = last.exception.dossier.id;
        }
      },
    },
  ];
}
