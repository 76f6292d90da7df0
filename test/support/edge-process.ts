/** An edge decision point as people start it: `postern decide` in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

import { type Answered, send } from "./decision-point.ts";

export interface EdgeProcess {
  readonly port: number;
  /** What it wrote to standard error so far. */
  readonly logged: string[];
  ask(body: unknown, token: string): Promise<Answered>;
  /** Whether it says that it may permit, and why not. */
  health(): Promise<Answered>;
  kill(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "../..");

/** Resolves when it answers. */
export async function startEdge(args: readonly string[]): Promise<EdgeProcess> {
  const logged: string[] = [];
  const child = spawn(process.execPath, [join(ROOT, "src/main.ts"), "decide", "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  child.stderr.on("data", (part: Buffer) => void logged.push(part.toString()));
  const port = await portOf(child, logged);
  return {
    port,
    logged,
    ask: (body, token) => send(port, "/access/v1/evaluation", body, { headers: { Authorization: `Bearer ${token}` } }),
    health: () => send(port, "/health/ready", undefined, { method: "GET" }),
    async kill() {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function portOf(child: ChildProcess, logged: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout!.on("data", (part: Buffer) => {
      said += part.toString();
      const port = /decides at port (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("exit", (code) => reject(new Error(`postern decide ended with ${code}: ${logged.join("")}`)));
  });
}
