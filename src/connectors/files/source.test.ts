import { constants, deflateRawSync } from "node:zlib";

import writeExcelFile from "write-excel-file/node";
import { describe, expect, test } from "vitest";

import { UnreadableFile } from "../port.ts";
import { MOST_WORKBOOK_BYTES, readSource } from "./source.ts";
import { readWorkbook } from "./workbook.ts";
import { zipStored } from "./zip.ts";

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

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const cell = (at: string) => `<row r="${at.replace(/\D+/, "")}"><c r="${at}"><v>1</v></c></row>`;
const SHEET = `<worksheet xmlns="${MAIN}">`;

/** A workbook of one sheet, which is given packed. */
function workbookOf(packedSheet: Uint8Array): Buffer {
  const sheets = `<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>`;
  const related = `<Relationship Id="r1" Type="${RELATED}/worksheet" Target="worksheets/sheet1.xml"/>`;
  const archive = zipStored([
    { name: "xl/worksheets/sheet1.xml", content: packedSheet },
    { name: "xl/workbook.xml", content: utf8(`<workbook xmlns="${MAIN}" xmlns:r="${RELATED}">${sheets}</workbook>`) },
    { name: "xl/_rels/workbook.xml.rels", content: utf8(`<Relationships>${related}</Relationships>`) },
  ]);
  const directory = archive.readUInt32LE(archive.length - 6);
  for (const method of [8, directory + 10]) archive.writeUInt16LE(8, method);
  return archive;
}

/** Packed; each piece of it stands for itself, so that one is enough to make them all. */
function twoGibibytes(): Buffer {
  const piece = deflateRawSync(Buffer.alloc(16 * 1024 * 1024, " "), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: 128 }, () => piece), Buffer.from([3, 0])]);
}

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

  test("that is a workbook and unpacks to gigabytes is refused by its code, and they are never unpacked", async () => {
    const before = process.resourceUsage().maxRSS;
    expect(await wordsOf(workbookOf(twoGibibytes()))).toMatch(/^a\.json: files\.tooLarge: it is a workbook that holds more/);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(1024);
  });

  test("that is a workbook of two cells a million rows and sixteen thousand columns apart costs the reading, not the process", async () => {
    const sheet = utf8(`${SHEET}<sheetData>${cell("A1")}${cell("XFD1048576")}</sheetData></worksheet>`);
    expect(await readWorkbook(workbookOf(deflateRawSync(sheet)), 128)).toEqual({ isTooLarge: true });
  });

  test("that is a workbook is read by its directory alone; one that begins with something else is refused", async () => {
    const sheet = utf8(`${SHEET}<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>`);
    const hidden = zipStored([{ name: "xl/worksheets/sheet1.xml", content: utf8("not XML") }]);
    const bytes = workbookOf(deflateRawSync(sheet));
    expect((await readSource("list.xlsx", bytes)).text).toBe("1,2\n");
    const shifted = Buffer.concat([hidden.subarray(0, hidden.readUInt32LE(hidden.length - 6)), bytes]);
    expect(await wordsOf(shifted)).toContain("no workbook");
  });

  test("that is another ZIP archive, or too large a workbook, is refused", async () => {
    expect(await wordsOf(new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]))).toContain("no workbook");
    const large = new Uint8Array(MOST_WORKBOOK_BYTES + 1);
    large.set([0x50, 0x4b, 0x03, 0x04]);
    expect(await wordsOf(large)).toContain("larger than 16 MiB");
  });
});
