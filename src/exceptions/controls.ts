/** How long each compensating control of an exception may still be believed. */
import { addDuration, durationMs, earliest, type Instant } from "../kernel/time.ts";
import { type Dossier, versionInEffect } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";

export interface ControlFreshness {
  readonly control: number;
  readonly version: number;
  readonly statement: string;
  /** The last test that was passed, or, never tested, when the grant began. */
  readonly since: Instant;
  readonly freshUntil: Instant;
  readonly lastResult: "passed" | "failed" | null;
}

/** The shorter of what the version promised and what the category demands counts. Empty before the first grant. */
export function controlFreshness(dossier: Dossier, policy: CategoryPolicy): readonly ControlFreshness[] {
  const version = versionInEffect(dossier);
  const begun = dossier.grants.find((grant) => grant.version === version?.n)?.validFrom;
  if (version === undefined || begun === undefined) return [];
  return version.content.compensatingControls.map((stated, control) => {
    const tests = dossier.controlTests.filter((test) => test.version === version.n && test.control === control);
    const passed = tests.findLast((test) => test.result === "passed")?.at;
    const before = stated.result === "passed" ? stated.lastTestedAt : null;
    // What was stated before the grant cannot be a test after it: a date ahead would keep a control fresh that nobody tries.
    const since = passed ?? earliest(before ?? begun, begun);
    const freshFor = durationMs(stated.freshFor) < durationMs(policy.controlTestMaxAge) ? stated.freshFor : policy.controlTestMaxAge;
    const lastResult = tests.at(-1)?.result ?? stated.result;
    return { control, version: version.n, statement: stated.statement, since, freshUntil: addDuration(since, freshFor), lastResult };
  });
}

export function staleControls(dossier: Dossier, policy: CategoryPolicy, now: Instant): readonly ControlFreshness[] {
  return controlFreshness(dossier, policy).filter((control) => control.freshUntil <= now);
}
