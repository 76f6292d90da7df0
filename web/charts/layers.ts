/** Where the nodes of a picture stand: each right of all that leads to it, and near what it is joined with. */

export interface Joined {
  readonly id: string;
}
export interface Edge {
  readonly from: string;
  readonly to: string;
}
/** Column and row, from 0; rows may be halves. */
export interface Spot {
  readonly column: number;
  readonly row: number;
}
export interface Layers {
  readonly spots: ReadonlyMap<string, Spot>;
  /** Each edge with the spots it goes by, so that none runs behind what it has nothing to do with. */
  readonly ways: readonly { readonly edge: Edge; readonly by: readonly Spot[] }[];
}

const SWEEPS = 8;

/** Nodes in columns by the longest way to each. The edges have no circle; one that closes a circle is taken as not there. */
export function layered(nodes: readonly Joined[], edges: readonly Edge[]): Layers {
  const column = columnsOf(nodes, edges);
  const columns: string[][] = [];
  const stand = (id: string, at: number) => (columns[at] ??= []).push(id);
  for (const { id } of nodes) stand(id, column.get(id)!);
  const ways = edges.map((edge) => ({ edge, stops: stopsOf(edge, column) }));
  for (const { edge, stops } of ways) stops.forEach((stop, i) => stand(stop, column.get(edge.from)! + 1 + i));
  const steps = ways.flatMap(({ edge: { from, to }, stops }) => pairs([from, ...stops, to]));
  const row = ordered(columns, steps);
  const spots = new Map(columns.flatMap((ids, at) => ids.map((id) => [id, { column: at, row: row.get(id)! }] as const)));
  return { spots, ways: ways.map(({ edge, stops }) => ({ edge, by: stops.map((stop) => spots.get(stop)!) })) };
}

/** Names of the places an edge goes by, one in each column between its ends. */
function stopsOf({ from, to }: Edge, column: ReadonlyMap<string, number>): readonly string[] {
  const between = Math.max(0, column.get(to)! - column.get(from)! - 1);
  return Array.from({ length: between }, (_, i) => `${from} ${to} ${i}`);
}

function pairs(ids: readonly string[]): readonly Edge[] {
  return ids.slice(1).map((to, i) => ({ from: ids[i]!, to }));
}

/** Rows, by which each is near the middle of what it is joined with. */
function ordered(columns: readonly string[][], steps: readonly Edge[]): ReadonlyMap<string, number> {
  const row = new Map<string, number>();
  const height = Math.max(0, ...columns.map((each) => each.length));
  const settle = (ids: readonly string[]) => ids.forEach((id, i) => row.set(id, (height - ids.length) / 2 + i));
  for (const ids of columns) settle(ids);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForth = sweep % 2 === 0;
    const beside = neighbours(steps, isForth);
    for (const ids of isForth ? columns : columns.toReversed()) {
      const pull = new Map(ids.map((id) => [id, middle(beside.get(id) ?? [], row) ?? row.get(id)!]));
      ids.sort((a, b) => pull.get(a)! - pull.get(b)!);
      settle(ids);
    }
  }
  return row;
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
