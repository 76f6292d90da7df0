import type { Attempt } from "../connectors/canary/map.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import type { Instant } from "../kernel/time.ts";
import * as contract from "./contract.ts";
import type { CanaryService, OpenCanary } from "./service.ts";
import type { StoredCanary } from "./store.ts";

/** Gets in as it, or not; wired by compose. */
export type TryCanary = (opened: OpenCanary, now: Instant) => Promise<Attempt>;

export function canaryRoutes(service: CanaryService, attempt: TryCanary): readonly Route[] {
  return [
    route(contract.listCanaries, async () => ({ items: (await service.list()).map(viewOf) })),
    route(contract.addCanary, async ({ body }, call) => viewOf(await service.add(body, actorOf(call), call.now))),
    route(contract.changeCanarySecret, async ({ params, body }, call) =>
      viewOf(await service.changeSecret(params.id, body, actorOf(call), call.now)),
    ),
    route(contract.tryCanary, async ({ params }, call) => {
      const opened = await service.openById(params.id);
      if (opened === undefined) return { answer: "none" as const, words: "No key at hand opens its secret: give the secret again." };
      const wait = service.takeTurn(opened.canary, call.now);
      if (wait !== undefined)
        throw new Refused([refusal("canaries.tooOften", `It was tried too often; again in ${wait} seconds.`, { facts: { wait } })], 429);
      const { answer, words } = await attempt(opened, call.now);
      return { answer, words };
    }),
    route(contract.removeCanary, async ({ params, body }, call) => {
      await service.remove(params.id, body.reason, actorOf(call), call.now);
      return {};
    }),
  ];
}

function actorOf(call: Call): Actor {
  return { kind: "person", id: callerOf(call).personId };
}

function viewOf({ canary, workedAt }: StoredCanary) {
  const { addedBy: _, shownTo, ...shown } = canary;
  return { ...shown, shownTo: [...shownTo], workedAt };
}
