/** Probes run over the whole application, by the clock of its story: waiting is moving the clock. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createProbeRunner } from "../../src/compose-probes.ts";
import { readConfig } from "../../src/config.ts";
import type { KeepEvidence, ProbeResult, ProbeSpec } from "../../src/drills/probe.ts";
import { addDuration, durationOfMs, type Instant } from "../../src/kernel/time.ts";
import { succeeded } from "./browser.ts";
import type { WholeApp } from "./whole-app.ts";

export interface Probing {
  /** `since`: when the drill before ended; the beginning of the story where nothing is said. */
  readonly probe: (spec: ProbeSpec, since?: Instant) => Promise<ProbeResult>;
  /** All that was kept as evidence so far, to look for what must not be in it. */
  readonly evidence: string[];
  readonly addCanary: (key: string, more: Record<string, unknown>) => Promise<string>;
  /** Gets in as it, so that its secret is known to work. */
  readonly tryCanary: (id: string) => Promise<unknown>;
}

/** A file of certificates for `POSTERN_TRUST_FILE`. */
export function trustFile(...pems: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "postern-trust-")), "trust.pem");
  writeFileSync(file, pems.join("\n"));
  return file;
}

export function openProbing(story: WholeApp, env: Readonly<Record<string, string>> = {}): Probing {
  const evidence: string[] = [];
  const openedAt = story.clock.now();
  const config = readConfig({ POSTERN_DATA: story.dataDir, ...env });
  const pause = async (ms: number) => {
    story.clock.set(addDuration(story.clock.now(), durationOfMs(ms)));
    await story.app.tick.tickOnce(story.clock.now());
  };
  const keep: KeepEvidence = async (name, content) => {
    evidence.push(String(content));
    return { name, digest: "sha256:0", bytes: content.length };
  };
  const runner = createProbeRunner({ ...story.app, config, clock: story.clock, reachesOut: true, pause });
  return {
    evidence,
    probe: (spec, since = openedAt) => runner.run(spec, keep, since),
    async addCanary(key, more) {
      const asked = { key, name: key, way: { kind: "password" }, account: key, ...more };
      return succeeded(await story.admin.ask("POST", "/api/v1/canaries", asked)).body["id"] as string;
    },
    tryCanary: async (id) => succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {})).body["answer"],
  };
}
