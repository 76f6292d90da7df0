/** The bypasses that nobody answers for, as a source of findings. */
import type { FindingSeen, FindingSource } from "../findings/index.ts";
import type { PersonId } from "../people/index.ts";
import { findingOf } from "./as-finding.ts";
import type { Bypass } from "./bypass.ts";
import type { BypassStore } from "./store.ts";

export interface BypassFindingsDependencies {
  readonly store: BypassStore;
  /** Names of all connections, also of those that were removed, by id. */
  readonly connectionNames: () => Promise<ReadonlyMap<string, string>>;
  /** Who owns what is signed in to by a policy of a connection; null: nobody, or several. */
  readonly owners: () => Promise<(bypass: Bypass) => PersonId | null>;
}

const PAGE = 1000;

export function createBypassFindings({ store, connectionNames, owners }: BypassFindingsDependencies): FindingSource {
  return {
    name: "bypasses",
    kinds: ["unregisteredBypass"],
    async current() {
      const [names, ownerOf] = [await connectionNames(), await owners()];
      const found: FindingSeen[] = [];
      for (let cursor: string | undefined; ;) {
        const { items, next } = await store.list({
          statuses: ["unregistered", "escalated"],
          limit: PAGE,
          ...(cursor !== undefined && { cursor }),
        });
        for (const { bypass } of items) {
          const connection = names.get(bypass.connection) ?? bypass.connection;
          const finding = findingOf(bypass, { connection, owner: ownerOf(bypass) });
          if (finding !== undefined) found.push(finding);
        }
        if (next === undefined) return found;
        cursor = next;
      }
    },
  };
}
