/** Answers one question over HTTP out of a snapshot on disk, with no database, and ends: `node decision-snapshot-process.ts FOLDER QUESTION`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { UNBOUNDED } from "../src/decisions/caller.ts";
import { createDecisionPoint, NO_EXTENSIONS, OPEN } from "../src/decisions/index.ts";
import { RELEASE } from "../src/platform/release.ts";
import { openKeeping } from "../src/decisions/keeping-service.ts";
import { createRegister } from "../src/decisions/layered-register.ts";
import { shippedRules } from "../src/decisions/load-rule-sets.ts";
import { createLog } from "../src/platform/log.ts";

const [folder, question] = process.argv.slice(2) as [string, string];
const { key, application } = JSON.parse(question) as { key: string; application: string };
const log = createLog(
  () => "",
  (line) => process.stderr.write(line),
);
const kept = await openKeeping({ folder, release: RELEASE, elapsedMs: () => performance.now(), log }).load();
if (kept === undefined) throw new Error("nothing is kept there");
const { overlay, base, connections } = kept.book;
const register = createRegister({ sequence: 0, size: base!.size(), layers: [overlay, base!], connections });
const ruleSets = new Map([...shippedRules()].map(([name, { rules }]) => [name, rules]));
const nowMs = (): number => Date.parse("2026-01-02T00:00:00Z");
const point = createDecisionPoint({
  origin: "http://localhost",
  nowMs,
  log,
  headers: [],
  snapshot: () => ({ register, ruleSets, freshAtMs: nowMs(), maxAgeMs: 60_000 }),
  authenticate: () => ({ kind: "caller", caller: { name: "bench", scope: UNBOUNDED } }),
  admission: OPEN,
  decisionLog: { record: () => {}, answered: () => {} },
  extensions: NO_EXTENSIONS,
});
const server = createServer((request, response) => {
  if (!point.take(request, response)) response.writeHead(404).end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const body = JSON.stringify({
  subject: { type: "user", id: key },
  action: { name: "sign_in", properties: { method: "sms" } },
  resource: { type: "application", id: application },
});
const { port } = server.address() as AddressInfo;
const url = `http://127.0.0.1:${port}/access/v1/evaluation`;
const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
process.stdout.write(`${await answer.text()}\n`);
process.exit(0);
