/** Microsoft Entra ID behind a liar. */
import { startGraph } from "../../../test/support/graph/server.ts";
import { createUser } from "../../../test/support/graph/tenant.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import type { Answer, FaultsHarness } from "../faults-harness.suite.ts";
import { describeFaults } from "../faults.suite.ts";
import { createRateLimiter } from "../http/limiter.ts";
import { createEntraConnector } from "./connector.ts";
import { prepareTenant } from "./harness.suite.ts";

describeFaults("Entra ID", { start });

async function start(): Promise<FaultsHarness> {
  const { clock, tenant, settings } = prepareTenant();
  const graph = await startGraph(tenant, { pageSize: 100 });
  let orders = 0;
  return {
    upstream: { host: graph.host, port: graph.port },
    open: (origin, timeoutMs) =>
      createEntraConnector(settings(Number(new URL(origin).port), { timeoutMs, pageSize: 100 }), {
        now: () => clock.now(),
        limiter: createRateLimiter(10_000),
        firstPauseMs: 1,
      }),
    order: async () => {
      orders += 1;
      const { id, userPrincipalName } = createUser(tenant, `person-${orders}`);
      const now = clock.now();
      const subject = { kind: "user" as const, key: id, name: userPrincipalName };
      return { ref: `EXC-2026-${orders}`, policy: "everyone", subject, validFrom: now, validUntil: addDuration(now, duration("PT4H")) };
    },
    kindOf: (method, path) => (path.endsWith("/token") ? undefined : `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "{id}")}`),
    listAt: "value",
    withNextPage: (answer: Answer, url) => {
      const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
      return { ...answer, headers, text: JSON.stringify({ ...(JSON.parse(answer.text) as object), "@odata.nextLink": url }) };
    },
    errorBody: () => ({ error: { code: "UnknownError", message: "Something went wrong." } }),
    close: () => graph.stop(),
  };
}
