/** The estate: read, changed by hand, and brought in line with a file. The one face of this module for the others. */
import type { FeedKeeping } from "../accountability/index.ts";
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { endOfDay, type Instant } from "../kernel/time.ts";
import {
  commitOnce,
  createPersonStore,
  type AnnouncePeople,
  type Order,
  type Person,
  type PersonId,
  type PersonStore,
} from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import { applyEstate, applyModel, type ApplyRequest } from "./apply-service.ts";
import { type Answerable, decideApplication, decideDeviceClass, decideOrganisation, decideVendor } from "./decide.ts";
import {
  type ApplicationFields,
  type DeviceClassFields,
  type EstateEvent,
  type EstateFact,
  ORGANISATION_ID,
  type Organisation,
  type OrganisationFields,
  UNNAMED,
  type VendorFields,
} from "./estate.ts";
import { createModelService } from "./model-service.ts";
import type { ModelItems } from "./file.ts";
import type { Plan } from "./plan-words.ts";
import { createProposalService, type ProposalDependencies } from "./proposal-service.ts";
import { createItemStore, findOrganisation, itemChange, type ItemFilter, type Items, organisationChange, type Stored } from "./store.ts";

export interface EstateDependencies extends CommitContext {
  /** Id of a connection by its key, for accounts in the estate file; knows none unless wired. */
  readonly findConnection?: (key: string) => Promise<string | undefined>;
  /** Connections that stand, for proposals; none unless wired. */
  readonly listConnections?: ProposalDependencies["listConnections"];
  /** What drills measured of repairs, for proposals; nothing unless wired. */
  readonly listRepairs?: ProposalDependencies["listRepairs"];
  /** Reads an endpoint of a component, for proposals; nothing is read unless wired. */
  readonly readEndpoint?: ProposalDependencies["readEndpoint"];
  /** Told of what exceptions have to follow, in the transaction that makes it true. */
  readonly announce?: (tx: Tx, facts: readonly EstateFact[], at: Instant) => Promise<void>;
  /** The people module's, for the persons a file changes. */
  readonly announcePeople?: AnnouncePeople;
  /** Seals the addresses of calendars that a file gives; none is taken unless wired. */
  readonly feeds?: FeedKeeping;
}

export type EstateService = ReturnType<typeof createEstateService>;

/** What is changed one by one; the model is changed as a whole (model-service.ts). */
type OwnKind = "application" | "deviceClass" | "vendor";

/** The fields of a kind, without what is given once. */
export interface ItemFields {
  readonly application: ApplicationFields;
  readonly deviceClass: DeviceClassFields;
  readonly vendor: VendorFields;
}

const DECIDE: {
  readonly [K in OwnKind]: (state: Items[K] | undefined, wanted: Items[K], people: Answerable) => Decision<EstateEvent>;
} = { application: decideApplication, deviceClass: decideDeviceClass, vendor: decideVendor };

const ANSWERS: { readonly [K in OwnKind]: (item: ItemFields[K]) => PersonId } = {
  application: ({ owner }) => owner,
  deviceClass: ({ lead }) => lead,
  vendor: ({ manager }) => manager,
};

interface Shared extends Required<EstateDependencies> {
  readonly persons: PersonStore;
}

