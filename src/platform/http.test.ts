import { expect, test } from "vitest";
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { instant } from "../kernel/time.ts";
import { createHttp, route } from "./http.ts";
import { createLog } from "./log.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const LIMIT = 1_048_576;

const put = endpoint({
  id: "putNote",
  method: "PUT",
  path: "/note",
  summary: "",
  access: "anyone",
  body: z.strictObject({ text: z.string() }),
  reply: z.strictObject({ length: z.number(), ifMatch: z.number().nullable() }),
});
const http = createHttp([route(put, async ({ body }, { ifMatch }) => ({ length: body.text.length, ifMatch: ifMatch ?? null }))], {
  clock: { now: () => NOW },
  log: createLog(
    () => NOW,
    () => undefined,
  ),
  authenticate: async () => undefined,
  // Nobody repeats anything here.
  idempotency: { once: (_key, run) => run() },
  origin: "http://localhost",
});

async function send(body: string | ReadableStream, headers: Record<string, string> = {}) {
  const init = { method: "PUT", body, headers: { "Content-Type": "application/json", ...headers }, duplex: "half" } as const;
  const answer = await http.request("/note", init);
  const found = (await answer.json()) as { reasons?: { code: string }[]; length?: number; ifMatch?: number };
  return { status: answer.status, codes: found.reasons?.map(({ code }) => code), length: found.length, ifMatch: found.ifMatch };
}

const noteOf = (text: string) => JSON.stringify({ text });
const AROUND = noteOf("").length;

test("a version is read from If-Match, strong or weak, and one that cannot be read is refused, not taken for absent", async () => {
  expect((await send(noteOf(""))).ifMatch).toBeNull();
  expect((await send(noteOf(""), { "If-Match": '"3"' })).ifMatch).toBe(3);
  expect((await send(noteOf(""), { "If-Match": 'W/"3"' })).ifMatch).toBe(3);
  for (const unreadable of ["3", '"three"', '"3", "4"', '"-1"', "*", "", '"99999999999999999999"']) {
    expect(await send(noteOf(""), { "If-Match": unreadable }), unreadable).toMatchObject({ status: 400, codes: ["http.ifMatchInvalid"] });
  }
});

test("a body is measured in bytes", async () => {
  const wide = "é".repeat((LIMIT - AROUND) / 2);
  expect(await send(noteOf(`${wide}${"x".repeat((LIMIT - AROUND) % 2)}`))).toMatchObject({ status: 200 });
  expect(await send(noteOf(`${wide}xx`))).toMatchObject({ status: 413, codes: ["http.bodyTooLarge"] });
});

test("a letter is whole although it came in two pieces", async () => {
  const bytes = new TextEncoder().encode(noteOf("é"));
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
  expect(await send(ReadableStream.from(pieces))).toMatchObject({ status: 200, length: 1 });
});

test("a body without an announced length is read no further than the limit", async () => {
  let given = 0;
  const endless = new ReadableStream({
    pull(controller) {
      given += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  expect(await send(endless)).toMatchObject({ status: 413, codes: ["http.bodyTooLarge"] });
  expect(given).toBeLessThan(2 * LIMIT);
});
