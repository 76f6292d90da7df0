/** Everything something hangs on in any way, whether or not it can do without, and by which way it does. */
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
  const causesOf = new Map<string, string[]>();
  for (const { key, members, status } of commonCauses) {
    for (const member of status === "active" ? members : [])
      causesOf.set(member, [...(causesOf.get(member) ?? []), leafName({ kind: "cause", key })]);
  }
  /** Everything below, nearest first, each with what it was met behind. */
  const waysBelow = (needs: Expression): ReadonlyMap<string, string | null> => {
    const behind = new Map<string, string | null>(keysOf(needs).map((key) => [key, null]));
    for (const key of behind.keys()) {
      for (const below of [...keysOf(byKey.get(key)?.requires ?? null), ...(causesOf.get(key) ?? [])]) {
        if (!behind.has(below)) behind.set(below, key);
      }
    }
    return behind;
  };
  return {
    componentsBelow,
    /** The shortest ways to everything below: `to` gives that to one failure, from the first that is needed; its keys are nearest first. */
    chainsBelow(needs: Expression): { readonly failures: readonly string[]; readonly to: (failure: string) => readonly string[] } {
      const behind = waysBelow(needs);
      const to = (failure: string): readonly string[] => {
        const chain = [failure];
        for (let at = behind.get(failure) ?? null; at !== null; at = behind.get(at) ?? null) chain.push(at);
        return chain.toReversed();
      };
      return { failures: [...behind.keys()], to };
    },
    /** The components below and the common causes over any of them, by their failures. */
    failuresBelow(needs: Expression): ReadonlySet<string> {
      const keys = componentsBelow(needs);
      const causes = commonCauses.filter(({ status, members }) => status === "active" && members.some((each) => keys.has(each)));
      return new Set([...keys, ...causes.map(({ key }) => leafName({ kind: "cause", key }))]);
    },
  };
}
