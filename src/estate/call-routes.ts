/** What the estate's routes share: who asks, over which version, and which page of a list. */
import { refusal, Refused } from "../kernel/problem.ts";
import type { Order, PersonId } from "../people/index.ts";
import { type Call, callerOf } from "../platform/http.ts";

export function tagged<View extends { version: number }>(view: View, call: Call): View {
  call.setHeader("ETag", `"${view.version}"`);
  return view;
}

export function orderOf(call: Call, ifMatch?: number): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now, ...(ifMatch !== undefined && { ifMatch }) };
}

/** The version the change is based on: without one, whoever saves last would undo what the other saw. */
export function versionRead(call: Call): number {
  if (call.ifMatch !== undefined) return call.ifMatch;
  throw new Refused([refusal("estate.ifMatchNeeded", 'Send If-Match with the version you read, as in the ETag: "3".')], 428);
}

export function paging({ limit, cursor, search }: { limit: number; cursor?: string | undefined; search?: string | undefined }) {
  return { limit, ...(cursor !== undefined && { cursor }), ...(search !== undefined && { search }) };
}

export function present(columns: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
