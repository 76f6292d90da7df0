/**
 * The whole application in a process of its own, to be killed: `story-server.ts DATA CLOCK_FILE PORT [DATABASE_URL]`. The clock
 * is a file, so that the test moves time though the process comes and goes.
 */
import { serve } from "@hono/node-server";

import { compose } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";
import { clockIn } from "./clock-file.ts";

const [dataDir = "", clockFile = "", port = "", databaseUrl] = process.argv.slice(2);
const clock = clockIn(clockFile);
const log = createLog(
  () => clock.now(),
  (line) => process.stderr.write(line),
);
const { POSTERN_SMTP_URL, POSTERN_MAIL_FROM } = process.env;
const env = { POSTERN_DATA: dataDir, POSTERN_TICK_SECONDS: "1", ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
const app = await compose(readConfig({ ...env, POSTERN_SMTP_URL, POSTERN_MAIL_FROM }), { clock, ids: randomIds(systemClock), log });
await app.start();
const first = await app.access.enrolment.createFirstRunLink(clock.now());
if (first !== undefined) process.stdout.write(`link ${first.link}\n`);
serve({ fetch: app.http.fetch, port: Number(port), hostname: "127.0.0.1" }, () => process.stdout.write("ready\n"));
