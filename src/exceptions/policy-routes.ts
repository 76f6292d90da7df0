import type { z } from "zod";

import { callerOf, type Route, route } from "../platform/http.ts";
import type { CategoryRegister } from "./category-register.ts";
import { canonicalText } from "./content.ts";
import * as contract from "./contract-policy.ts";
import type { CategoryPolicy } from "./policy.ts";
import type { RegisterRoutesDependencies } from "./routes.ts";
import { policyOf } from "./service.ts";
import { EDIT_CATEGORY_ACTION } from "./signing.ts";

export interface PolicyRoutesDependencies extends Pick<RegisterRoutesDependencies, "hash" | "verifyAssertion"> {
  readonly categories: CategoryRegister;
}

export function policyRoutes({ categories, hash, verifyAssertion }: PolicyRoutesDependencies): readonly Route[] {
  return [
    route(contract.getCategory, async ({ params }) => viewOf(await policyOf({ categories: (key) => categories.find(key) }, params.key))),
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
