/** Where the nodes of a picture stand: each right of all that leads to it, and near what it is joined with. */

export interface Joined {
  readonly id: string;
}
export interface Edge {
  readonly from: string;
  readonly to: string;
}
export interface Placed<Node> {
  readonly node: Node;
  /** Column and row, from 0. */
  readonly column: number;
  readonly row: number;
}

const SWEEPS = 6;

/** Nodes in columns by the longest way to each. The edges have no circle; one that closes a circle is taken as not there. */
export function layered<Node extends Joined>(nodes: readonly Node[], edges: readonly Edge[]): readonly Placed<Node>[] {
  const column = columnsOf(nodes, edges);
  const columns: string[][] = [];
  for (const { id } of nodes) (columns[column.get(id)!] ??= []).push(id);
  const row = new Map<string, number>();
  const settle = (ids: readonly string[]) => {
    const height = Math.max(...columns.map((each) => each.length));
    const first = (height - ids.length) / 2;
    ids.forEach((id, i) => row.set(id, first + i));
  };
  for (const ids of columns) settle(ids);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForth = sweep % 2 === 0;
    const beside = neighbours(edges, isForth);
    for (const ids of isForth ? columns : columns.toReversed()) {
      const pull = new Map(ids.map((id) => [id, middle(beside.get(id) ?? [], row) ?? row.get(id)!]));
      ids.sort((a, b) => pull.get(a)! - pull.get(b)!);
      settle(ids);
    }
  }
  return nodes.map((node) => ({ node, column: column.get(node.id)!, row: row.get(node.id)! }));
}

function columnsOf(nodes: readonly Joined[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const to = Map.groupBy(edges, (edge) => edge.to);
  const column = new Map<string, number>();
  const walk = (id: string): number => {
    const known = column.get(id);
    if (known !== undefined) return known;
    column.set(id, 0);
    const own = Math.max(-1, ...(to.get(id) ?? []).map(({ from }) => walk(from))) + 1;
    column.set(id, own);
    return own;
  };
  for (const { id } of nodes) walk(id);
  return column;
}

function neighbours(edges: readonly Edge[], isForth: boolean): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [at, beside] = isForth ? [to, from] : [from, to];
    found.set(at, [...(found.get(at) ?? []), beside]);
  }
  return found;
}

function middle(ids: readonly string[], row: ReadonlyMap<string, number>): number | undefined {
  return ids.length === 0 ? undefined : ids.reduce((sum, id) => sum + row.get(id)!, 0) / ids.length;
}
