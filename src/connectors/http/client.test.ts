import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { createApi } from "./client.ts";
import { openWire } from "./wire.ts";

test("what a provider says of an error is told without our token and on one line", async () => {
  const server = createServer(({ headers }, answer) => {
    answer.writeHead(400).end(JSON.stringify({ error: `Not for ${headers.authorization}\r\n\u001B[31mAll is well, \u009Bagain` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = openWire({ timeoutMs: 5000 });
  onTestFinished(() => {
    wire.close();
    server.close();
  });
  const api = createApi(wire, {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorization: async () => "Bearer very-secret-token",
    now: () => instant("2026-01-01T00:00:00Z"),
    explain: (json) => (json as { error: string }).error,
  });
  const words = await api.send({ method: "GET", path: "/users" }).then(String, String);
  expect(words).toContain("Not for Bearer");
  expect(words).not.toMatch(/very-secret-token|\p{Cc}/u);
});
