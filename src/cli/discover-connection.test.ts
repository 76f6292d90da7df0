import { createServer } from "node:http";

import { expect, test } from "vitest";

import type { BypassView } from "../bypasses/contract.ts";
import { createClient } from "./client.ts";
import { claimAll } from "./discover-connection.ts";
import { progressOn } from "./progress.ts";
import { runCli } from "./run.ts";

const EVIL = "ada\u001B[2J\r\npostern: 1 draft opened\u202E";

const open = {
  id: "byp_1",
  connection: "con_1",
  status: "unregistered",
  form: "password_usable",
  subject: { kind: "user", key: "u1", name: EVIL },
  object: "",
  critical: false,
  evidence: {},
  addedBy: null,
  firstSeenAt: "",
  lastSeenAt: "",
} satisfies BypassView;

/** Everything that `--claim` puts on a terminal, where the server refuses in these words. */
async function shownWhileClaiming(detail: string): Promise<string> {
  const server = createServer((_, response) =>
    response
      .writeHead(409, { "Content-Type": "application/json" })
      .end(JSON.stringify({ reasons: [{ code: "bypasses.notOpen", detail }] })),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const client = createClient(`http://127.0.0.1:${(server.address() as { port: number }).port}`, undefined);
  let shown = "";
  const show = (text: string) => (shown += text);
  const progress = progressOn({ isTTY: true, columns: 200, write: show });
  await runCli(
    [
      {
        name: "claim",
        usage: "",
        summary: "",
        options: {},
        run: (input) => claimAll(client, [open], { category: "c", unit: "u" }, { note: (text) => input.note(text), progress }),
      },
    ],
    ["claim"],
    {},
    { out: show, err: show },
  );
  server.close();
  return shown;
}

test("no name of a provider and no word of a server steers the terminal or has a line of its own while bypasses are claimed", async () => {
  const name = "ada\uFFFD[2J postern: 1 draft opened\uFFFD";
  expect(await shownWhileClaiming(EVIL)).toBe(
    [
      `\r\u001B[K[........................] 0/1  Claiming: ${name}\r\u001B[K`,
      `not claimed, ${name}: bypasses.notOpen: ${name}\n`,
      "0 drafts opened: each still asks for what the provider does not know.\n",
    ].join(""),
  );
});
