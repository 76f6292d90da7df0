import writeExcelFile from "write-excel-file/node";
import { describe, expect, test } from "vitest";

import { UnreadableFile } from "../port.ts";
import { MOST_WORKBOOK_BYTES, readSource } from "./source.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes);
};
const wordsOf = async (bytes: Uint8Array) => {
  const error = await readSource("a.json", bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnreadableFile);
  return (error as UnreadableFile).message;
};

describe("a file", () => {
  test.each([
    ["UTF-8", utf8('{"a":"ü"}')],
    ["UTF-8 with a byte order mark", utf8('\uFEFF{"a":"ü"}')],
    ["UTF-16 LE", utf16('{"a":"ü"}', false)],
    ["UTF-16 BE", utf16('{"a":"ü"}', true)],
  ])("in %s is read as the same text and the same JSON", async (_, bytes) => {
    expect(await readSource("a.json", bytes)).toEqual({ name: "a.json", text: '{"a":"ü"}', json: { a: "ü" } });
  });

  test("that is no JSON has none, also when it begins like it", async () => {
    expect(await readSource("a.csv", utf8("user,arn\na,b"))).toMatchObject({ json: undefined });
    expect(await readSource("a.json", utf8('{"a":'))).toMatchObject({ json: undefined });
  });

  test("that is no text is refused with its name", async () => {
    expect(await wordsOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]))).toBe("a.json: it is no text in UTF-8");
    expect(await wordsOf(utf16('{"a":1}', false).slice(2))).toContain("zero bytes");
    expect(await wordsOf(utf16('{"a":1}', false).slice(0, -1))).toBe("a.json: it is no text in UTF-16LE");
    expect(await wordsOf(new Uint8Array())).toContain("it is empty");
  });

  test("that is a workbook is read as the CSV its first sheet would be saved as; days stay days", async () => {
    const rows = [
      [{ value: "User" }, { value: "Until" }, { value: "Why" }, { value: "Times" }],
      [{ value: "amara" }, { value: new Date("2026-11-27T00:00:00Z"), format: "yyyy-mm-dd" }, { value: 'a "b", c' }, { value: 3 }],
    ];
    const bytes = await writeExcelFile(rows).toBuffer();
    expect((await readSource("list.xlsx", bytes)).text).toBe('User,Until,Why,Times\namara,2026-11-27,"a ""b"", c",3\n');
  });

  test("that is another ZIP archive, or too large a workbook, is refused", async () => {
    expect(await wordsOf(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]))).toContain("no workbook");
    const large = new Uint8Array(MOST_WORKBOOK_BYTES + 1);
    large.set([0x50, 0x4b, 0x03, 0x04]);
    expect(await wordsOf(large)).toContain("larger than 16 MiB");
  });
});
