import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { startGraph } from "../../../test/support/graph/server.ts";
import { createRateLimiter } from "../http/limiter.ts";
import { createEntraConnector } from "./connector.ts";
import { prepareTenant } from "./harness.suite.ts";

function keyPair(): { readonly certificatePem: string; readonly key: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "postern-entra-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  try {
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "3", "-subj", "/CN=Postern"],
      {
        stdio: "pipe",
      },
    );
    return { certificatePem: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("signs in with a certificate, and with no other key than its own", async ({ skip }) => {
  const [own, other] = [keyPair(), keyPair()];
  if (own === undefined || other === undefined) return skip("no openssl (Debian: apt-get install openssl)");
  const { tenant, app, clock, settings } = prepareTenant();
  app.certificatePem = own.certificatePem;
  const graph = await startGraph(tenant);
  const open = (secret: string) =>
    createEntraConnector(settings(graph.port, { certificatePem: own.certificatePem, secret, timeoutMs: 30_000 }), {
      now: () => clock.now(),
      limiter: createRateLimiter(1000),
    });
  const [right, wrong] = [open(own.key), open(other.key)];
  expect((await right.health()).reachable).toBe(true);
  await expect(wrong.findSubject("kim")).rejects.toMatchObject({ name: "ProviderFault", kind: "denied" });
  await right.close();
  await wrong.close();
  await graph.stop();
});

it("asks for a token once for all who wait, and anew when it is refused", async () => {
  const { tenant, clock, settings } = prepareTenant();
  const graph = await startGraph(tenant);
  const connector = createEntraConnector(settings(graph.port, { timeoutMs: 30_000 }), {
    now: () => clock.now(),
    limiter: createRateLimiter(1000),
  });
  const asked = () => graph.requests.filter(({ path }) => path.endsWith("/token")).length;
  await Promise.all([connector.findSubject("a"), connector.findSubject("b"), connector.findSubject("c")]);
  expect(asked()).toBe(1);
  graph.forgetTokens();
  await connector.findSubject("a");
  expect(asked()).toBe(2);
  await connector.close();
  await graph.stop();
});

it("says how long a sign-in was asked to wait", async () => {
  const server = createServer((_, answer) => answer.writeHead(429, { "retry-after": "3600" }).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { clock, settings } = prepareTenant();
  const connector = createEntraConnector(settings((server.address() as AddressInfo).port), {
    now: () => clock.now(),
    limiter: createRateLimiter(1000),
  });
  await expect(connector.findSubject("kim")).rejects.toMatchObject({ kind: "throttled", retryAfterMs: 3_600_000 });
  await connector.close();
  server.close();
});
