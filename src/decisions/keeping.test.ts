import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { openRow } from "../../test/support/folding-rows.ts";
import { type Book, createBook, putException, putPerson, sizeOf } from "./book.ts";
import type { GrantRow } from "./grant-row.ts";
import { openKeeping } from "./keeping-service.ts";
import { encode } from "./load-snapshot-file.ts";
import { repack } from "./repack.ts";
import { createRegister } from "./layered-register.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const PLACE = { logKey: "log.example+1", leaves: 7, lastEntry: "ent_7" };

const row = (n: number, until = 100): GrantRow => ({ ...openRow(n), until, ends: until });

function permits(book: Book, n: number, now = 50): boolean {
  const layers = book.base === undefined ? [book.overlay] : [book.overlay, book.base];
  const register = createRegister({ sequence: 0, size: 0, layers, connections: book.connections });
  const keys = register.findSubject("user", `k${n}`)?.keys ?? [];
  const attempt = { keys, resource: { kind: "application", id: "a" }, method: "sms", address: null, networks: [], deviceClasses: [] };
  return register.look(attempt, now).kind === "grant";
}

function open() {
  const folder = mkdtempSync(join(tmpdir(), "postern-kept-"));
  folders.push(folder);
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const log = { info: say, warn: say, error: say };
  const elapsed = { ms: 0 };
  const keeping = (release = "1.0.0") => openKeeping({ folder: join(folder, "decisions"), release, elapsedMs: () => elapsed.ms, log });
  return { folder: join(folder, "decisions"), file: join(folder, "decisions", "register.snapshot"), keeping, lines, elapsed };
}

function bookOf(count: number): Book {
  const book = createBook({ key0: 1, key1: 2 }, PLACE);
  for (let n = 0; n < count; n++) putException(book, `exc_${n}`, [row(n)]);
  putPerson(book, { id: "per_1", active: true, slug: "anna", mail: "", accounts: [] });
  return book;
}

