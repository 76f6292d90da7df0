/** Journeys: added, changed, approved, and shown with what is missing. The one face of this module for the others. */
import type { Component } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Stored } from "../journal/subjects.ts";
import type { Decision } from "../kernel/decision.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce, type Order } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import { coverageOf } from "./coverage.ts";
import { decideApprove, decideJourney, type JourneyFacts } from "./decide.ts";
import { createFeedCommands, type ReadCalendar } from "./feed-service.ts";
import { createFeedStore } from "./feed-store.ts";
import { APPROVE_ACTION, type Journey, type JourneyEvent, type JourneyFields, type JourneyIdentity, OWNING_SEATS } from "./journey.ts";
import { type AccountabilityWorld, authorsOf, type JourneyRow, loadJourneyRows, loadSeated, type MapDependencies } from "./load-map.ts";
import { createRotaCommands, type Sealer } from "./rota-service.ts";
import { createAccountabilityStore, type JourneyFilter } from "./store.ts";

export interface AccountabilityDependencies extends CommitContext {
  readonly world: AccountabilityWorld;
  /** `sha256:` and hex. */
  readonly hash: (text: string) => string;
  readonly sealer: Sealer;
  readonly readCalendar: ReadCalendar;
  /** Operations and components in use. */
  readonly model: () => Promise<Model>;
  /** Asks, within the commit, to read the calendar of a rota. */
  readonly requestFeed: (tx: Tx, rota: string) => Promise<void>;
}

interface Model {
  readonly operations: readonly Operation[];
  readonly components: readonly Component[];
}

export interface Shared extends AccountabilityDependencies, MapDependencies {}

export type JourneyDraft = Omit<JourneyFields, "model"> & { readonly statement: string };

export type AccountabilityService = ReturnType<typeof createAccountabilityService>;

export function createAccountabilityService(given: AccountabilityDependencies) {
  const deps: Shared = { ...given, store: createAccountabilityStore(given.db), feeds: createFeedStore(given.db) };
  const { store } = deps;
  const shown = async (stored: Stored<Journey>, now: Instant): Promise<JourneyRow> => (await loadJourneyRows(deps, [stored], now))[0]!;
  return {
    ...createRotaCommands(deps),
    ...createFeedCommands(deps),
    listJourneys: (filter: JourneyFilter & { onlyGaps: boolean }, now: Instant) => listJourneys(deps, filter, now),
    loadJourney: async (id: string, now: Instant): Promise<JourneyRow> => shown(await load(deps, id), now),
    addJourney: (identity: JourneyIdentity, draft: JourneyDraft, order: Order): Promise<JourneyRow> =>
      retryOnConflict(async () => {
        const id = deps.ids.next("journey");
        return shown(await settle(deps, undefined, { ...identity, id }, draft, order), order.now);
      }),
    changeJourney: (id: string, draft: JourneyDraft, order: Order): Promise<JourneyRow> =>
      retryOnConflict(async () => {
        const before = await load(deps, id);
        refuseStale(before.version, order.ifMatch);
        return shown(await settle(deps, before, before.state, draft, order), order.now);
      }),
    /** What a person is asked to sign; verified by the access module before {@link approve}. */
    signable: (id: string, contentHash: string) => ({ action: APPROVE_ACTION, subject: id, contentHash }),
    approve: (id: string, contentHash: string, assertion: string, order: Order): Promise<JourneyRow> =>
      retryOnConflict(async () => {
        const before = await load(deps, id);
        const row = await shown(before, order.now);
        const authors = await authorsOf(deps.world, before.state, order.now);
        const approving = { by: order.by.id, at: order.now, assertion, contentHash, operation: row.operation };
        const events = decided(decideApprove(before.state, approving, { seated: row.seated, authors, contentHash: row.contentHash }));
        return shown(await save(deps, before, events, order), order.now);
      }),
    listWaysBack: (filter: { limit: number; cursor?: string | undefined; onlyGaps: boolean }) => listWaysBack(deps, filter),
    /** Every journey in use with what is missing around it, a batch at a time. */
    rows: (now: Instant) => allRows(deps, now),
  };

  async function* allRows(from: Shared, now: Instant): AsyncGenerator<JourneyRow> {
    for (let cursor: string | undefined; ;) {
      const page = await store.journeys.list({ status: "active", limit: BATCH, cursor });
      yield* await loadJourneyRows(from, page.items, now);
      if (page.next === undefined) return;
      cursor = page.next;
    }
  }
}

