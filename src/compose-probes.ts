/** Runs what drills ask Postern to try against the real thing. Never rejects for what it looks at. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { createRateLimit } from "./access/index.ts";
import type { OpenCanary } from "./canaries/index.ts";
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
import { certificateVerdict, deathsVerdict, identityVerdict, unknown, type Verdict, worstOf } from "./drills/probes/verdict.ts";
import type { Db } from "./platform/db.ts";
import { addDuration, duration, durationOfMs, type Instant } from "./kernel/time.ts";

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
type Runs = { readonly [K in ProbeSpec["kind"]]: (ground: ProbeGround, spec: Of<K>, keep: Keep, since: Instant) => Promise<Verdict> };
/** Of everything that is probed at addresses: enough for any drill, too slow to look a network over. */
const PACE = { burst: 60, perSecond: 0.5, addresses: 1 };

export function createProbeRunner(ground: ProbeGround): ProbeRunner {
  const pace = createRateLimit(PACE);
  return {
    async run(spec, keepEvidence, since) {
      const waited = await takeTurn(pace, ground);
      const startedAt = ground.clock.now();
      const evidence: Awaited<ReturnType<KeepEvidence>>[] = [];
      const keep: Keep = async (name, seen) => void evidence.push(await keepEvidence(name, `${JSON.stringify(seen, undefined, 2)}\n`));
      const tell = (verdict: Verdict) => ({ ...verdict, startedAt, endedAt: ground.clock.now(), evidence });
      if (!ground.reachesOut) return tell(unknown("The example organisation reaches nobody."));
      if (!waited) return tell(unknown("Too many probes were asked for at once."));
      try {
        return tell(await (RUNS[spec.kind] as Runs["tls"])(ground, spec as Of<"tls">, keep, since));
      } catch (error) {
        if (error instanceof ProviderFault) return tell(unknown(`It could not be asked: ${error.message}`));
        throw error;
      }
    },
  };
}

/** Waits for its turn: what all plans ask for in one morning is done, one after the other. False: it waited long enough. */
async function takeTurn(pace: ReturnType<typeof createRateLimit>, { clock, pause }: ProbeGround): Promise<boolean> {
  for (let left = (MOST_MINUTES * 60_000) / PAUSE_MS; left > 0; left--) {
    if (pace.take("all", clock.now()) === undefined) return true;
    await pause(PAUSE_MS);
  }
  return false;
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
    const verdict = await tryAccount(ground, { connection, account: canary, does: "signIn", method: null, expected: "can" });
    return { ...verdict, saw: `${found.name} answers. ${verdict.saw}` };
  },

  identity: (ground, spec) => tryAccount(ground, spec),

  revocation: (ground, spec, keep) => proveRevoked(ground, spec, keep),

  async exceptionDeath(
    { connections, canaries, watch, clock, pause },
    { connection, policy, subject, livesMinutes, graceMinutes },
    keep,
    since,
  ) {
    const id = (await findConnected(connections, connection))?.id;
    const key = (await canaries.subjectNamed(connection, subject))?.key;
    if (id === undefined || key === undefined) return unknown(`No canary of ${connection} is ${subject}: nothing is watched.`);
    const until = addDuration(clock.now(), duration(`PT${Math.min(livesMinutes, MOST_MINUTES)}M`));
    const grace = durationOfMs(graceMinutes * 60_000);
    for (let left = (MOST_MINUTES * 60_000) / PAUSE_MS; ; left--) {
      const now = clock.now();
      const deaths = await watch.deaths({ connection: id, policy, subjectKey: key }, { since, until }, now);
      if (deaths.length === 0) return unknown(`No exception for ${subject} ended since the drill before, or within eight days.`);
      if (left === 0 || deaths.every((death) => death.goneAt !== null || now > addDuration(death.until, grace))) {
        await keep("exceptions.json", deaths);
        return deathsVerdict(deaths, graceMinutes, now);
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
  { connection, account, does, method, expected }: Omit<Of<"identity">, "kind">,
): Promise<Verdict> {
  const found = await canaries.openByAccount(connection, account, { does, method });
  const verdicts: Verdict[] = [];
  for (const opened of found) {
    const now = clock.now();
    const attempt =
      opened === undefined
        ? notAsked("A canary's secret cannot be opened.")
        : canaries.takeTurn(opened.canary, now) === undefined
          ? (await tryAs(opened, now)).attempt
          : notAsked("It was tried too often within the last minutes.");
    verdicts.push(identityVerdict(expected, attempt, opened === undefined ? null : provenAt(opened, now)));
  }
  if (verdicts.length === 0) return unknown("There is no canary for this account and way.");
  // One way in is enough to get in; to be kept out takes that every way is shut.
  return (expected === "can" ? verdicts.find(({ outcome }) => outcome === "passed") : undefined) ?? worstOf(verdicts);
}

/** When this secret was last seen to be right, as far as that still says something: refresh tokens end by themselves, passwords are changed. */
function provenAt({ canary: { way }, workedAt }: OpenCanary, now: Instant): Instant | null {
  const lasts = way.kind === "openid" && way.grant === "refresh_token" ? duration("P1D") : duration("P30D");
  return workedAt !== null && addDuration(workedAt, lasts) > now ? workedAt : null;
}