export function createEstateService(given: EstateDependencies) {
  const deps: Shared = {
    db: given.db,
    ids: given.ids,
    findConnection: given.findConnection ?? (() => Promise.resolve(undefined)),
    listConnections: given.listConnections ?? (() => Promise.resolve([])),
    listRepairs: given.listRepairs ?? (() => Promise.resolve([])),
    readEndpoint: given.readEndpoint ?? (() => Promise.resolve({ unread: "Nothing is read here." })),
    announce: given.announce ?? (() => Promise.resolve()),
    announcePeople: given.announcePeople ?? (() => Promise.resolve()),
    feeds: given.feeds ?? { sourceOf: () => undefined, put: () => Promise.resolve(), remove: () => Promise.resolve() },
    persons: createPersonStore(given.db),
  };
  const applications = createItems(deps, "application");
  const deviceClasses = createItems(deps, "deviceClass");
  const vendors = createItems(deps, "vendor");
  /** The organisation and its version: 0 and the defaults until somebody named it. */
  const storedOrganisation = async (): Promise<Stored<Organisation>> => (await findOrganisation(deps.db)) ?? { version: 0, state: UNNAMED };
  return {
    applications,
    deviceClasses,
    vendors,
    /** What the lock-out analysis is about: components, common causes, operations. */
    model: createModelService(deps),
    /** What connections and real endpoints say of the model; for a person to take over. */
    proposals: createProposalService(deps),
    storedOrganisation,
    /** Name and time zone. UTC until somebody said otherwise. */
    loadOrganisation: async (): Promise<Organisation> => (await storedOrganisation()).state,
    /** Those who answer for something, by id. */
    findAnswering: async (ids: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Person>> =>
      new Map((await deps.persons.findAll([...new Set(ids)])).map(({ person }) => [person.id, person])),
    setOrganisation: (fields: OrganisationFields, order: Order) => setOrganisation(deps, fields, order),
    findApplication: applications.find,
    findApplicationByKey: applications.findByKey,
    findDeviceClass: deviceClasses.find,
    findVendor: vendors.find,
    /** When a contract ends: the end of its last day in the organisation's zone. `vendor` is an id or a key. */
    async contractEnd(vendor: string, ref: string): Promise<Instant | undefined> {
      const found = (await vendors.find(vendor)) ?? (await vendors.findByKey(vendor));
      const contract = found?.contracts.find((each) => each.ref === ref);
      return contract && endOfDay(contract.endsOn, (await storedOrganisation()).state.zone);
    },
    /** Brings people and estate in line with a file, or says what that would do; see {@link applyEstate}. */
    applyEstate: (request: ApplyRequest): Promise<Plan> => applyEstate(deps, request),
    /** The same for parts of the model that were put together here; they may name persons by id. */
    applyModel: (items: ModelItems, request: Omit<ApplyRequest, "text">): Promise<Plan> => applyModel(deps, items, request),
  };
}

/** Reading and changing one kind of item. */
function createItems<K extends OwnKind>(deps: Shared, kind: K) {
  const store = createItemStore(deps.db, kind);

  async function load(id: string): Promise<Stored<Items[K]>> {
    const found = await store.find(id);
    if (found === undefined) throw new Refused([refusal("estate.notFound", `There is no ${kind} ${id}.`)], 404);
    return found;
  }

  async function settle(before: Stored<Items[K]> | undefined, wanted: Items[K], order: Order): Promise<Stored<Items[K]>> {
    const found = await deps.persons.findAll([ANSWERS[kind](wanted as never)]);
    const people: Answerable = new Map(found.map(({ person }) => [person.id, person]));
    const events = decided(DECIDE[kind](before?.state, wanted, people));
    if (events.length === 0) return before!;
    const { change, after, facts } = itemChange(kind, before, events);
    await commitOnce(deps, {
      at: order.now,
      actor: { kind: "person", id: order.by.id },
      changes: [change],
      alongside: async (tx) => {
        if (facts.length > 0) await deps.announce(tx, facts, order.now);
      },
    });
    return { version: change.fromVersion + events.length, state: after };
  }

  return {
    /** With its version. Throws `estate.notFound` (404). */
    load,
    find: async (id: string): Promise<Items[K] | undefined> => (await store.find(id))?.state,
    findByKey: async (key: string): Promise<Items[K] | undefined> => (await store.findByKey(key))?.state,
    /** By name, a page at a time. */
    list: (filter: ItemFilter) => store.list(filter),
    /** Refuses `estate.keyTaken` (409). */
    add: (key: string, fields: ItemFields[K], order: Order): Promise<Stored<Items[K]>> =>
      retryOnConflict(async () => {
        if ((await store.findByKey(key)) !== undefined)
          throw new Refused([refusal("estate.keyTaken", `The key "${key}" is in use.`, { at: "/key" })], 409);
        return settle(undefined, { ...fields, key, id: deps.ids.next(kind) } as unknown as Items[K], order);
      }),
    change: (id: string, fields: ItemFields[K], order: Order): Promise<Stored<Items[K]>> =>
      retryOnConflict(async () => {
        const before = await load(id);
        refuseStale(before.version, order.ifMatch);
        return settle(before, { ...fields, key: before.state.key, id: before.state.id } as unknown as Items[K], order);
      }),
  };
}

async function setOrganisation(deps: Shared, fields: OrganisationFields, order: Order): Promise<Stored<Organisation>> {
  return retryOnConflict(async () => {
    const before = await findOrganisation(deps.db);
    refuseStale(before?.version ?? 0, order.ifMatch);
    const events = decided(decideOrganisation(before?.state, { ...fields, id: ORGANISATION_ID }));
    if (events.length === 0) return before!;
    const { change, after } = organisationChange(before, events);
    await commitOnce(deps, { at: order.now, actor: { kind: "person", id: order.by.id }, changes: [change] });
    return { version: change.fromVersion + events.length, state: after };
  });
}

function decided(decision: Decision<EstateEvent>): readonly EstateEvent[] {
  if (!decision.accepted) throw new Refused(decision.reasons, 422);
  return decision.events;
}

function refuseStale(version: number, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === version) return;
  const detail = `You read version ${ifMatch}; it is at ${version} now. Look at what changed, then try again.`;
  throw new Refused([refusal("estate.changedMeanwhile", detail)], 412);
}
