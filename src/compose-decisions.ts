/** The decision point of an instance: who may ask, what it answers from, what takes note of the answers. Nobody may ask by default. */
import type { Config } from "./config.ts";
import { createDecisionPoint, type DecisionPoint, type DecisionPointDependencies, NO_EXTENSIONS, OPEN } from "./decisions/index.ts";
import { type Clock, epochMs } from "./kernel/time.ts";
import { systemClock } from "./platform/clock.ts";
import type { Log } from "./platform/log.ts";
import { securityHeaders } from "./platform/security-headers.ts";

/** What a test, a bench or an oracle gives in place of what the instance has. */
export type DecisionSeams = Partial<
  Pick<DecisionPointDependencies, "snapshot" | "authenticate" | "admission" | "decisionLog" | "extensions" | "bodyWithinMs">
>;

/** Of the headers of every reply, those that mean something to a program. */
const HEADERS: ReadonlySet<string> = new Set(["X-Content-Type-Options", "Strict-Transport-Security"]);

export function composeDecisions(config: Pick<Config, "origin">, clock: Clock, log: Log, seams: DecisionSeams = {}): DecisionPoint {
  return createDecisionPoint({
    origin: config.origin,
    nowMs: clock === systemClock ? Date.now : () => epochMs(clock.now()),
    log,
    headers: securityHeaders(config.origin)
      .filter(([name]) => HEADERS.has(name))
      .flat(),
    snapshot: () => undefined,
    authenticate: () => NOBODY,
    admission: OPEN,
    decisionLog: { record: () => {}, answered: () => {} },
    extensions: NO_EXTENSIONS,
    ...seams,
  });
}

const NOBODY = {
  kind: "refused",
  status: 401,
  code: "decisions.noCallers",
  words: "Nobody may ask: no callers are configured.",
} as const;
