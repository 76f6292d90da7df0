/** The servers that are measured, each a process of its own, as it is run: found by its address, told apart by its process id. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import type { Target } from "./load.ts";

export interface Running extends Target {
  stop(): Promise<void>;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it complains of is not shown: at the end of every load somebody goes away in the middle of a request. */
  readonly isMuted?: boolean;
}

const PATIENCE_MS = 120_000;

/** Starts a program and waits until an address answers 200. */
export async function startAt(origin: string, path: string, program: Program, authorization?: string): Promise<Running> {
  const child = start(program);
  const until = Date.now() + PATIENCE_MS;
  while (!(await answers(`${origin}${path}`))) {
    if (child.exitCode !== null) throw new Error(`${program.command} ended: ${child.exitCode}`);
    if (Date.now() > until) throw new Error(`${program.command} does not answer at ${origin}${path}`);
    await sleep(200);
  }
  return running(child, origin, authorization);
}

/** Starts a program that prints the port it listens on. */
export async function startPrinting(program: Program): Promise<Running> {
  const child = start(program, "pipe");
  for await (const line of createInterface({ input: child.stdout! })) return running(child, `http://127.0.0.1:${line}`);
  throw new Error(`${program.command} printed no port`);
}

function start({ command, args, env, isMuted }: Program, stdout: "ignore" | "pipe" = "ignore"): ChildProcess {
  return spawn(command, args, { stdio: ["ignore", stdout, isMuted === true ? "ignore" : "inherit"], env: { ...process.env, ...env } });
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function running(child: ChildProcess, origin: string, authorization?: string): Running {
  return {
    origin,
    pids: [child.pid!],
    ...(authorization !== undefined && { authorization }),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
