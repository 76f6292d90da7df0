/** The register as a file: exactly the rows, order and columns that were asked for, and nothing in it that a spreadsheet would run. */
import { inflateRawSync } from "node:zlib";

import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser, succeeded } from "../support/browser.ts";
import { openWholeApp, ORIGIN, requestBody, type WholeApp } from "../support/whole-app.ts";

const FORMULA = `=HYPERLINK("https://example.org","click")`;

let story: WholeApp;
const refs: string[] = [];
beforeAll(async () => {
  story = await openWholeApp();
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  const connection = succeeded(made).body["id"] as string;
  const names = ["viktor.petrov", "lucia.ferrer", "hugo.lambert"];
  for (const [i, name] of names.entries()) {
    const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
    const subject = succeeded(found).body["subject"] as { kind: string; key: string; name: string };
    const until = addDuration(story.clock.now(), duration(`P${50 - i}D`));
    const body = requestBody(story, { connection, policy: "vpn", subject, until }) as { content: { title: string } };
    body.content.title = i === 0 ? FORMULA : `Über "${name}",\nzwei Zeilen`;
    const opened = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", body));
    refs.push(String(opened.body["ref"]));
    if (i < 2) succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${String(opened.body["id"])}/submit`, {}));
  }
});
afterAll(async () => {
  await story.close();
});

async function get(browser: Browser, query: string): Promise<Response> {
  return story.app.http.fetch(new Request(`${ORIGIN}/api/v1/register/export?${query}`, { headers: { Cookie: browser.cookie() } }));
}

test("CSV has the header, the rows and the order asked for; texts come back as typed, and no cell begins like a formula", async () => {
  const response = await get(story.as.audrey, "format=csv&sort=ends");
  expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  expect(response.headers.get("Content-Disposition")).toBe(`attachment; filename="register-${story.clock.now().slice(0, 10)}.csv"`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const rows = parse(Buffer.from(bytes), { bom: true, columns: true }) as Record<string, string>[];
  expect(rows.map((row) => row["Reference"])).toEqual(refs.toReversed());
  expect(Object.keys(rows[0]!)).toEqual([
    "Reference",
    "Title",
    "Category",
    "Unit",
    "State",
    "In force",
    "Provider shows",
    "Overstay minutes",
    "Owner",
    "Ends (UTC)",
    "Days left",
    "True age (days)",
    "Last used (UTC)",
    "Used",
    "Repeats",
    "Headcount",
    "Lets past",
    "Connection",
    "Policy",
    "Policy id",
    "Subjects",
    "Covers until (UTC)",
    "As of (UTC)",
  ]);
  expect(rows[2]).toMatchObject({
    Title: `'${FORMULA}`,
    State: "in_approval",
    "In force": "no",
    Owner: "ada",
    "Days left": "",
    Headcount: "1",
  });
  expect(rows[1]!["Title"]).toBe(`Über "lucia.ferrer",\nzwei Zeilen`);
  expect(rows[0]!["Headcount"]).toBe("");
  expect(rows[0]!["Ends (UTC)"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
});

test("the filter of the list is the filter of the file, and columns are those asked for, in their order", async () => {
  const text = await (await get(story.as.rolf, "format=csv&state=draft&columns=state,ref")).text();
  expect(text).toBe(`State,Reference\r\ndraft,${refs[2]}\r\n`);
  expect((await get(story.as.rolf, "format=csv&columns=ref,password")).status).toBe(400);
  expect((await get(story.as.rolf, "format=pdf")).status).toBe(400);
});

test("JSON has an object for each row, named like the columns; what is not in force lets nobody past", async () => {
  const response = await get(story.as.audrey, "format=json&sort=ref&columns=ref,headcount,covers");
  expect(response.headers.get("Content-Type")).toBe("application/json");
  const nothing = { "Lets past": null, Connection: null, Policy: null, "Policy id": null, Subjects: null, "Covers until (UTC)": null };
  const rows = refs.map((ref, n) => ({ Reference: ref, Headcount: n < 2 ? 1 : null, ...nothing, "As of (UTC)": story.clock.now() }));
  expect(await response.json()).toEqual(rows);
  expect(await (await get(story.as.audrey, "format=json&state=closed")).json()).toEqual([]);
});

test("XLSX has typed cells: numbers, dates, and texts that are no formula however they look", async () => {
  const response = await get(story.as.audrey, "format=xlsx&sort=ref&columns=ref,title,ends,headcount");
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  const sheet = fileOf(bytes, "xl/worksheets/sheet1.xml");
  expect(sheet.match(/<row /g)).toHaveLength(4);
  expect(sheet).not.toMatch(/<f[ >]/);
  const texts = fileOf(bytes, "xl/sharedStrings.xml");
  expect(texts).toContain("=HYPERLINK(");
  expect(texts).toContain("Ends (UTC)");
  const { endsAt } = (await story.as.audrey.ask("GET", `/api/v1/exceptions/${refs[0]}`)).body as { endsAt: string };
  const serial = Date.parse(endsAt) / 86_400_000 + 25_569;
  const cell = /<c r="E2"[^>]*><v>([^<]+)<\/v>/.exec(sheet)?.[1];
  expect(Number(cell)).toBeCloseTo(serial, 4);
});

/** One file of an archive, by its directory. */
function fileOf(archive: Buffer, wanted: string): string {
  let at = archive.readUInt32LE(archive.length - 22 + 16);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const [size, nameLength, extraLength, commentLength] = [
      archive.readUInt32LE(at + 20),
      ...[28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)),
    ];
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength!);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    if (name === wanted) return inflateRawSync(archive.subarray(start, start + size)).toString("utf8");
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  throw new Error(`no ${wanted}`);
}
