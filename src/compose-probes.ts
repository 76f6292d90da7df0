/** Runs what drills ask Postern to try against the real thing. Never rejects for what it looks at. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { createRateLimit } from "./access/index.ts";
import { createTryAs, findConnected } from "./compose-canaries.ts";
import type { Keep, ProbeGround } from "./compose-probe-ground.ts";
import { tryRestore } from "./compose-restore.ts";
import { createWatch } from "./compose-watch.ts";
import { proveRevoked } from "./compose-revocation.ts";
import type { Config } from "./config.ts";
import { judgeChain, judgeKeySet } from "./connectors/certificates/evaluate.ts";
import { readKeySet } from "./connectors/certificates/jwks.ts";
import { readChain } from "./connectors/certificates/tls.ts";
import { notAsked } from "./connectors/canary/map.ts";
import { ProviderFault } from "./connectors/port.ts";
import type { KeepEvidence, ProbeRunner, ProbeSpec } from "./drills/probe.ts";
import { certificateVerdict, deathVerdict, identityVerdict, unknown, type Verdict } from "./drills/probes/verdict.ts";
import type { Db } from "./platform/db.ts";
import { addDuration, duration, durationOfMs } from "./kernel/time.ts";

/** What trying things against the real world hangs on, wired. */
export interface Probing extends Pick<ProbeGround, "tryAs" | "watch" | "trustPem"> {
  readonly runner: ProbeRunner;
}

export async function createProbing(
  config: Config,
  ground: Pick<ProbeGround, "clock" | "connections" | "canaries" | "reachesOut"> & { readonly db: Db },
): Promise<Probing> {
  const { db, canaries, connections, reachesOut } = ground;
  const trustPem = config.trustFile === undefined ? undefined : await readFile(config.trustFile, "utf8");
  const tryAs = createTryAs(connections, trustPem, reachesOut);
  const watch = createWatch(db, canaries, connections, reachesOut);
  const runner = createProbeRunner({ ...ground, config, tryAs, watch, trustPem, pause: (ms) => sleep(ms) });
  return { tryAs, watch, trustPem, runner };
}

type Of<K extends ProbeSpec["kind"]> = Extract<ProbeSpec, { kind: K }>;
type Runs = { readonly [K in ProbeSpec["kind"]]: (ground: ProbeGround, spec: Of<K>, keep: Keep) => Promise<Verdict> };
/** Of everything that is probed at addresses: enough for any drill, too slow to look a network over. */
const PACE = { burst: 60, perSecond: 0.5, addresses: 1 };

export function createProbeRunner(ground: ProbeGround): ProbeRunner {
  const pace = createRateLimit(PACE);
  return {
    async run(spec, keepEvidence) {
      const startedAt = ground.clock.now();
      const evidence: Awaited<ReturnType<KeepEvidence>>[] = [];
      const keep: Keep = async (name, seen) => void evidence.push(await keepEvidence(name, `${JSON.stringify(seen, undefined, 2)}\n`));
      const tell = (verdict: Verdict) => ({ ...verdict, startedAt, endedAt: ground.clock.now(), evidence });
      if (!ground.reachesOut) return tell(unknown("The example organisation reaches nobody."));
      if (pace.take("all", startedAt) !== undefined) return tell(unknown("Too many probes were asked for at once."));
      try {
        return tell(await (RUNS[spec.kind] as Runs["tls"])(ground, spec as Of<"tls">, keep));
      } catch (error) {
        if (error instanceof ProviderFault) return tell(unknown(`It could not be asked: ${error.message}`));
        throw error;
      }
    },
  };
}

const RUNS: Runs = {
  async tls({ trustPem, clock }, { address, daysLeft }, keep) {
    const reading = await readChain({ address, trustPem });
    await keep("chain.json", reading);
    return certificateVerdict(address, judgeChain(reading, daysLeft, clock.now()));
  },

  async jwks({ trustPem, clock }, { address, daysLeft }, keep) {
    const reading = await readKeySet(address, { trustPem });
    await keep("keys.json", reading);
    return certificateVerdict(address, judgeKeySet(reading, daysLeft, clock.now()));
  },

  async provider(ground, { connection, canary }) {
    const found = await findConnected(ground.connections, connection);
    if (found === undefined) return unknown(`There is no connection ${connection}.`);
    const { reachable } = await ground.connections.health(found.id);
    // That it does not answer is what was asked.
    if (!reachable) return { outcome: "failed", saw: `${found.name} does not answer.` };
    if (canary === null) return { outcome: "passed", saw: `${found.name} answers.` };
    const verdict = await tryAccount(ground, { connection, account: canary, method: null, expected: "can" });
    return { ...verdict, saw: `${found.name} answers. ${verdict.saw}` };
  },

  identity: (ground, { connection, account, method, expected }) => tryAccount(ground, { connection, account, method, expected }),

  revocation: (ground, spec, keep) => proveRevoked(ground, spec, keep),

  async exceptionDeath({ connections, canaries, watch, clock, pause }, { connection, policy, subject, livesMinutes, graceMinutes }, keep) {
    const id = (await findConnected(connections, connection))?.id;
    const key = (await canaries.subjectNamed(connection, subject))?.key;
    if (id === undefined || key === undefined) return unknown(`No canary of ${connection} is ${subject}: nothing is watched.`);
    const asked = clock.now();
    const patience = duration(`PT${Math.min(livesMinutes, MOST_MINUTES)}M`);
    for (let left = (MOST_MINUTES * 60_000) / PAUSE_MS; ; left--) {
      const now = clock.now();
      const death = await watch.lastDeath({ connection: id, policy, subjectKey: key }, addDuration(asked, patience), now);
      if (death === undefined) return unknown(`No exception for ${subject} ended within the last eight days.`);
      const deadline = addDuration(death.until, durationOfMs(graceMinutes * 60_000));
      const isOver = death.goneAt !== null || now > deadline || left === 0;
      if (isOver) {
        await keep("exception.json", death);
        return now < death.until ? unknown(`${death.ref} has not ended yet.`) : deathVerdict(death, graceMinutes, now);
      }
      await pause(PAUSE_MS);
    }
  },

  async restore({ config, clock }, { backup }, keep) {
    const { verdict, ...seen } = await tryRestore(config, backup, clock.now());
    await keep("restore.json", seen);
    return verdict;
  },
};

/** Nobody waits longer for an end: whoever asked gets an answer the same morning. */
const MOST_MINUTES = 10;
const PAUSE_MS = 5000;

async function tryAccount(
  { canaries, clock, tryAs }: ProbeGround,
  { connection, account, method, expected }: Pick<Of<"identity">, "connection" | "account" | "method" | "expected">,
): Promise<Verdict> {
  const opened = await canaries.openByAccount(connection, account, method);
  if (opened === undefined) return unknown("There is no canary for this account and way, or its secret cannot be opened.");
  if (canaries.takeTurn(opened.canary, clock.now()) !== undefined)
    return identityVerdict(expected, notAsked("It was tried too often within the last minutes."), null);
  const { attempt } = await tryAs(opened, clock.now());
  return identityVerdict(expected, attempt, opened.workedAt);
}
