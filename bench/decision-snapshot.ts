/**
 * The register of decisions at a thousand, a hundred thousand and a million grants: what a look-up costs, what it takes of memory, and
 * how long a process takes from its start to its first answer over HTTP out of what it kept on disk.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createBook } from "../src/decisions/book.ts";
import type { GrantRow } from "../src/decisions/grant-row.ts";
import { createRegister } from "../src/decisions/layered-register.ts";
import { encode, writeSnapshotFile } from "../src/decisions/load-snapshot-file.ts";
import { createPacker } from "../src/decisions/pack.ts";
import { createPackedLayer } from "../src/decisions/packed-layer.ts";
import type { PersonRow } from "../src/decisions/person-row.ts";
import { RELEASE } from "../src/platform/release.ts";
import { type Bench, type Figure, figure, quantile, seconds } from "./figure.ts";

const SIZES = [1000, 100_000, 1_000_000] as const;
const FROM = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 86_400_000;
const APPLICATIONS = 200;
const LOOKS = 20_000;
const ROUNDS = 15;
const SEED = { key0: 0x5eed_0001, key1: 0x5eed_0002 };
const CONNECTION = "con_01jzzzzzzzzzzzzzzzzzzzzzzz";

export const decisionSnapshotBench: Bench = {
  name: "decision-snapshot",
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
    try {
      const figures: Figure[] = [];
      let smallest: number | undefined;
      for (const size of SIZES) {
        const words = packed(size);
        const cost = lookUpCost(words, size);
        smallest ??= cost;
        figures.push(figure(`look-up at ${size} grants`, "µs of CPU", cost, `look-up at ${SIZES[0]} grants`, smallest));
        figures.push(
          figure(`memory at ${size} grants`, "bytes a grant with its person", words.byteLength / size, "the same as JSON", jsonBytes()),
        );
        if (size === SIZES.at(-1)) figures.push(await startCost(folder, words));
      }
      return figures;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const keyOf = (i: number): string =>
  `${(Math.imul(i, 0x9e37_79b1) >>> 0).toString(16).padStart(8, "0")}-1c3f-4a72-9d11-${String(i).padStart(12, "0")}`;

/** Each grant of a person of their own, known by a key, a login name and a mail address. */
function packed(size: number): Uint32Array<ArrayBuffer> {
  const packer = createPacker(SEED);
  for (let i = 0; i < size; i++) {
    const row = rowOf(i);
    packer.putRow(packer.putException({ id: row.exception, ref: row.ref, owner: row.owner, rows: 1 }), row);
    const account = { connection: CONNECTION, key: keyOf(i), enabled: true, secondary: false, login: `user${i}` };
    packer.putPerson({
      id: `per_${String(i).padStart(26, "0")}`,
      active: true,
      slug: "",
      mail: `user${i}@example.org`,
      accounts: [account],
    });
  }
  const place = { logKey: "bench+0", leaves: 0, lastEntry: "" };
  return packer.finish({ place, waiting: [], connections: [], ruleTexts: [], heardAtMs: Date.now(), release: RELEASE });
}

function personOf(i: number): PersonRow {
  const account = { connection: CONNECTION, key: keyOf(i), enabled: true, secondary: false, login: `user${i}` };
  return { id: `per_${String(i).padStart(26, "0")}`, active: true, slug: "", mail: `user${i}@example.org`, accounts: [account] };
}

const jsonBytes = (): number => JSON.stringify([rowOf(99_999), personOf(99_999)]).length;

function rowOf(i: number): GrantRow {
  return {
    exception: `exc_${String(i).padStart(26, "0")}`,
    ref: `EXC-2026-${i}`,
    owner: `per_${String(i % 1000).padStart(26, "0")}`,
    subject: { connection: CONNECTION, kind: "user", key: keyOf(i) },
    person: null,
    resource: { kind: "application", id: `app_${i % APPLICATIONS}` },
    method: "sms",
    conditions: { networks: null, deviceClasses: null, hours: null },
    from: FROM,
    until: FROM + 60 * DAY_MS,
    stand: "open",
    ends: FROM + 60 * DAY_MS,
  };
}

/** Microseconds of processor time of one: on a machine that others use too, the best of many rounds is what it costs. */
function lookUpCost(words: Uint32Array<ArrayBuffer>, size: number): number {
  const { overlay } = createBook(SEED, { logKey: "", leaves: 0, lastEntry: "" });
  const register = createRegister({ sequence: 0, size, layers: [overlay, createPackedLayer(words)], connections: new Map() });
  const asked = Array.from({ length: LOOKS }, (_, n) => Math.floor(((n * 0.618_033_988_749) % 1) * size));
  const questions = asked.map((i) => ({ name: keyOf(i), resource: { kind: "application", id: `app_${i % APPLICATIONS}` } }));
  const circumstances = { method: "sms", address: null, networks: [], deviceClasses: [] };
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (const { name, resource } of questions) {
      const { keys } = register.findSubject("user", name)!;
      if (register.look({ keys, resource, ...circumstances }, FROM + DAY_MS).kind !== "grant") throw new Error(`${name} is not found`);
    }
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / LOOKS);
  }
  return quantile(costs, 0);
}

const PROCESS = new URL("decision-snapshot-process.ts", import.meta.url).pathname;

/** From the start of a process to its first answer, beside the start of one that reads and hashes the same file. */
async function startCost(folder: string, words: Uint32Array<ArrayBuffer>): Promise<Figure> {
  const path = join(folder, "register.snapshot");
  await writeSnapshotFile(path, encode(words));
  const question = JSON.stringify({ key: keyOf(12_345), application: `app_${12_345 % APPLICATIONS}` });
  const starts: number[] = [];
  const reads: number[] = [];
  for (let round = 0; round < 5; round++) {
    reads.push(
      await seconds(async () =>
        createHash("sha256")
          .update(await readFile(path))
          .digest(),
      ),
    );
    starts.push(await seconds(() => firstAnswer(folder, question)));
  }
  const note = "the file lies in the page cache for both; rules: default";
  return figure(
    "start to the first answer at 1,000,000 grants",
    "s",
    quantile(starts, 0.5),
    "reading and hashing the file",
    quantile(reads, 0.5),
    note,
  );
}

async function firstAnswer(folder: string, question: string): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, folder, question], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const part of child.stdout) said += String(part);
  if (!said.includes('"decision":true')) throw new Error(`the first answer was ${said}`);
}
