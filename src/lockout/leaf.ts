/** Names of what can fail by itself, as the trees and the sets of the analysis carry them: a component by its bare key, a common cause as `cause_key`. */

/** Keys have no underscore, so no component is named like a cause. */
const CAUSE = "cause_";

export interface Leaf {
  readonly kind: "component" | "cause";
  readonly key: string;
}

export function leafName({ kind, key }: Leaf): string {
  return kind === "cause" ? CAUSE + key : key;
}

export function readLeaf(name: string): Leaf {
  return name.startsWith(CAUSE) ? { kind: "cause", key: name.slice(CAUSE.length) } : { kind: "component", key: name };
}
