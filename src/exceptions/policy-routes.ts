import type { z } from "zod";

import { callerOf, type Route, route } from "../platform/http.ts";
import type { CategoryRegister } from "./category-register.ts";
import * as contract from "./contract-policy.ts";
import type { CategoryPolicy } from "./policy.ts";
import { policyOf } from "./service.ts";

export function policyRoutes(categories: CategoryRegister): readonly Route[] {
  return [
    route(contract.getCategory, async ({ params }) => viewOf(await policyOf({ categories: (key) => categories.find(key) }, params.key))),
    route(contract.editCategory, async ({ params, body }, call) => {
      const policy: CategoryPolicy = { ...body, key: params.key };
      return viewOf(await categories.edit(policy, { kind: "person", id: callerOf(call).personId }, call.now));
    }),
  ];
}

/** A policy is plain JSON as it is; what differs is that views may be written to. */
function viewOf(policy: CategoryPolicy): z.input<typeof contract.policyView> {
  return structuredClone(policy) as unknown as z.input<typeof contract.policyView>;
}
