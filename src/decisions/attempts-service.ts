/** Tries that an exception nearly covered, again and again: a caller asks wrongly, or somebody tries. A finding, and never more by itself. */
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import { duration, subtractDuration, type Instant } from "../kernel/time.ts";
import type { UsesService } from "./uses-service.ts";

export interface AttemptedException {
  /** How people call it. */
  readonly named: string;
  readonly owner: FindingSeen["owner"];
  readonly isInForce: boolean;
}

export interface AttemptsDependencies {
  readonly uses: Pick<UsesService, "attempts">;
  readonly exception: (id: string, now: Instant) => Promise<AttemptedException | undefined>;
}

const WITHIN = duration("P7D");
/** One slip is none. */
const AT_LEAST = 5;
const MOST = 5000;

export function createAttemptFindings({ uses, exception }: AttemptsDependencies): FindingSource {
  return {
    name: "decisions",
    kinds: ["deniedOutsideScope"],
    every: duration("PT15M"),
    async current(now) {
      const found = await uses.attempts(subtractDuration(now, WITHIN), AT_LEAST, MOST + 1);
      // What were left out would count as mended.
      if (found.length > MOST) throw new RangeError(`more than ${MOST} exceptions are asked for outside of what they cover`);
      const findings: FindingSeen[] = [];
      for (const { exception: id, callers } of found) {
        const known = await exception(id, now);
        if (known?.isInForce === true) findings.push(findingOf(id, callers, known));
      }
      return findings;
    },
  };
}

function findingOf(id: string, callers: readonly string[], { named, owner }: AttemptedException): FindingSeen {
  const by = callers.length > 3 ? `${callers.slice(0, 3).join(", ")} and others` : callers.join(", ");
  return {
    kind: "deniedOutsideScope",
    key: `${id} outside`,
    subject: { kind: "exception", id },
    statement: `${named} was asked for outside of what it covers, again and again, and denied; asked by ${by}.`.slice(0, 1000),
    owner,
    dueInDays: null,
    severity: "low",
  };
}
