import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { readConfig } from "../config.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { createExampleOrganisation } from "./organisation.ts";
import { whyFailed } from "./why-failed.ts";

let folder: string;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "postern-example-why-"));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function organisationIn(dataDir: string) {
  const log = createLog(
    () => "",
    (line) => void logged.push(line),
  );
  const clock = manualClock(instant("2026-11-20T15:00:00Z"));
  return createExampleOrganisation({ config: readConfig({ POSTERN_DATA: dataDir }), clock, log });
}

test("a load that fails says why, in the state and in the log, and can be tried again", async () => {
  const taken = join(folder, "taken");
  writeFileSync(taken, "a file where the data folder should be");
  const example = organisationIn(taken);
  for (let n = 1; n <= 2; n++) {
    example.load();
    expect(example.state()).toEqual({ state: "loading", share: 0 });
    await example.settled();
    expect(example.state()).toEqual({ state: "failed", why: expect.stringContaining("cannot write its folder") as string });
    expect(logged.filter((line) => line.includes("example organisation failed"))).toHaveLength(n);
  }
  expect(JSON.stringify(example.state())).not.toContain(folder);
});

test("what somebody can mend is told by its name, however deep it lies", () => {
  const full = Object.assign(new Error("write"), { code: "ENOSPC" });
  expect(whyFailed(new Error("the story does not play on", { cause: full }))).toBe("The disk is full.");
  expect(whyFailed(new Error("host=db.internal password=x"))).toMatch(/^The server’s log says why/);
});
