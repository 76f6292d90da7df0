/** Who answers for what a provider lets people sign in to. */
import type { EstateService } from "./estate/index.ts";

/** Who owns an application whose sign-ins are governed by a connection; without a policy, by all of its policies. */
export async function listOwners(estate: EstateService, connection: string): Promise<{ owner: string; policy: string | null }[]> {
  const owners: { owner: string; policy: string | null }[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, next } = await estate.applications.list({ limit: 200, ...(cursor !== undefined && { cursor }) });
    for (const { state } of items) {
      const { provider, owner, status } = state;
      if (provider?.connection === connection && status !== "retired") owners.push({ owner, policy: provider.policy });
    }
    if (next === undefined) return owners;
    cursor = next;
  }
}
