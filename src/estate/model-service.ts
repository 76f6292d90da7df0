/** Components, common causes and operations: read, and changed one at a time over the whole model they stand in. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { commitOnce, type Order, type PersonId, type PersonStore } from "../people/index.ts";
import type { CommonCauseFields, ComponentFields } from "./component.ts";
import { type Around, decideCommonCause, decideComponent, decideOperation } from "./decide-model.ts";
import { keysOf } from "./expression.ts";
import type { ModelEvent } from "./model-event.ts";
import { componentsBelow, listNeeding, loadModel, modelVersion, namesOfComponents, takeModelOn } from "./model-store.ts";
import { cycleThrough, pathKeys } from "./needs.ts";
import type { OperationFields } from "./operation.ts";
import { createItemStore, itemChange, type ItemFilter, type Items, type Stored } from "./store.ts";

export interface ModelDependencies extends CommitContext {
  readonly persons: PersonStore;
  readonly findConnection: (key: string) => Promise<string | undefined>;
}

export interface ModelFields {
  readonly component: ComponentFields;
  readonly commonCause: CommonCauseFields;
  readonly operation: OperationFields;
}
export type ModelKind = keyof ModelFields;

interface Rules<K extends ModelKind> {
  readonly decide: (state: Items[K] | undefined, wanted: Items[K], around: Around) => Decision<ModelEvent>;
  /** Whom, which components, which application and which connection it names. */
  readonly names: (wanted: Items[K]) => Named;
}

interface Named {
  readonly people: readonly (PersonId | null)[];
  readonly components: readonly string[];
  readonly application?: string | null;
  readonly connection?: string | null;
}

const RULES: { readonly [K in ModelKind]: Rules<K> } = {
  component: {
    decide: decideComponent,
    names: ({ owner, requires, connection }) => ({ people: [owner], components: keysOf(requires), connection }),
  },
  commonCause: { decide: decideCommonCause, names: ({ members }) => ({ people: [], components: members }) },
  operation: {
    decide: decideOperation,
    names: (wanted) => ({
      people: [wanted.businessOwner, wanted.modelApprover, wanted.maintainer, wanted.onCall],
      components: pathKeys(wanted),
      application: wanted.application,
    }),
  },
};

export type ModelService = ReturnType<typeof createModelService>;

export function createModelService(deps: ModelDependencies) {
  return {
    components: createKind(deps, "component"),
    commonCauses: createKind(deps, "commonCause"),
    operations: createKind(deps, "operation"),
    /** Everything active, as it was at one moment, with the version of the whole. */
    loadModel: () => loadModel(deps.db),
    /** Grows with every change of the model; cheap to ask. */
    modelVersion: () => modelVersion(deps.db),
    /** What is active and needs a component directly. */
    listNeeding: (component: string) => listNeeding(deps.db, component),
    /** What components are called, by name. */
    namesOfComponents: (keys: readonly string[]) => namesOfComponents(deps.db, keys),
  };
}

function createKind<K extends ModelKind>(deps: ModelDependencies, kind: K) {
  const store = createItemStore(deps.db, kind);
  const rules: Rules<K> = RULES[kind];
  return {
    /** By key, with its version. Throws `estate.notFound` (404). */
    async load(key: string): Promise<Stored<Items[K]>> {
      const found = await store.findByKey(key);
      if (found === undefined) throw new Refused([refusal("estate.notFound", `There is no ${kind} "${key}".`)], 404);
      return found;
    },
    find: async (key: string): Promise<Items[K] | undefined> => (await store.findByKey(key))?.state,
    findById: async (id: string): Promise<Items[K] | undefined> => (await store.find(id))?.state,
    /** By name, a page at a time. */
    list: (filter: ItemFilter) => store.list(filter),
    /** Makes it (`ifMatch` 0) or changes it over the version read. */
    put: (key: string, fields: ModelFields[K], order: Order): Promise<Stored<Items[K]>> =>
      retryOnConflict(async () => {
        // Read before everything that is decided on, and compared when that is committed.
        const model = await modelVersion(deps.db);
        const before = await store.findByKey(key);
        refuseStale(before?.version ?? 0, order.ifMatch);
        const id = before?.state.id ?? deps.ids.next(kind);
        const wanted = { ...fields, key, id } as unknown as Items[K];
        const decision = rules.decide(before?.state, wanted, await loadAround(deps, kind, key, rules.names(wanted)));
        if (!decision.accepted) throw new Refused(decision.reasons, 422);
        if (decision.events.length === 0) return before!;
        const { change, after } = itemChange(kind, before, decision.events);
        await commitOnce(deps, {
          at: order.now,
          actor: { kind: "person", id: order.by.id },
          changes: [change],
          alongside: (tx) => takeModelOn(tx, model),
        });
        return { version: change.fromVersion + decision.events.length, state: after };
      }),
  };
}

async function loadAround(deps: ModelDependencies, kind: ModelKind, key: string, named: Named): Promise<Around> {
  const { application = null, connection = null } = named;
  const persons = await deps.persons.findAll([...new Set(named.people)].filter((id) => id !== null));
  const components = await componentsBelow(deps.db, named.components);
  const needs = new Map(components.map((each) => [each.key, each.needs]));
  if (kind === "component") needs.set(key, named.components);
  const found = application === null ? undefined : (await createItemStore(deps.db, "application").findByKey(application))?.state;
  const isConnected = connection !== null && (await deps.findConnection(connection)) !== undefined;
  const needing = kind === "component" ? await listNeeding(deps.db, key) : [];
  return {
    people: new Map(persons.map(({ person }) => [person.id, person])),
    components: new Map(components.map((each) => [each.key, each])),
    applications: new Map(found === undefined ? [] : [[found.key, { isOpen: found.status === "active" }]]),
    connections: new Set(isConnected ? [connection] : []),
    neededBy: () => needing.map(({ name }) => name),
    cycleThrough: (component) => cycleThrough(component, needs),
  };
}

function refuseStale(version: number, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === version) return;
  const detail = `You read version ${ifMatch}; it is at ${version} now. Look at what changed, then try again.`;
  throw new Refused([refusal("estate.changedMeanwhile", detail)], 412);
}
