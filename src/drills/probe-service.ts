/** Runs the probes that drills ask for, and writes on their sheets what was seen. */
import type { Clock, Instant } from "../kernel/time.ts";
import { type Log, words } from "../platform/log.ts";
import { decideProbed, isAwaited, type ProbeTry, triesOf } from "./decide.ts";
import type { KeepEvidence, ProbeResult, ProbeRunner, ProbeSpec } from "./probe.ts";
import { actOn, digestOf, type Shared } from "./service.ts";

export interface ProbeDependencies extends Shared {
  readonly clock: Clock;
  readonly log: Log;
  readonly runner: ProbeRunner;
}

export type ProbeService = ReturnType<typeof createProbeService>;

export function createProbeService(deps: ProbeDependencies) {
  return {
    /** Does nothing where nobody waits for it any more: the drill is over, it was answered before, or asked for again. */
    async run(drill: string, wanted: ProbeTry): Promise<void> {
      const state = (await deps.store.drills.find(drill))?.state;
      const { probe, attempt } = wanted;
      if (state?.state !== "running" || !isAwaited(state.run, probe) || attempt !== triesOf(state.run, probe)) return;
      const { spec } = state.run.sheet.probes.find(({ key }) => key === probe)!;
      const result = await probed(deps, spec, state.scheduledAt);
      await actOn(deps, drill, deps.clock.now(), { kind: "system", id: "probes" }, (current) => decideProbed(current, wanted, result));
    },
  };
}

async function probed({ runner, store, clock, log }: ProbeDependencies, spec: ProbeSpec, since: Instant): Promise<ProbeResult> {
  const startedAt = clock.now();
  const keep: KeepEvidence = async (name, content) => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    await store.keepEvidence(digest, bytes, clock.now());
    return { name, digest, bytes: bytes.length };
  };
  try {
    return await runner.run(spec, keep, since);
  } catch (error) {
    // A probe that broke has seen nothing: that is unknown, and so not passed.
    log.error("probe broke", { kind: spec.kind, error: words(error) });
    return { outcome: "unknown", saw: "The probe itself broke; the log says why.", startedAt, endedAt: clock.now(), evidence: [] };
  }
}
