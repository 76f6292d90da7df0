import { expect, test } from "vitest";

import { by, content, P, policyOf, scopeItem, sha256, START } from "../../test/support/exception-story.ts";
import { loadFacts } from "./load-facts.ts";
import type { World } from "./world.ts";

const WORLD: Pick<World, "person" | "delegationsTo" | "actsFor" | "zone" | "application" | "peopleOfAccounts"> = {
  person: async () => undefined,
  delegationsTo: async () => [],
  actsFor: async () => [],
  zone: async () => "Europe/Zurich" as Awaited<ReturnType<World["zone"]>>,
  application: async () => undefined,
  peopleOfAccounts: async () => [P.iam],
};

test("who is really let through counts, whomever the requester names as the person of that account", async () => {
  const item = scopeItem();
  const asked = content({ scope: [{ ...item, subject: { ...item.subject, person: P.owner } }] });
  const facts = await loadFacts(WORLD as World, {
    state: undefined,
    content: asked,
    policy: policyOf("legacy_application"),
    actor: by(P.requester),
    onBehalfOf: undefined,
    isJudged: false,
    assertion: undefined,
    now: START,
    hash: sha256,
  });
  expect(facts.covered).toEqual([P.owner, P.iam]);
});
