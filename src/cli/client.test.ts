import { createServer, type Socket } from "node:net";

import { expect, test } from "vitest";

import { freePort } from "../../test/support/free-port.ts";
import { listConnections } from "../connections/contract.ts";
import { Refused } from "../kernel/problem.ts";
import { createClient } from "./client.ts";

/** What a client is refused with that asks a server whose connections are treated so. */
async function refusalAt(port: number, onConnection: (socket: Socket) => void): Promise<unknown> {
  const server = createServer(onConnection);
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const refused = await askAt(port);
  await new Promise((closed) => server.close(closed));
  return refused;
}

async function askAt(port: number): Promise<unknown> {
  const asked = createClient(`http://127.0.0.1:${port}`, undefined).call(listConnections);
  return asked.catch((error: unknown) => (error instanceof Refused ? error.reasons.map(({ code }) => code) : error));
}

test("where a server took a request and gave no answer, it is not called unreachable", async () => {
  const port = await freePort();
  const gone = (how: "destroy" | "resetAndDestroy") => refusalAt(port, (socket) => socket.once("data", () => socket[how]()));
  expect([await gone("destroy"), await gone("resetAndDestroy")]).toEqual([["cli.noAnswerInTime"], ["cli.noAnswerInTime"]]);
  expect(await askAt(port)).toEqual(["cli.serverUnreachable"]);
});
