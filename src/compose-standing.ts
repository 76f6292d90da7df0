/** What a risk acceptance names, as the parts that own it know it now. */
import { type ExceptionStore, standingOf } from "./exceptions/index.ts";
import type { FindingStore } from "./findings/index.ts";
import type { StandingWorld } from "./governance/index.ts";
import { canonicalText } from "./kernel/canonical.ts";
import { Refused } from "./kernel/problem.ts";
import type { LockOutService } from "./lockout/index.ts";

export interface StandingGround {
  readonly exceptions: ExceptionStore;
  readonly findings: FindingStore;
  readonly lockOut: LockOutService;
}

export function createStandingWorld({ exceptions, findings, lockOut }: StandingGround): StandingWorld {
  return {
    async exceptionStanding(id) {
      const found = await exceptions.find(id);
      return found && standingOf(found.exception);
    },
    async operationStanding(key) {
      const found = await unlessRefused(() => lockOut.standing(key));
      if (found === undefined) return undefined;
      const { tolerates, counts, completeTo, sets } = found;
      return { text: canonicalText([tolerates, completeTo, counts, sets]) };
    },
    async lockOutSetStanding(operation, failures) {
      const locksOut = async (failed: readonly string[]) => {
        const { lockedOut } = await lockOut.whatIf({ failed, operation });
        return lockedOut.some((row) => row.operation.key === operation);
      };
      const found = await unlessRefused(async () => {
        if (!(await locksOut(failures))) return "gone" as const;
        for (const one of failures) if (await locksOut(failures.filter((each) => each !== one))) return "smaller" as const;
        return "minimal" as const;
      });
      return found ?? "gone";
    },
    async findingStanding(id) {
      const found = (await findings.find(id))?.finding;
      if (found === undefined) return undefined;
      const { kind, subject, statement, severity, state } = found;
      return { text: canonicalText([kind, subject, statement, severity]), isMended: state === "mended" };
    },
    findingOwner: async (id) => (await findings.find(id))?.finding.owner ?? undefined,
  };
}

/** What the model does not have is not there; any other fault is nobody's answer. */
async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
