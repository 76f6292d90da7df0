/** Everything something hangs on in any way, whether or not it can do without. */
import { type Expression, keysOf } from "../estate/expression.ts";
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";

export function createSupport({ components, commonCauses }: LockoutModel) {
  const byKey = new Map(components.map((each) => [each.key, each]));
  /** The components below, by key. */
  const componentsBelow = (needs: Expression): ReadonlySet<string> => {
    const found = new Set(keysOf(needs));
    for (const key of found) for (const below of keysOf(byKey.get(key)?.requires ?? null)) found.add(below);
    return found;
  };
  return {
    componentsBelow,
    /** The components below and the common causes over any of them, by their failures. */
    failuresBelow(needs: Expression): ReadonlySet<string> {
      const keys = componentsBelow(needs);
      const causes = commonCauses.filter(({ status, members }) => status === "active" && members.some((each) => keys.has(each)));
      return new Set([...keys, ...causes.map(({ key }) => leafName({ kind: "cause", key }))]);
    },
  };
}
