/** Brings people and estate in line with a file: all of it in one commit, or nothing. */
import { createAccountabilityStore, type FeedKeeping } from "../accountability/index.ts";
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
import { inOrder } from "../platform/located-yaml.ts";
import type { EstateFact } from "./estate.ts";
import type { EstateFile, ModelItems } from "./file.ts";
import { readEstateFile, type ReadFile } from "./load-file.ts";
import { seatedIn } from "../accountability/journey.ts";
import type { Rota } from "../accountability/rota.ts";
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
  readonly feeds: FeedKeeping;
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
  const others = { people: [], teams: [], applications: [], deviceClasses: [], vendors: [], rotas: [], journeys: [] };
  const file = { ...others, components, commonCauses, operations };
  return applyFile(deps, { file, placeOf: (path) => `/${path.join("/")}` }, request);
}

async function applyFile(deps: ApplyDependencies, { file, placeOf }: ReadFile, request: Omit<ApplyRequest, "text">): Promise<Plan> {
  const { actor, now, dryRun } = request;
  return retryOnConflict(async () => {
    // Before everything that is decided on, so that what changes meanwhile is noticed.
    const version = await modelVersion(deps.db);
    const known = await loadKnown(deps, file);
    const by = actor.kind === "person" ? { id: actor.id as PersonId, roles: request.roles } : null;
    const { steps, faults } = planFile({
      file,
      placeOf,
      known,
      actor: by,
      now,
      ids: deps.ids,
      feedOf: (address) => deps.feeds.sourceOf(address)?.source,
    });
    if (faults.length > 0) throw new Refused(inOrder(faults), 422);
    if (!dryRun) await commitSteps(deps, steps, { version, file }, request);
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
  const accountability = createAccountabilityStore(deps.db);
  const [rotas, journeys] = [await accountability.rotas.all(), await accountability.journeys.all()];
  const referredTo = [
    ...teams.flatMap(({ state }) => [...state.members, ...(state.lead === null ? [] : [state.lead])]),
    ...applications.map(({ state }) => state.owner),
    ...deviceClasses.map(({ state }) => state.lead),
    ...vendors.map(({ state }) => state.manager),
    ...[...components.map(({ state }) => state.owner), ...operations.flatMap(({ state }) => seatsOf(state))].filter(
      (id) => id !== null && id !== undefined,
    ),
    ...[...rotas.flatMap(({ state }) => namedIn(state)), ...journeys.flatMap(({ state }) => seatedIn(state))].filter(isPerson),
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
    rotas,
    journeys,
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
function keysOf(file: EstateFile): readonly string[] {
  const { people, teams, applications, deviceClasses, vendors, components, operations, rotas, journeys } = file;
  const keys = [
    ...people.flatMap(({ key, manager, deputy }) => [key, manager, deputy]),
    ...teams.flatMap(({ lead, members }) => [lead, ...members]),
    ...applications.map(({ owner }) => owner),
    ...deviceClasses.map(({ lead }) => lead),
    ...vendors.map(({ manager }) => manager),
    ...components.map(({ owner }) => owner),
    ...operations.flatMap(seatsOf),
    ...rotas.flatMap(({ owner, rotation }) => [owner, ...(rotation?.people ?? [])]).filter((each) => typeof each !== "object"),
    ...journeys
      .flatMap(({ businessOwner, approver, maintainer, platformOwner, operationOwner }) => [
        businessOwner,
        approver,
        maintainer,
        platformOwner,
        operationOwner,
      ])
      .filter((each) => typeof each !== "object"),
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

function namedIn({ owner, source }: Rota): readonly string[] {
  return [...(owner === null ? [] : [owner.id]), ...(source.kind === "rotation" ? source.people : [])];
}

function isPerson(id: string): id is PersonId {
  return id.startsWith("per_");
}

function news<S extends { readonly events: readonly unknown[] }>(list: readonly S[]): readonly S[] {
  return list.filter(({ events }) => events.length > 0);
}

/** `version` is that of the model when all of this was decided. */
async function commitSteps(
  deps: ApplyDependencies,
  steps: Steps,
  { version, file }: { readonly version: number; readonly file: EstateFile },
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
  const store = createAccountabilityStore(deps.db);
  const rotas = news(steps.rotas);
  const ways = [
    // A journey names a rota that has to be there.
    ...rotas.map(({ before, events }) => store.rotas.change(before, events).change),
    ...news(steps.journeys).map(({ before, events }) => store.journeys.change(before, events).change),
  ];
  const facts = folded.flatMap((each) => each.facts);
  const changes = [...people.changes, ...teams, ...folded.map((each) => each.change), ...model.map((each) => each.change), ...ways];
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
      for (const step of rotas) await keepFeed(deps.feeds, tx, step, file);
    },
  });
}

/** The address of a calendar is sealed beside the journal, where another one was given; it goes with the calendar. */
async function keepFeed(feeds: FeedKeeping, tx: Tx, { before, after }: Step<Rota, unknown>, { rotas }: EstateFile): Promise<void> {
  const address = rotas.find(({ key }) => key === after.key)?.feed?.address ?? undefined;
  const earlier = before?.state.source;
  if (after.source.kind === "rotation") {
    if (earlier?.kind === "feed") await feeds.remove(tx, after.id);
  } else if (address !== undefined && !(earlier?.kind === "feed" && earlier.mark === after.source.mark)) {
    await feeds.put(tx, after.id, address);
  }
}

function foldItems<K extends ItemKind>(kind: K, steps: readonly Step<Items[K], Parameters<typeof itemChange>[2][number]>[]) {
  return steps.map(({ before, events }) => itemChange(kind, before, events));
}
