/** `npm run bench [-- NAME…]`: all figures or the named ones, one JSON line each. */
import { consoleBench } from "./console.ts";
import { decisionEnginesBench } from "./decision-engines.ts";
import { decisionPointBench } from "./decision-point.ts";
import { decisionReplicasBench } from "./decision-replicas.ts";
import { decisionSnapshotBench } from "./decision-snapshot.ts";
import { discoveryBench } from "./discovery.ts";
import { discoveryEntraBench, discoveryKeycloakBench, discoveryOktaBench } from "./discovery-providers.ts";
import type { Bench } from "./figure.ts";
import { journalBench } from "./journal.ts";
import { lockOutBench } from "./lock-out.ts";
import { lockoutEstateBench } from "./lockout-estate.ts";
import { registerBench } from "./register.ts";

const BENCHES: readonly Bench[] = [
  journalBench,
  registerBench,
  discoveryBench,
  discoveryEntraBench,
  discoveryOktaBench,
  discoveryKeycloakBench,
  consoleBench,
  lockOutBench,
  lockoutEstateBench,
  decisionEnginesBench,
  decisionPointBench,
  decisionSnapshotBench,
  decisionReplicasBench,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are: ${BENCHES.map((bench) => bench.name).join(", ")}`);
  process.exit(2);
}
for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  const missing = bench.missing?.();
  if (missing !== undefined) {
    console.error(`skipped ${bench.name}: ${missing}`);
    continue;
  }
  for (const figure of await bench.run()) console.log(JSON.stringify(figure));
}
