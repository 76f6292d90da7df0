/** Brings people and estate in line with a file: all of it in one commit, or nothing. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import {
  type AnnouncePeople,
  commitOnce,
  createTeamStore,
  foldPersons,
  type PersonId,
  type PersonStore,
  type StoredPerson,
  teamChange,
} from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import type { EstateFact } from "./estate.ts";
import type { EstateFile, ModelItems } from "./file.ts";
import { inOrder, readEstateFile, type ReadFile } from "./load-file.ts";
import { modelVersion, takeModelOn } from "./model-store.ts";
import { planFile, type Steps } from "./plan.ts";
import { type Plan, planWords } from "./plan-words.ts";
import type { At, Known, Step } from "./planning.ts";
import { createItemStore, findOrganisation, itemChange, type ItemKind, type Items, organisationChange } from "./store.ts";

export interface ApplyRequest {
  readonly text: string;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly now: Instant;
  readonly actor: Actor;
  /** Roles the actor holds now; none count for a system, which acts by rule. */
  readonly roles: readonly string[];
}

export interface ApplyDependencies extends CommitContext {
  readonly persons: PersonStore;
  readonly findConnection: (key: string) => Promise<string | undefined>;
  readonly announce: (tx: Tx, facts: readonly EstateFact[], at: Instant) => Promise<void>;
  readonly announcePeople: AnnouncePeople;
}

/** So many persons of earlier files are named when the file leaves them out. */
const LEFT_ALONE_LIMIT = 500;

/**
 * Applies a file, or with `dryRun` says what that would do. Refuses (422) with everything that is wrong, each with its place
 * `estate.yaml:line:column`, in the order of the file. Applying a file again writes nothing.
 */
export async function applyEstate(deps: ApplyDependencies, request: ApplyRequest): Promise<Plan> {
  const reading = readEstateFile(request.text);
  if (!reading.ok) throw new Refused(reading.faults, 422);
  return applyFile(deps, reading.read, request);
}

/** The same for parts of the model that were put together here. They may name persons by id, too. */
export function applyModel(
  deps: ApplyDependencies,
  { components, commonCauses, operations }: ModelItems,
  request: Omit<ApplyRequest, "text">,
): Promise<Plan> {
  const file = { people: [], teams: [], applications: [], deviceClasses: [], vendors: [], components, commonCauses, operations };
  return applyFile(deps, { file, placeOf: (path) => `/${path.join("/")}` }, request);
}

async function applyFile(deps: ApplyDependencies, { file, placeOf }: ReadFile, request: Omit<ApplyRequest, "text">): Promise<Plan> {
  const { actor, now, dryRun } = request;
  return retryOnConflict(async () => {
    // Before everything that is decided on, so that what changes meanwhile is noticed.
    const version = await modelVersion(deps.db);
    const known = await loadKnown(deps, file);
    const by = actor.kind === "person" ? { id: actor.id as PersonId, roles: request.roles } : null;
    const { steps, faults } = planFile({ file, placeOf, known, actor: by, now, ids: deps.ids });
    if (faults.length > 0) throw new Refused(inOrder(faults), 422);
    if (!dryRun) await commitSteps(deps, steps, version, request);
    return planWords(steps, known, file, dryRun);
  });
}

async function loadKnown(deps: ApplyDependencies, file: EstateFile): Promise<Known> {
  const teams = (await createTeamStore(deps.db).all()).map(({ version, team }) => ({ version, state: team }));
  const [applications, deviceClasses, vendors] = [
    await createItemStore(deps.db, "application").all(),
    await createItemStore(deps.db, "deviceClass").all(),
    await createItemStore(deps.db, "vendor").all(),
  ];
  const [components, commonCauses, operations] = [
    await createItemStore(deps.db, "component").all(),
    await createItemStore(deps.db, "commonCause").all(),
    await createItemStore(deps.db, "operation").all(),
  ];
  const connections = await loadConnections(deps, file);
  const referredTo = [
    ...teams.flatMap(({ state }) => [...state.members, ...(state.lead === null ? [] : [state.lead])]),
    ...applications.map(({ state }) => state.owner),
    ...deviceClasses.map(({ state }) => state.lead),
    ...vendors.map(({ state }) => state.manager),
    ...[...components.map(({ state }) => state.owner), ...operations.flatMap(({ state }) => seatsOf(state))].filter(
      (id) => id !== null && id !== undefined,
    ),
  ];
  return {
    organisation: await findOrganisation(deps.db),
    persons: await loadPersons(deps.persons, file, connections, referredTo),
    teams,
    applications,
    deviceClasses,
    vendors,
    components,
    commonCauses,
    operations,
    keyedPersons: (await deps.persons.listKeyed(LEFT_ALONE_LIMIT)).map(({ person }) => ({ key: person.key!, name: person.displayName })),
    connections,
  };
}

