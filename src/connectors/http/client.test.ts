import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { type ApiSettings, createApi } from "./client.ts";
import { openWire } from "./wire.ts";

const NOW = instant("2026-01-01T00:00:00Z");

async function openApi(answers: RequestListener, more: Partial<ApiSettings> = {}) {
  const server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = openWire({ timeoutMs: 5000 });
  onTestFinished(() => {
    wire.close();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createApi(wire, { baseUrl, authorization: async () => "Bearer very-secret-token", now: () => NOW, firstPauseMs: 1, ...more });
}

test("what a provider says of an error is told without our token and on one line", async () => {
  const api = await openApi(
    ({ headers }, answer) =>
      answer.writeHead(400).end(JSON.stringify({ error: `Not for ${headers.authorization}\r\n\u001B[31mAll is well, \u009Bagain` })),
    { explain: (json) => (json as { error: string }).error },
  );
  const words = await api.send({ method: "GET", path: "/users" }).then(String, String);
  expect(words).toContain("Not for Bearer");
  expect(words).not.toMatch(/very-secret-token|\p{Cc}/u);
});

test.each(["0", "Wed, 31 Dec 2025 23:59:00 GMT"])(
  "a provider that asks to be asked again at once (%s) is not asked for ever",
  async (after) => {
    let asked = 0;
    const api = await openApi(
      (_, answer) => {
        asked += 1;
        answer.writeHead(asked > 100 ? 200 : 429, { "retry-after": after }).end("[]");
      },
      { patienceMs: 20 },
    );
    await expect(api.send({ method: "GET", path: "/users" })).rejects.toMatchObject({ kind: "throttled" });
    expect(asked).toBeLessThan(10);
  },
);
