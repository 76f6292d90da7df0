/** A tenant with two governed policies and nothing else, on the fake Graph, for tests of one thing at a time. */
import { type GraphSettings, startGraph } from "../../../test/support/graph/server.ts";
import { createGroup, createUser, type Group, type Json, type User } from "../../../test/support/graph/tenant.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import { createRateLimiter } from "../http/limiter.ts";
import type { GrantOrder, ProviderSubject } from "../port.ts";
import { createEntraConnector } from "./connector.ts";
import { prepareTenant } from "./harness.suite.ts";

export type SmallTenant = Awaited<ReturnType<typeof openTenant>>;

export async function openTenant(given: Record<string, unknown> = {}, server: Partial<GraphSettings> = {}) {
  const prepared = prepareTenant();
  const { tenant, clock, governed } = prepared;
  const graph = await startGraph(tenant, server);
  const open = () =>
    createEntraConnector(prepared.settings(graph.port, { timeoutMs: 30_000, ...given }), {
      now: () => clock.now(),
      limiter: createRateLimiter(10_000),
      firstPauseMs: 5,
    });
  const connector = open();
  return {
    ...prepared,
    graph,
    connector,
    /** As another process would. */
    open,
    policy: (index: number): Json => tenant.policies.get(governed[index]!.policyId)!,
    person(name: string, more: Partial<User> = {}): ProviderSubject {
      const { id, userPrincipalName } = createUser(tenant, name, more);
      return { kind: "user", key: id, name: userPrincipalName };
    },
    group: (more: Partial<Group> & { readonly displayName: string }) => createGroup(tenant, more),
    orderFor(subject: ProviderSubject, term = "PT4H", ref = "EXC-2026-0001"): GrantOrder {
      const now = clock.now();
      return { ref, policy: "everyone", subject, validFrom: now, validUntil: addDuration(now, duration(term)) };
    },
    close: async () => {
      await connector.close();
      await graph.stop();
    },
  };
}
