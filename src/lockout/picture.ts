/** One operation as a picture: its ways in, what each needs, and what that needs in turn. */
import { type Expression, partsOf } from "../estate/expression.ts";
import type { Operation } from "../estate/operation.ts";
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { createSupport } from "./support.ts";
import { waysIn } from "./ways-in.ts";

export interface Node {
  readonly id: string;
  readonly kind: "operation" | "path" | "gate" | "component" | "cause";
  readonly label: string;
  /** What of that below is enough, where not all of it is needed. */
  readonly need: string | null;
  readonly isSingle: boolean;
}

export interface Picture {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** More than that is no picture; the tables say it. */
const MOST_NODES = 100;

/** Null where there would be too much in it. */
export function pictureOf(model: LockoutModel, operation: Operation, singles: ReadonlySet<string>): Picture | null {
  const { nodes, edges, add, join } = sheet();
  const below = createSupport(model).componentsBelow({ all: operation.paths.map(({ needs }) => needs) });
  const top = `operation:${operation.key}`;
  add({ id: top, kind: "operation", label: operation.name, need: "any way in", isSingle: false });
  const lead = (from: string, needs: Expression): void => {
    if (typeof needs === "string") return join(from, needs);
    const parts = partsOf(needs);
    if ("all" in needs) return parts.forEach((part) => lead(from, part));
    const gate = `gate:${nodes.length}`;
    add({ id: gate, kind: "gate", label: enough(needs), need: enough(needs), isSingle: false });
    join(from, gate);
    parts.forEach((part) => lead(gate, part));
  };
  for (const path of waysIn(operation)) {
    const id = `path:${path.key}`;
    add({ id, kind: "path", label: path.name, need: null, isSingle: false });
    join(top, id);
    lead(id, path.needs);
  }
  for (const { key, name, requires } of model.components.filter((each) => below.has(each.key))) {
    add({ id: key, kind: "component", label: name, need: null, isSingle: singles.has(key) });
    if (requires !== null) lead(key, requires);
  }
  for (const { key, name, members, status } of model.commonCauses) {
    const struck = members.filter((member) => below.has(member));
    if (status !== "active" || struck.length === 0) continue;
    const id = leafName({ kind: "cause", key });
    add({ id, kind: "cause", label: name, need: null, isSingle: singles.has(id) });
    for (const member of struck) join(member, id);
  }
  return nodes.length > MOST_NODES ? null : { nodes, edges };
}

function sheet() {
  const nodes: Node[] = [];
  const edges: { from: string; to: string }[] = [];
  const drawn = new Set<string>();
  return {
    nodes,
    edges,
    add: (node: Node) => void nodes.push(node),
    join: (from: string, to: string) => {
      if (!drawn.has(`${from} ${to}`)) edges.push({ from, to });
      drawn.add(`${from} ${to}`);
    },
  };
}

function enough(needs: Expression): string {
  if (typeof needs === "string" || "all" in needs) return "all";
  return "any" in needs ? "any of" : `${needs.atLeast} of ${needs.of.length}`;
}
