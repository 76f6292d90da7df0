import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { readTar, tarHeader, tarPadding, TAR_END, TarFault } from "./tar.ts";

const newFolder = tempFolders("tar");

type Files = readonly (readonly [path: string, bytes: Uint8Array | undefined])[];

function archive(files: Files): Buffer {
  const parts = files.flatMap(([path, bytes]) => [
    tarHeader({ path, size: bytes?.length }),
    bytes ?? new Uint8Array(0),
    tarPadding(bytes?.length ?? 0),
  ]);
  return Buffer.concat([...parts, TAR_END]);
}

/** In chunks of this size, as a stream might come. */
async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
}

async function read(bytes: Uint8Array, chunk = 700) {
  const found: [string, Buffer | undefined][] = [];
  await readTar(inChunks(bytes, chunk), async ({ path, size }, content) => {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    found.push([path, size === undefined ? undefined : Buffer.concat(parts)]);
  });
  return found;
}

const path = fc.stringMatching(/^[a-z_0-9]{1,20}(\/[a-z_0-9]{1,20}){0,3}$/);
const bytes = fc.uint8Array({ maxLength: 2000 });

test("what is packed is read back the same, however it is cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(path, fc.option(bytes, { nil: undefined }))),
      fc.integer({ min: 1, max: 3000 }),
      async (files, chunk) => {
        expect(await read(archive(files), chunk)).toEqual(files.map(([name, content]) => [name, content && Buffer.from(content)]));
      },
    ),
    { numRuns: 50 },
  );
});

test("the machine's own tar reads what we pack, and we read what it packs", async () => {
  const folder = newFolder();
  writeFileSync(
    join(folder, "ours.tar"),
    archive([
      ["db", undefined],
      ["db/a", Buffer.from("hello")],
    ]),
  );
  execFileSync("tar", ["xf", "ours.tar"], { cwd: folder });
  expect(readFileSync(join(folder, "db", "a"), "utf8")).toBe("hello");
  execFileSync("tar", ["cf", "theirs.tar", "--format=ustar", "db"], { cwd: folder });
  expect(await read(readFileSync(join(folder, "theirs.tar")))).toEqual([
    ["db", undefined],
    ["db/a", Buffer.from("hello")],
  ]);
});

test("an archive that is cut short anywhere is refused", async () => {
  const whole = archive([
    ["db", undefined],
    ["db/a", Buffer.alloc(700, 1)],
  ]);
  for (let length = 0; length < whole.length - TAR_END.length; length += 100) {
    await expect(read(whole.subarray(0, length))).rejects.toThrow(TarFault);
  }
});

test("a changed header is refused", async () => {
  const whole = archive([["db/a", Buffer.from("hello")]]);
  for (const at of [0, 100, 124, 130, 156, 257]) {
    const changed = Buffer.from(whole);
    changed[at]! ^= 1;
    await expect(read(changed)).rejects.toThrow(TarFault);
  }
});

test.each(["../a", "db/../../a", "/etc/passwd", "db//a", "./a", "db\\a", "c:a"])(
  "a path that leads elsewhere is refused: %s",
  async (bad) => {
    await expect(read(archive([[bad, Buffer.from("x")]]))).rejects.toThrow(/not allowed/);
  },
);

test("a link is refused", async () => {
  const folder = newFolder();
  execFileSync("ln", ["-s", "/etc/passwd", "link"], { cwd: folder });
  execFileSync("tar", ["cf", "theirs.tar", "--format=ustar", "link"], { cwd: folder });
  await expect(read(readFileSync(join(folder, "theirs.tar")))).rejects.toThrow(/neither file nor folder/);
});

test("what the format cannot hold is refused when packing", () => {
  expect(() => tarHeader({ path: "a".repeat(101), size: 1 })).toThrow(RangeError);
  expect(() => tarHeader({ path: "a", size: 8 ** 11 })).toThrow(RangeError);
});