async function loadConnections(deps: ApplyDependencies, file: EstateFile): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const named = [
    ...file.people.flatMap(({ accounts }) => accounts.map(({ connection }) => connection)),
    ...file.components.flatMap(({ connection }) => connection ?? []),
  ];
  for (const key of new Set(named)) {
    const id = await deps.findConnection(key);
    if (id !== undefined) found.set(key, id);
  }
  return found;
}

/** Persons the file means, administrators, whoever is referred to, and from all of them up their reporting lines. */
async function loadPersons(
  store: PersonStore,
  file: EstateFile,
  connections: ReadonlyMap<string, string>,
  referredTo: readonly PersonId[],
): Promise<readonly At<StoredPerson["person"]>[]> {
  const accounts = file.people.flatMap((item) =>
    item.accounts.flatMap(({ connection, key }) => {
      const id = connections.get(connection);
      return id === undefined ? [] : [{ connection: id, key }];
    }),
  );
  const known = new Map<PersonId, StoredPerson>();
  const keep = (found: readonly StoredPerson[]) => {
    for (const each of found) known.set(each.person.id, each);
    return found.flatMap(({ person }) => [person.manager, person.deputy].filter((id) => id !== null));
  };
  const named = keysOf(file);
  let next = [
    ...referredTo,
    ...named.filter((key) => key.startsWith("per_")).map((id) => id as PersonId),
    ...keep(await store.findByKeys(named)),
    ...keep(await store.findByAccounts(accounts)),
    ...keep(await store.withRole("administrator")),
  ];
  while ((next = next.filter((id) => !known.has(id))).length > 0) next = keep(await store.findAll([...new Set(next)]));
  return [...known.values()].map(({ version, person }) => ({ version, state: person }));
}

/** Every key the file uses for a person, its own and those of an earlier file. */
function keysOf({ people, teams, applications, deviceClasses, vendors, components, operations }: EstateFile): readonly string[] {
  const keys = [
    ...people.flatMap(({ key, manager, deputy }) => [key, manager, deputy]),
    ...teams.flatMap(({ lead, members }) => [lead, ...members]),
    ...applications.map(({ owner }) => owner),
    ...deviceClasses.map(({ lead }) => lead),
    ...vendors.map(({ manager }) => manager),
    ...components.map(({ owner }) => owner),
    ...operations.flatMap(seatsOf),
  ];
  return [...new Set(keys.filter((key) => key !== null && key !== undefined))];
}

function seatsOf<Holder>(operation: {
  readonly businessOwner?: Holder;
  readonly modelApprover?: Holder;
  readonly maintainer?: Holder;
  readonly onCall?: Holder;
}): readonly (Holder | undefined)[] {
  return [operation.businessOwner, operation.modelApprover, operation.maintainer, operation.onCall];
}

function news<S extends { readonly events: readonly unknown[] }>(list: readonly S[]): readonly S[] {
  return list.filter(({ events }) => events.length > 0);
}

/** `version` is that of the model when all of this was decided. */
async function commitSteps(
  deps: ApplyDependencies,
  steps: Steps,
  version: number,
  { actor, now }: Pick<ApplyRequest, "actor" | "now">,
): Promise<void> {
  const people = foldPersons(
    { announce: deps.announcePeople },
    news(steps.people).map(({ before, events }) => ({ before: before && { version: before.version, person: before.state }, events })),
    now,
  );
  const teams = news(steps.teams).map(({ before, events }) =>
    teamChange(before && { version: before.version, team: before.state }, events),
  );
  const folded = [
    ...news(steps.organisation).map(({ before, events }) => organisationChange(before, events)),
    ...foldItems("application", news(steps.applications)),
    ...foldItems("deviceClass", news(steps.deviceClasses)),
    ...foldItems("vendor", news(steps.vendors)),
  ];
  const model = [
    ...foldItems("component", news(steps.components)),
    ...foldItems("commonCause", news(steps.commonCauses)),
    ...foldItems("operation", news(steps.operations)),
  ];
  const facts = folded.flatMap((each) => each.facts);
  const changes = [...people.changes, ...teams, ...folded.map((each) => each.change), ...model.map((each) => each.change)];
  if (changes.length === 0) return;
  await commitOnce(deps, {
    at: now,
    actor,
    changes,
    alongside: async (tx) => {
      await people.alongside(tx);
      await people.keepAdministrator(tx);
      if (facts.length > 0) await deps.announce(tx, facts, now);
      if (model.length > 0) await takeModelOn(tx, version);
    },
  });
}

function foldItems<K extends ItemKind>(kind: K, steps: readonly Step<Items[K], Parameters<typeof itemChange>[2][number]>[]) {
  return steps.map(({ before, events }) => itemChange(kind, before, events));
}
