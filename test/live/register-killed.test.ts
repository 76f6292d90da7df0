/** A process is killed again and again while it folds and writes the register: what is found after it is whole, and knows what it says. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { tempFolders } from "../support/temp-folders.ts";
import type { Book } from "../../src/decisions/book.ts";
import { openKeeping } from "../../src/decisions/keeping-service.ts";
import { createRegister } from "../../src/decisions/layered-register.ts";

const PROGRAM = join(import.meta.dirname, "../support/folding-process.ts");
const KILLS = 24;
const folder = tempFolders("killed");

/** Runs it on what the one before left, and kills it so long after it closed so many; the number of the last it closed. */
async function killed(at: string, howMany: number, closed: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, at, String(howMany)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (part: Buffer) => (said += part.toString()));
  while (said.split("\n").length <= closed) await once(child.stdout, "data");
  await sleep(afterMs);
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  return Number(said.trim().split("\n").at(-1));
}

/** Numbers among the first so many that are let through. */
function permitted(book: Book, upTo: number): readonly number[] {
  const layers = book.base === undefined ? [book.overlay] : [book.overlay, book.base];
  const register = createRegister({ sequence: 0, size: 0, layers, connections: book.connections });
  const attempt = { resource: { kind: "application", id: "a" }, method: "sms", address: null, networks: [], deviceClasses: [] };
  return Array.from({ length: upTo }, (_, i) => i + 1).filter((n) => {
    const keys = [{ connection: "con_1", kind: "user", key: `k${n}` }] as const;
    return register.look({ ...attempt, keys }, 50).kind === "grant";
  });
}

describe("a register that is kept by a process that is killed", () => {
  test.each([50, 3000])(
    "has closed what it says it heard of, whenever that was; of %i exceptions",
    { timeout: 300_000 },
    async (howMany) => {
      const at = folder();
      const lines: string[] = [];
      const say = (line: string) => void lines.push(line);
      let last = 0;
      let found = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        last = Math.max(last, await killed(at, howMany, 1 + (kill % 5), (kill % 4) * 6));
        const kept = await openKeeping({
          folder: at,
          release: "1.0.0",
          elapsedMs: () => 0,
          log: { info: say, warn: say, error: say },
        }).load();
        // Neither half a file nor one that is not what it says.
        expect(lines).toEqual([]);
        if (kept === undefined) continue;
        const { book, heardAtMs } = kept;
        // Goes never back, and never ahead of what was closed.
        expect(book.place.leaves).toBeGreaterThanOrEqual(found);
        expect(book.place.leaves).toBeLessThanOrEqual(last);
        found = book.place.leaves;
        // What it was folded from is in it; and what it says it heard of, which is all that counts where there is no database.
        expect(permitted(book, Math.max(found, heardAtMs))).toEqual([]);
      }
      expect(found).toBeGreaterThan(1);
    },
  );
});