describe("what is kept of the register", () => {
  test.each([10, 2500])("is read again as it was, with %i exceptions, and nobody else can read it", async (count) => {
    const { keeping, folder, file, lines } = open();
    const book = bookOf(count);
    await keeping().fold(book, [["default", "text"]], 41, "now");
    expect(lines).toEqual([]);
    expect([book.isDirty, sizeOf(book), book.overlay.exceptions.size]).toEqual([false, count, 0]);
    const kept = (await keeping().load())!;
    expect(kept).toMatchObject({ ruleTexts: [["default", "text"]], heardAtMs: 41, book: { place: PLACE, isDirty: false } });
    expect([permits(kept.book, 3), permits(kept.book, count), sizeOf(kept.book)]).toEqual([true, false, count]);
    expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test.each([10, 2500])("has changes folded in that came before; those that come meanwhile lie over it (%i)", async (count) => {
    const { keeping, lines } = open();
    const book = bookOf(count);
    const kept = keeping();
    await kept.fold(book, [], 0, "now");
    putException(book, "exc_3", []);
    const folded = kept.fold(book, [], 0, "now");
    putException(book, "exc_4", [row(4, 10)]);
    await folded;
    expect(lines).toEqual([]);
    expect([3, 4, 5].map((n) => permits(book, n))).toEqual([false, false, true]);
    expect([book.isDirty, book.overlay.exceptions.size]).toEqual([true, 1]);
    const read = (await keeping().load())!.book;
    expect([3, 4, 5].map((n) => permits(read, n))).toEqual([false, true, true]);
  });

  test("is made again where the file was lost or is another's", async () => {
    const { keeping, file, lines } = open();
    const book = bookOf(2500);
    const kept = keeping();
    await kept.fold(book, [], 0, "now");
    await rm(file);
    putException(book, "exc_3", []);
    await kept.fold(book, [], 0, "now");
    expect(lines).toEqual([]);
    expect(permits((await keeping().load())!.book, 3)).toBe(false);
  });

  test.each<[string, (bytes: Buffer) => Uint8Array]>([
    ["is cut short", (bytes) => bytes.subarray(0, bytes.length - 40)],
    ["has a bit that is another", (bytes) => Buffer.concat([bytes.subarray(0, 300), Buffer.from([bytes[300]! ^ 4]), bytes.subarray(301)])],
    ["has another seed", (bytes) => Buffer.concat([bytes.subarray(0, 8), Buffer.from([9]), bytes.subarray(9)])],
    ["is empty", () => Buffer.alloc(0)],
    ["is something else", () => Buffer.from("not a snapshot at all, but long enough to have a header".repeat(9))],
  ])("is not used where it %s, and that is said", async (_, damage) => {
    const { keeping, file, lines } = open();
    await keeping().fold(bookOf(10), [], 0, "now");
    writeFileSync(file, damage(readFileSync(file)));
    expect(await keeping().load()).toBeUndefined();
    expect(lines).toEqual(["snapshot on disk not used"]);
  });

  test("is not used by another release, that may make other rows of the same, and that is said", async () => {
    const { keeping, lines } = open();
    await keeping().fold(bookOf(10), [], 0, "now");
    expect(await keeping("1.0.1").load()).toBeUndefined();
    expect(lines).toEqual(["snapshot on disk not used"]);
  });

  test("is not used where what is said of it is of another shape, and that is said", async () => {
    const { keeping, file, lines } = open();
    await keeping().fold(bookOf(1), [], 0, "now");
    const nothing = { exceptions: new Map(), persons: new Map() };
    writeFileSync(file, encode(repack(undefined, nothing, { key0: 1, key1: 2 }, { release: "1.0.0" })));
    expect(await keeping().load()).toBeUndefined();
    expect(lines).toEqual(["snapshot on disk not used"]);
  });

  test("leaves nothing of a writer that was killed", async () => {
    const { keeping, file, folder } = open();
    await keeping().fold(bookOf(10), [], 0, "now");
    writeFileSync(`${file}.4711`, "half");
    await keeping().fold(bookOf(11), [], 0, "now");
    expect(readdirSync(folder)).toEqual(["register.snapshot"]);
  });

  test("says when the journal had nothing more, of this snapshot only, and not while changes lie over it", async () => {
    const { keeping, elapsed } = open();
    const book = bookOf(10);
    const kept = keeping();
    await kept.fold(book, [], 100, "now");
    await kept.noteHeard(book, 200);
    expect((await keeping().load())!.heardAtMs).toBe(200);
    elapsed.ms += 60_000;
    putException(book, "exc_3", []);
    await kept.noteHeard(book, 300);
    expect((await keeping().load())!.heardAtMs).toBe(200);
    await kept.fold(book, [], 250, "now");
    expect((await keeping().load())!.heardAtMs).toBe(250);
    // The clock was ahead, and was set back: what was said then is not to be young again when that time comes.
    elapsed.ms += 60_000;
    await kept.noteHeard(book, 240);
    expect((await keeping().load())!.heardAtMs).toBe(240);
  });

  test("is not of a log that has no key yet: nobody could tell whose it is", async () => {
    const { keeping } = open();
    const book = bookOf(3);
    book.place = { ...PLACE, logKey: "" };
    await keeping().fold(book, [], 0, "now");
    expect(await keeping().load()).toBeUndefined();
  });

  test.each([3, 2500])("goes on without a disk that can be written (%i)", async (count) => {
    const { keeping, folder, lines } = open();
    writeFileSync(folder, "a file where the folder should be");
    chmodSync(folder, 0o400);
    const book = bookOf(count);
    await keeping().fold(book, [], 0, "now");
    expect([permits(book, 2), book.isDirty, lines, book.overlay.exceptions.size]).toEqual([true, true, ["snapshot not kept"], 0]);
  });

  test("is read from the database also where there is too much of it to be held, and no disk that can be written", async () => {
    const { keeping, folder, lines } = open();
    writeFileSync(folder, "a file where the folder should be");
    const book = bookOf(10);
    const kept = keeping();
    const spill = kept.beginSpill();
    await spill.put({ exceptions: new Map([["exc_99", [row(99)]]]), persons: new Map() });
    await kept.endSpill(spill, book, [], 0);
    expect([permits(book, 99), permits(book, 3), book.isDirty, lines]).toEqual([true, true, true, ["snapshot not kept"]]);
  });
});
