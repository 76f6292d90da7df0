/**
 * Load of a server by wrk, on the same machine. It is taken because it is written in C and costs a fifth of a processor where a
 * generator in Node costs as much as what is measured; it sends different questions (load.lua), keeps connections and answers with its
 * own latencies. It waits for each answer before it asks again on a connection: latencies are those of a server as busy as it can be.
 */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const SCRIPT = join(import.meta.dirname, "load.lua");
/** As Linux counts processor time in /proc, on every architecture. */
const TICKS_PER_SECOND = 100;
/** Of one processor. */
const QUIET_SHARE = 0.1;

export interface Load {
  /** File of bodies, one a line. */
  readonly file: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Target {
  readonly origin: string;
  /** Of one process, or of all that answer at the port. */
  readonly pids: readonly number[];
  readonly authorization?: string;
}

export interface Driven {
  readonly perSecond: number;
  /** Processor time of the server, in microseconds a request. */
  readonly cpuMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

export function wrkMissing(): string | undefined {
  if (process.platform !== "linux") return "a server's processor time is read from /proc, which Linux has";
  try {
    execFileSync("wrk", ["-v"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    // It tells its version with a status of 1.
    return (error as { status?: number }).status === 1 ? undefined : "no wrk (Debian: apt-get install wrk)";
  }
}

export async function drive({ origin, pids, authorization }: Target, { file, path, connections, seconds }: Load): Promise<Driven> {
  const before = allSeconds(pids);
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", SCRIPT, origin, "--", file, path];
  if (authorization !== undefined) args.push(authorization);
  const { stdout } = await promisify(execFile)("wrk", args);
  const used = allSeconds(pids) - before;
  const line = stdout.split("\n").find((each) => each.startsWith("{"))!;
  const { requests, micros, p50, p99, failed } = JSON.parse(line) as Record<string, number>;
  if (failed! > 0) throw new Error(`${failed} of ${requests} requests to ${origin}${path} failed`);
  return { perSecond: (requests! / micros!) * 1e6, cpuMicros: (used / requests!) * 1e6, p50Micros: p50!, p99Micros: p99! };
}

/** Waits until a server that was just started has done what it does at its start. */
export async function quiet({ pids }: Target): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const before = allSeconds(pids);
    await sleep(1000);
    if (allSeconds(pids) - before < QUIET_SHARE) return;
  }
  throw new Error("the server does not come to rest");
}

const allSeconds = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);

/** User and system time of a process and all its threads. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
