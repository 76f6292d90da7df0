import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { listen } from "./compose-serve.ts";

const ASKED = 64;
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A process as far as its port goes: answers its name, over a connection for each question. */
async function serveAt(port: number, name: string, sharePort: boolean): Promise<number> {
  const server = createServer((_, response) => response.setHeader("Connection", "close").end(name));
  await listen(server, { port, host: "127.0.0.1", sharePort });
  open.push(server);
  return (server.address() as AddressInfo).port;
}

test("processes that share a port both answer, and when one is gone the other does", async () => {
  const port = await serveAt(0, "one", true);
  await serveAt(port, "two", true);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`)).text();
  const answered = new Set(await Promise.all(Array.from({ length: ASKED }, ask)));
  expect([...answered].sort()).toEqual(["one", "two"]);
  await new Promise((resolve) => open.shift()!.close(resolve));
  expect(new Set(await Promise.all(Array.from({ length: ASKED }, ask)))).toEqual(new Set(["two"]));
});

test("a port that is not shared by both is one process's own, and the other says what to do", async () => {
  const port = await serveAt(0, "one", false);
  await expect(serveAt(port, "two", false)).rejects.toThrow(`port ${port} is in use; choose another with PORT=…`);
  await expect(serveAt(port, "two", true)).rejects.toThrow(`port ${port} is in use`);
});
