/** A replica that answers questions of whoever asks: `node decision-replica.ts`, set up by its environment; prints `ready PORT`. */
import { serve } from "../../src/compose-serve.ts";
import { readConfig } from "../../src/config.ts";
import { UNBOUNDED } from "../../src/decisions/caller.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";

const log = createLog(
  () => systemClock.now(),
  (line) => process.stderr.write(line),
  "error",
);
let isSaid = false;
await serve(
  readConfig(process.env),
  {
    clock: systemClock,
    ids: randomIds(systemClock),
    log,
    decisions: { authenticate: () => ({ kind: "caller", caller: { name: "test", scope: UNBOUNDED } }) },
  },
  {
    fetchOf: (app) => app.http.fetch,
    started: () => Promise.resolve(),
    stopping: () => Promise.resolve(),
    said(_, port) {
      if (!isSaid) process.stdout.write(`ready ${port}\n`);
      isSaid = true;
    },
  },
);
