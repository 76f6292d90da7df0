import type { z } from "zod";

import { callerOf, type Route, route } from "../platform/http.ts";
import type { CategoryRegister } from "./category-register.ts";
import { canonicalText } from "../kernel/canonical.ts";
import * as contract from "./contract-policy.ts";
import type { CategoryPolicy } from "./policy.ts";
import { type PreviewDependencies, previewPolicy } from "./policy-preview-service.ts";
import type { RegisterRoutesDependencies } from "./routes.ts";
import { policyOf } from "./service.ts";
import { EDIT_CATEGORY_ACTION } from "./signing.ts";

export interface PolicyRoutesDependencies extends Pick<RegisterRoutesDependencies, "hash" | "verifyAssertion"> {
  readonly categories: CategoryRegister;
  readonly store: PreviewDependencies["store"];
  readonly nameOf: (person: string) => Promise<string | undefined>;
}

const MOST_VERSIONS = 100;

export function policyRoutes({ categories, hash, nameOf, store, verifyAssertion }: PolicyRoutesDependencies): readonly Route[] {
  const known = (key: string) => policyOf({ categories: (asked) => categories.find(asked) }, key);
  return [
    route(contract.getCategory, async ({ params }) => viewOf(await known(params.key))),
    route(contract.listCategoryVersions, async ({ params }) => {
      await known(params.key);
      const versions = (await categories.versions(params.key)).slice(0, MOST_VERSIONS);
      const named = versions.map(async ({ at, by, policy }) => {
        const byName = by === null ? null : ((await nameOf(by)) ?? null);
        return { at, by, byName, policy: viewOf(policy) };
      });
      return { items: await Promise.all(named) };
    }),
    route(contract.previewCategory, ({ params, body }, call) =>
      previewPolicy({ store, categories }, { ...body, key: params.key }, call.now),
    ),
    route(contract.editCategory, async ({ params, body: { assertion: signed, ...demands } }, call) => {
      const { now } = call;
      const caller = callerOf(call);
      const policy: CategoryPolicy = { ...demands, key: params.key };
      const decided = { action: EDIT_CATEGORY_ACTION, subject: policy.key, contentHash: hash(canonicalText(policy)) };
      const assertion = await verifyAssertion(caller, signed, decided, now);
      return viewOf(await categories.edit({ policy, actor: { kind: "person", id: caller.personId }, assertion, now }));
    }),
  ];
}

/** A policy is plain JSON as it is; what differs is that views may be written to. */
function viewOf(policy: CategoryPolicy): z.input<typeof contract.policyView> {
  return structuredClone(policy) as unknown as z.input<typeof contract.policyView>;
}
