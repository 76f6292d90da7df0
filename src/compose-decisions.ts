/** The decision point of an instance: who may ask, what it answers from, what takes note of the answers. */
import type { Config } from "./config.ts";
import { createDecisionPoint, type DecisionPoint, type DecisionPointDependencies, NO_EXTENSIONS } from "./decisions/index.ts";
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

export function composeDecisions(
  config: Pick<Config, "origin">,
  clock: Clock,
  log: Log,
  seams: DecisionSeams & Pick<DecisionPointDependencies, "authenticate" | "admission" | "snapshot">,
): DecisionPoint {
  return createDecisionPoint({
    origin: config.origin,
    nowMs: millisecondsOf(clock),
    log,
    headers: securityHeaders(config.origin)
      .filter(([name]) => HEADERS.has(name))
      .flat(),
    decisionLog: { record: () => {}, answered: () => {} },
    extensions: NO_EXTENSIONS,
    ...seams,
  });
}

/** The machine's clock is read without making an instant of it: that is done for every question. */
export function millisecondsOf(clock: Clock): () => number {
  return clock === systemClock ? Date.now : () => epochMs(clock.now());
}
