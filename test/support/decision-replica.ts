/** A replica that answers questions of whoever asks: `node decision-replica.ts`, set up by its environment; prints `ready PORT`. */
import { compose } from "../../src/compose.ts";
import { createHttpServer } from "../../src/compose-listen.ts";
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
const app = await compose(readConfig(process.env), {
  clock: systemClock,
  ids: randomIds(systemClock),
  log,
  decisions: { authenticate: () => ({ kind: "caller", caller: { name: "test", scope: UNBOUNDED } }) },
});
await app.start();
const server = createHttpServer(app.decisionPoint, app.http.fetch);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`ready ${port}\n`);
});
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void app.stop().then(() => process.exit(0));
});
