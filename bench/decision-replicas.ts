/**
 * How long after it is committed a revocation counts at three replicas on one PostgreSQL, each a process of its own: until the last of
 * them denies. Beside it, in the same run, how long PostgreSQL's own notice of the same commit takes to reach a client.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

import { postgresMissing } from "../test/support/databases.ts";
import { openReplicas, type Replica } from "../test/support/decision-replicas.ts";
import { type Bench, figure, quantile } from "./figure.ts";

const REPLICAS = 3;
const REVOCATIONS = 300;
/** Asked again so soon: the figures are that much too large at most. */
const ASK_EVERY_MS = 2;

export const decisionReplicasBench: Bench = {
  name: "decision-replicas",
  missing: postgresMissing,
  async run() {
    const world = await openReplicas();
    const listener = new Client({ connectionString: world.url });
    try {
      const subjects = Array.from({ length: REVOCATIONS }, (_, i) => `subject-${i}`);
      const ids = await world.grant(subjects);
      const replicas: Replica[] = [];
      for (let i = 0; i < REPLICAS; i++) replicas.push(await world.start({ databaseUrl: world.url, dataDir: world.folder() }));
      for (const replica of replicas) await until(replica, subjects.at(-1)!, "permit");
      await listener.connect();
      await listener.query("listen journal_grew");
      const lags: number[] = [];
      const notices: number[] = [];
      for (const [i, id] of ids.entries()) {
        const heard = Promise.withResolvers<number>();
        listener.once("notification", () => heard.resolve(performance.now()));
        await world.revoke(id);
        const committed = performance.now();
        await Promise.all(replicas.map((replica) => until(replica, subjects[i]!, "exception_ended")));
        lags.push(performance.now() - committed);
        notices.push(Math.max(0, (await heard.promise) - committed));
      }
      return [0.5, 0.99].map((q) =>
        figure(
          `revocation at ${REPLICAS} replicas, p${q * 100}`,
          "ms",
          quantile(lags, q),
          "PostgreSQL's notice",
          quantile(notices, q),
          `${REVOCATIONS} revocations`,
        ),
      );
    } finally {
      await listener.end();
      await world.stop();
    }
  },
};

async function until(replica: Replica, subject: string, expected: string): Promise<void> {
  const end = performance.now() + 120_000;
  for (;;) {
    const said = await replica.ask(subject);
    if (said === expected) return;
    if (performance.now() > end) throw new Error(`${subject}: ${said}, not ${expected}`);
    await sleep(ASK_EVERY_MS);
  }
}
