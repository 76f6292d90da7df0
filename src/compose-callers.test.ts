import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { tempFolders } from "../test/support/temp-folders.ts";
import { openCallers } from "./compose-callers.ts";
import { UNBOUNDED } from "./decisions/caller.ts";
import { instantOfEpochMs } from "./kernel/time.ts";
import { manualClock } from "./platform/clock.ts";
import { createLog } from "./platform/log.ts";

const folder = tempFolders("compose-callers");
const START = Date.parse("2026-03-02T09:00:00Z");

test("a clock that is set back keeps no caller away that has a limit", async () => {
  const path = join(folder(), "callers.yaml");
  writeFileSync(
    path,
    `audiences: [us]
issuers: [{ name: a, issuer: "https://a.example" }]
callers:
  - { name: vpn, is: [{ issuer: a, subject: vpn }], may: { subjects: any, actions: any, resources: any }, limit: { perSecond: 20 } }
`,
  );
  const clock = manualClock(instantOfEpochMs(START));
  const log = createLog(
    () => clock.now(),
    () => undefined,
  );
  const callers = openCallers({ callersFile: path }, { clock, log });
  const ask = () => callers.admission.admit({ name: "vpn", scope: UNBOUNDED }, 20);
  expect(ask()).toBeUndefined();
  expect(ask()).toMatchObject({ status: 429 });
  clock.set(instantOfEpochMs(START - 3_600_000));
  await expect.poll(ask, { timeout: 30_000 }).toBeUndefined();
  await callers.close();
});
