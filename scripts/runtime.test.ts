import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect, test } from "vitest";

const RUNTIME = join(import.meta.dirname, "../bin/runtime.js");
const WATCH = join(import.meta.dirname, "../bin/stop-with-parent.js");

/** A process that becomes `node -e CHILD`. */
function becoming(child: string): string[] {
  const args = ["--require", WATCH, "-e", child];
  return ["-e", `require(${JSON.stringify(RUNTIME)}).become(process.execPath, ${JSON.stringify(args)})`];
}

/** Says its pid when it is ready, and what it was told to stop with; it would run for ever. */
const PATIENT = `
  process.on("SIGTERM", () => process.stdout.write(" stopping", () => process.exit(7)));
  setInterval(() => undefined, 1000);
  process.stdout.write(String(process.pid));
`;

async function startPatient() {
  const parent = spawn(process.execPath, becoming(PATIENT), { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  parent.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(parent.stdout, "data");
  return { parent, said: () => said };
}

test("a program started in the place of another ends it with its own exit code", () => {
  expect(spawnSync(process.execPath, becoming("process.exit(42)")).status).toBe(42);
  expect(spawnSync(process.execPath, becoming("")).status).toBe(0);
});

test("a program that dies of a signal lets the other die of the same", () => {
  expect(spawnSync(process.execPath, becoming('process.kill(process.pid, "SIGKILL")')).signal).toBe("SIGKILL");
});

test("SIGTERM is passed on and the program may take its time to stop", async () => {
  const { parent, said } = await startPatient();
  parent.kill("SIGTERM");
  const [code] = (await once(parent, "close")) as [number];
  expect(code).toBe(7);
  expect(said()).toMatch(/^\d+ stopping$/);
});

test("when the one that passes signals on is killed outright, the program stops as on SIGTERM", async () => {
  const { parent, said } = await startPatient();
  parent.kill("SIGKILL");
  // The pipe closes when the program, which inherited it, has ended too.
  await once(parent, "close");
  expect(said()).toMatch(/^\d+ stopping$/);
});
