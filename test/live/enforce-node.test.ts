/** The middleware of docs/enforce, as it is published: what it lets through, and everything it does not. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { type Front, LIES, MISTYPED, openFront } from "../support/lying-front.ts";

interface Published {
  readonly guard: (
    point: { readonly url: string; readonly token: () => string; readonly timeoutMs?: number },
    questionOf: (request: IncomingMessage) => unknown,
    fulfil?: Readonly<Record<string, (obligation: Record<string, unknown>) => unknown>>,
  ) => (request: IncomingMessage, response: ServerResponse, next: () => void) => Promise<void>;
}

let front: Front;
let server: Server;
let address: string;

beforeAll(async () => {
  front = await openFront(undefined);
  const file = new URL("../../docs/enforce/node-middleware.mjs", import.meta.url).href;
  const { guard } = (await import(file)) as Published;
  const guarded = guard(
    { url: `http://127.0.0.1:${front.port}`, token: () => "t\n", timeoutMs: 300 },
    (request) => {
      const person = request.headers["x-test-person"];
      if (person === "throws") throw new Error("no session store");
      return person === undefined ? undefined : { subject: { type: "user", id: person } };
    },
    { session_length: ({ seconds }) => Number.isInteger(seconds) && Number(seconds) > 0 },
  );
  server = createServer((request, response) => void guarded(request, response, () => response.end("inside")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  vi.spyOn(console, "error").mockReturnValue();
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await front.close();
});

async function visit(person: string | null = "alice"): Promise<[number, string]> {
  const response = await fetch(address, { headers: person === null ? {} : { "X-Test-Person": person } });
  return [response.status, await response.text()];
}

const PERMIT = { status: 200, text: `{"decision":true,"context":{"obligations":[{"type":"session_length","seconds":60}]}}` };

/** On a machine that is busy an answer may come late, which is a no. */
const getsIn = () => expect.poll(() => visit(), { timeout: 30_000 }).toEqual([200, "inside"]);

test.each(Object.entries({ ...LIES, "a permit that says it is HTML": MISTYPED }))(
  "%s lets nobody in, and what is true then does",
  async (_, lie) => {
    front.tell(lie);
    expect(await visit()).toEqual([403, expect.not.stringContaining("inside")]);
    front.tell(PERMIT);
    await getsIn();
  },
);

test("a decision point that is away, or silent, lets nobody in; back again, the same request gets in", async () => {
  front.lead("down");
  expect(await visit()).toEqual([403, "It cannot be checked now whether you may."]);
  front.lead("silent");
  expect(await visit()).toEqual([403, "It cannot be checked now whether you may."]);
  front.tell(PERMIT);
  await getsIn();
});

test("nobody who is not signed in gets in, whatever would be answered, and a fault in finding out is a no", async () => {
  front.tell(PERMIT);
  expect((await visit(null))[0]).toBe(403);
  expect((await visit("throws"))[0]).toBe(403);
});
