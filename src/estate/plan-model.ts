/** Components, common causes and operations of a file: decided as if changed by hand, over the model as the file leaves it. */
import type { Answerable } from "./decide.ts";
import { type Around, decideCommonCause, decideComponent, decideOperation } from "./decide-model.ts";
import type { Application } from "./estate.ts";
import { evolveCommonCause, evolveComponent, evolveOperation } from "./evolve.ts";
import { keysOf } from "./expression.ts";
import type { ComponentItem, OperationItem, Path } from "./file.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";
import { cycleThrough, hasCycle, needsOf, pathKeys } from "./needs.ts";
import { planList } from "./plan-items.ts";
import { type At, personOrNull, type Planning } from "./planning.ts";

export interface Beside {
  readonly people: Answerable;
  /** Of before, and over them as the file leaves them. */
  readonly applications: readonly Pick<Application, "key" | "status">[];
}

export function planModel(planning: Planning, beside: Beside) {
  const { file, known } = planning;
  const around = aroundOf(planning, beside);
  return {
    components: planList(planning, "components", file.components, known.components, {
      kind: "component",
      wanted: (item, own, path) => ({ ...own, ...componentFields(item), owner: personOrNull(planning, item.owner, [...path, "owner"]) }),
      decide: (state, wanted) => decideComponent(state, wanted, around),
      evolve: evolveComponent,
    }),
    commonCauses: planList(planning, "commonCauses", file.commonCauses, known.commonCauses, {
      kind: "commonCause",
      wanted: ({ name, kind, members, unavailability, status }, own) => ({
        ...own,
        name,
        kind,
        members,
        unavailability: unavailability ?? null,
        status,
      }),
      decide: (state, wanted) => decideCommonCause(state, wanted, around),
      evolve: evolveCommonCause,
    }),
    operations: planList(planning, "operations", file.operations, known.operations, {
      kind: "operation",
      wanted: (item, own, path) => ({ ...own, ...operationFields(item), ...seats(planning, item, path) }),
      decide: (state, wanted) => decideOperation(state, wanted, around),
      evolve: evolveOperation,
    }),
  };
}

function componentFields(item: ComponentItem): Omit<KeptComponent, "id" | "key" | "owner"> {
  const { name, kind, layer, endpoints, status } = item;
  return {
    name,
    kind,
    layer,
    evidence: item.evidence ?? null,
    unavailability: item.unavailability ?? null,
    requires: item.requires ?? null,
    connection: item.connection ?? null,
    endpoints,
    status,
  };
}

type Seat = "businessOwner" | "modelApprover" | "maintainer" | "onCall";

function operationFields(item: OperationItem): Omit<KeptOperation, "id" | "key" | Seat> {
  const { name, criticality, tolerates, status } = item;
  return {
    name,
    criticality,
    application: item.application ?? null,
    tolerates,
    withinMinutes: item.withinMinutes ?? null,
    paths: item.paths.map((path) => ({ ...path, minutes: path.minutes ?? null, assurance: path.assurance ?? null })),
    status,
  };
}

function seats(planning: Planning, item: OperationItem, path: Path): Pick<KeptOperation, Seat> {
  const holder = (seat: Seat) => personOrNull(planning, item[seat], [...path, seat]);
  return {
    businessOwner: holder("businessOwner"),
    modelApprover: holder("modelApprover"),
    maintainer: holder("maintainer"),
    onCall: holder("onCall"),
  };
}

function merged<Item extends { readonly key: string }>(before: readonly At<Item>[], wanted: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map([...before.map(({ state }) => state), ...wanted].map((item) => [item.key, item]));
}

/** What will be around each of them once all of the file is done. */
function aroundOf({ file, known }: Planning, beside: Beside): Around {
  const components = merged<Pick<KeptComponent, "key" | "name" | "status" | "requires">>(
    known.components,
    file.components.map((item) => ({ ...item, requires: item.requires ?? null })),
  );
  const causes = merged<Pick<KeptCommonCause, "key" | "name" | "status" | "members">>(known.commonCauses, file.commonCauses);
  const operations = merged<Pick<KeptOperation, "key" | "name" | "status" | "paths">>(
    known.operations,
    file.operations.map((item) => ({ ...item, ...operationFields(item) })),
  );
  const needs = needsOf([...components.values()]);
  const needing = needingOf([
    ...[...components.values()].map((each) => ({ ...each, keys: keysOf(each.requires) })),
    ...[...causes.values()].map((each) => ({ ...each, keys: each.members })),
    ...[...operations.values()].map((each) => ({ ...each, keys: pathKeys(each) })),
  ]);
  return {
    people: beside.people,
    components,
    applications: new Map(beside.applications.map(({ key, status }) => [key, { isOpen: status === "active" }])),
    connections: new Set(known.connections.keys()),
    neededBy: (key) => needing.get(key) ?? [],
    cycleThrough: hasCycle(needs) ? eachCycleOnce((key) => cycleThrough(key, needs)) : () => undefined,
  };
}

interface Needing {
  readonly name: string;
  readonly status: string;
  readonly keys: readonly string[];
}

/** Names of what is active, by the component it needs. */
function needingOf(items: readonly Needing[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, status, keys } of items) {
    if (status !== "active") continue;
    for (const key of keys) {
      const names = found.get(key);
      // What everything hangs on has thousands of them: no list is made anew for each.
      if (names === undefined) found.set(key, [name]);
      else names.push(name);
    }
  }
  return found;
}

/** A circle is one fault, said where the file first comes to it, not once for each that is on it. */
function eachCycleOnce(find: Around["cycleThrough"]): Around["cycleThrough"] {
  const told = new Set<string>();
  return (key) => {
    const cycle = find(key);
    if (cycle === undefined) return undefined;
    const name = cycle.slice(1).toSorted().join(" ");
    if (told.has(name)) return undefined;
    told.add(name);
    return cycle;
  };
}