/** Read together: enough that each name is asked for once, few enough to be one answer's work. */
const BATCH = 200;

async function listJourneys(deps: Shared, { onlyGaps, ...filter }: JourneyFilter & { onlyGaps: boolean }, now: Instant) {
  const items: JourneyRow[] = [];
  let { cursor } = filter;
  do {
    const page = await deps.store.journeys.list({ ...filter, limit: filter.limit - items.length, cursor });
    const rows = await loadJourneyRows(deps, page.items, now);
    items.push(...rows.filter(({ gaps }) => !onlyGaps || gaps.length > 0));
    cursor = page.next;
  } while (cursor !== undefined && items.length < filter.limit);
  return { items, next: cursor };
}

/** By name, a page at a time. */
async function listWaysBack(
  { model }: Shared,
  { limit, cursor, onlyGaps }: { limit: number; cursor?: string | undefined; onlyGaps: boolean },
) {
  const { operations, components } = await model();
  const kinds = new Map(components.map(({ key, kind }) => [key, kind]));
  const [after = "", afterKey = ""] = cursor === undefined ? [] : readCursor(cursor, 2);
  const isAfter = ({ key, name }: Operation) => name > after || (name === after && key > afterKey);
  const rows = operations
    .filter((operation) => cursor === undefined || isAfter(operation))
    .toSorted((a, b) => (a.name < b.name || (a.name === b.name && a.key < b.key) ? -1 : 1))
    .map((operation) => ({ operation, coverage: coverageOf(operation, (key) => kinds.get(key)) }))
    .filter(({ coverage }) => !onlyGaps || coverage.gaps.length > 0);
  const items = rows.slice(0, limit);
  const last = items.at(-1)?.operation;
  return { items, next: rows.length > limit && last !== undefined ? writeCursor([last.name, last.key]) : undefined };
}

async function settle(
  deps: Shared,
  before: Stored<Journey> | undefined,
  { id, population, about, deviceClass }: JourneyIdentity & Pick<Journey, "id">,
  { statement, ...draft }: JourneyDraft,
  order: Order,
): Promise<Stored<Journey>> {
  const kept = before?.state.model;
  const model = kept?.statement === statement ? kept : { statement, by: order.by.id, at: order.now };
  const wanted = { id, population, about, deviceClass, model, ...draft };
  const { world, store } = deps;
  const seats = OWNING_SEATS.map((seat) => wanted[seat]);
  const twin = wanted.status === "active" ? await store.journeys.findTwin(wanted) : undefined;
  const facts: JourneyFacts = {
    seated: await loadSeated(world, seats, [wanted.approver]),
    isAboutKnown: (await world.nameOf(about)) !== undefined,
    isDeviceClassKnown: deviceClass === null || (await world.nameOfDeviceClass(deviceClass)) !== undefined,
    isRotaKnown: wanted.rota === null || (await store.rotas.find(wanted.rota))?.state.status === "active",
    twin: twin?.id === id ? undefined : twin?.id,
  };
  return save(deps, before, decided(decideJourney(before?.state, wanted, facts)), order);
}

async function save(
  deps: Shared,
  before: Stored<Journey> | undefined,
  events: readonly JourneyEvent[],
  { by, now }: Order,
): Promise<Stored<Journey>> {
  if (events.length === 0) return before!;
  const { change, after } = deps.store.journeys.change(before, events);
  await commitOnce(deps, { at: now, actor: { kind: "person", id: by.id }, changes: [change] });
  return { version: change.fromVersion + events.length, state: after };
}

async function load({ store }: Shared, id: string): Promise<Stored<Journey>> {
  const found = await store.journeys.find(id);
  if (found === undefined) throw new Refused([refusal("accountability.notFound", `There is no journey ${id}.`)], 404);
  return found;
}

function refuseStale(version: number, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === version) return;
  const detail = `You read version ${ifMatch}; it is at ${version} now. Look at what changed, then try again.`;
  throw new Refused([refusal("accountability.changedMeanwhile", detail)], 412);
}

function decided<Event>(decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.reasons, 422);
  return decision.events;
}
