import type { Instant } from "../kernel/time.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import type { UseAsked } from "../exceptions/use.ts";
import * as contract from "./contract-log.ts";
import type { ReadingService } from "./reading-service.ts";
import type { UsesService } from "./uses-service.ts";
import type { ReasonCode } from "./verdict.ts";

export interface LogRoutesDependencies {
  readonly reading: ReadingService;
  readonly uses: UsesService;
  /** Of an exception by id or reference. Throws `exceptions.notFound`. */
  readonly useAskedOf: (exception: string) => Promise<UseAsked>;
  /** Tells the register that it was used outside of what it covers; the same told twice, or told while that suspends it, does one thing. */
  readonly usedOutside: (told: UsedOutside) => Promise<void>;
}

export interface UsedOutside {
  readonly exception: string;
  /** The entry of the log that it was reported from. */
  readonly decision: string;
  readonly words: string;
  readonly by: string;
  readonly now: Instant;
}

const LET_THROUGH: ReasonCode = "permitted_by_exception";

export function decisionLogRoutes({ reading, uses, useAskedOf, usedOutside }: LogRoutesDependencies): readonly Route[] {
  return [
    route(contract.explainDecision, ({ body }, call) => reading.explain(body, call.now)),
    route(contract.listDecisions, ({ query: { limit, cursor, ...filter } }) => reading.list(filter, { limit, cursor })),
    route(contract.listDenied, (_, call) => reading.denied(call.now)),
    route(contract.readDecisionStanding, (_, call) => reading.standing(call.now)),
    route(contract.readExceptionUse, async ({ params }, call) => {
      const { use, rows, days } = await uses.useOf(await useAskedOf(params.exception), call.now);
      const used = rows.filter(({ code }) => code === LET_THROUGH);
      return {
        times: used.reduce((sum, { times }) => sum + times, 0),
        lastAt: use?.lastAt ?? null,
        isWatched: use?.isWatched ?? false,
        days: days.map((each) => ({ ...each })),
        callers: used.map(({ caller, times, lastAt }) => ({ caller, times, lastAt })),
        attempts: rows
          .filter(({ code }) => code !== LET_THROUGH)
          .map(({ caller, code, times, lastAt }) => ({ caller, code, times, lastAt })),
      };
    }),
    route(contract.reportLetIn, async ({ params, body }, call) => {
      const exception = await outsideOf(reading, Number(params.id));
      await usedOutside({
        exception,
        decision: params.id,
        words: wordsOf(params.id, body.evidence),
        by: callerOf(call).personId,
        now: call.now,
      });
      return { exception };
    }),
  ];
}

/** The exception that a denial was outside of. */
async function outsideOf(reading: ReadingService, id: number): Promise<string> {
  const found = await reading.find(id);
  if (found === undefined) throw new Refused([refusal("decisions.notFound", `The log holds no decision ${id}.`)], 404);
  if (found.code !== "outside_exception_scope" || found.exception === null) {
    throw new Refused([refusal("decisions.notOutsideScope", "This was not denied because of the limits of an exception.")]);
  }
  return found.exception;
}

function wordsOf(id: string, evidence: string): string {
  return `Somebody got in outside of what it covers, although the decision point denied it (decision ${id}): ${evidence}`;
}
