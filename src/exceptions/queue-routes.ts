/** What waits for whom: reviews and announcements, for everybody or for the caller, and how much of it there is. */
import { defined } from "../kernel/defined.ts";
import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract-lists.ts";
import { managerOf } from "./projection.ts";
import { listNotices, listReviews, type RegisterDependencies, showLoad } from "./register.ts";
import { seatsOfRoles } from "./seats.ts";

export interface QueueDependencies extends RegisterDependencies {
  /** Those who report to a person. */
  readonly reportsOf: (person: string) => Promise<readonly string[]>;
}

export function queueRoutes(deps: QueueDependencies): readonly Route[] {
  const narrowed = async <Query extends { mine?: "true" | "false" | undefined }>({ mine, ...rest }: Query, call: Call) => {
    if (mine !== "true") return defined(rest);
    return { ...defined(rest), asksAnyOf: await askedAs(deps, call) };
  };
  return [
    route(contract.listDue, async ({ query }, call) => {
      const { personId: id, roles } = callerOf(call);
      return listNotices(deps, await narrowed(query, call), { id, roles }, call.now);
    }),
    route(contract.listReviews, async ({ query }, call) => {
      const own = query.mine === "true" ? { notRequestedBy: callerOf(call).personId } : {};
      return listReviews(deps, { ...(await narrowed(query, call)), ...own }, call.now);
    }),
    route(contract.queueLoad, async () => ({ items: await showLoad(deps) })),
  ];
}

/** What the caller is asked as: by their seats, by name, and as the manager of those who report to them. */
export async function askedAs({ reportsOf }: Pick<QueueDependencies, "reportsOf">, call: Call): Promise<readonly string[]> {
  const { personId, roles } = callerOf(call);
  return [...seatsOfRoles(roles), personId, ...(await reportsOf(personId)).map(managerOf)];
}
