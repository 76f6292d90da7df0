/** What people call the parts of a model. */
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import type { NamesOf } from "./words.ts";

export function namesIn({ components, commonCauses, operations }: LockoutModel): NamesOf {
  const failures = new Map<string, string>(components.map(({ key, name }) => [key, name]));
  for (const { key, name } of commonCauses) failures.set(leafName({ kind: "cause", key }), name);
  const byKey = new Map(operations.map((each) => [each.key, each]));
  return {
    failure: (text) => failures.get(text) ?? text,
    operation: (key) => byKey.get(key)?.name ?? key,
    path: (operation, key) => byKey.get(operation)?.paths.find((path) => path.key === key)?.name ?? key,
  };
}
