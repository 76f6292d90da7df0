/** Rotas: added, changed, covered for, and read. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Stored } from "../journal/subjects.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { commitOnce, type Order, type PersonId } from "../people/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { decideCover, decideRota, decideUncover } from "./decide-rota.ts";
import { loadRotaRows, loadSeated, type MapDependencies, type RotaRow } from "./load-map.ts";
import { createFeedStore } from "./feed-store.ts";
import type { Feed, Override, Rota, RotaEvent, RotaFields, Rotation } from "./rota.ts";
import { type Shift, shiftsBetween, shiftsOf } from "./shifts.ts";

export interface Sealer {
  seal(text: string): string;
  open(sealed: string): string;
  /** A short mark of a secret that tells whether it changed and nothing else. */
  fingerprint(text: string): string;
  isCurrent(sealed: string): boolean;
}

interface RotaDependencies extends CommitContext, MapDependencies {
  readonly sealer: Sealer;
  readonly requestFeed: (tx: Tx, rota: string) => Promise<void>;
}

export type RotaDraft = Omit<RotaFields, "source" | "overrides"> & {
  /** `address` left out on a change: it stays. */
  readonly source: Rotation | { readonly kind: "feed"; readonly address?: string | undefined };
};

/** A rota that nobody names in two hundred of them is none that anybody keeps. */
const MOST_ROTAS = 200;
const WEEKS_TO_COME = duration("P35D");

export function createRotaCommands(deps: RotaDependencies) {
  const { store } = deps;
  const shown = async (stored: Stored<Rota>, now: Instant): Promise<RotaRow> => (await loadRotaRows(deps, [stored], now))[0]!;
  const load = async (id: string): Promise<Stored<Rota>> => {
    const found = await store.rotas.find(id);
    if (found === undefined) throw new Refused([refusal("accountability.notFound", `There is no rota ${id}.`)], 404);
    return found;
  };
  return {
    async listRotas(filter: { status?: string | undefined; limit: number; cursor?: string | undefined }, now: Instant) {
      const { items, next } = await store.rotas.list(filter);
      return { items: await loadRotaRows(deps, items, now), next };
    },
    loadRota: async (id: string, now: Instant): Promise<RotaRow> => shown(await load(id), now),
    async shifts(id: string, days: number, now: Instant): Promise<{ row: RotaRow; shifts: readonly Shift[] }> {
      const row = await shown(await load(id), now);
      const until = addDuration(now, duration(`P${days}D`));
      return { row, shifts: shiftsBetween(row.rota, now, until, now, row.facts) };
    },
    /** Everybody who is on point at this moment, in any rota in use. */
    async onPointNow(now: Instant): Promise<readonly PersonId[]> {
      const { items } = await store.rotas.list({ status: "active", limit: MOST_ROTAS });
      const rows = await loadRotaRows(deps, items, now);
      return [...new Set(rows.flatMap(({ onPoint }) => onPoint.persons))];
    },
    /** When somebody is on point now and in the weeks to come, of every rota in use. */
    async shiftsOfPerson(person: string, now: Instant) {
      const { items } = await store.rotas.list({ status: "active", limit: MOST_ROTAS });
      const rows = await loadRotaRows(deps, items, now);
      return rows.flatMap(({ rota, facts, onPoint }) => {
        // What runs now began earlier: it is entered once, not anew from each moment it is looked at.
        const shifts = shiftsBetween(rota, onPoint.by === "nobody" ? now : onPoint.from, addDuration(now, WEEKS_TO_COME), now, facts);
        return shiftsOf(person as PersonId, shifts).map(({ from, until }) => ({ rota: rota.id, key: rota.key, from, until }));
      });
    },
    addRota: (key: string, draft: RotaDraft, order: Order): Promise<RotaRow> =>
      retryOnConflict(async () => {
        if ((await store.rotas.findByKey(key)) !== undefined)
          throw new Refused([refusal("accountability.keyTaken", `The key "${key}" is in use.`, { at: "/key" })], 409);
        const { source, address } = sourceOf(deps, undefined, draft.source);
        const wanted: Rota = { ...draft, source, overrides: [], key, id: deps.ids.next("rota") };
        return shown(await settle(deps, undefined, wanted, address, order), order.now);
      }),
    changeRota: (id: string, draft: RotaDraft, order: Order): Promise<RotaRow> =>
      retryOnConflict(async () => {
        const before = await load(id);
        refuseStale(before.version, order.ifMatch);
        const { source, address } = sourceOf(deps, before.state, draft.source);
        return shown(await settle(deps, before, { ...before.state, ...draft, source }, address, order), order.now);
      }),
    cover: (id: string, override: Override, order: Order): Promise<RotaRow> =>
      retryOnConflict(async () => {
        const before = await load(id);
        const seated = await loadSeated(deps.world, [before.state.owner], [override.person]);
        const asking = { by: order.by.id, roles: order.by.roles, now: order.now };
        return shown(await save(deps, before, decided(decideCover(before.state, override, asking, seated)), order), order.now);
      }),
    uncover: (id: string, from: Instant, order: Order): Promise<RotaRow> =>
      retryOnConflict(async () => {
        const before = await load(id);
        const seated = await loadSeated(deps.world, [before.state.owner]);
        const asking = { by: order.by.id, roles: order.by.roles, now: order.now };
        return shown(await save(deps, before, decided(decideUncover(before.state, from, asking, seated)), order), order.now);
      }),
  };
}

/** What is journalled of a calendar's address, and the address as it is sealed; undefined where it is no address to read one from. */
function feedSource(sealer: Sealer, given: string): { readonly source: Feed; readonly address: string } | undefined {
  const url = URL.parse(given);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
  return { source: { kind: "feed", host: url.host, mark: sealer.fingerprint(url.href) }, address: url.href };
}

export type FeedKeeping = ReturnType<typeof createFeedKeeping>;

/** The addresses of calendars, for whoever brings rotas in line with a file. The clock asks for what was not read yet. */
export function createFeedKeeping({ db, sealer }: { readonly db: Db; readonly sealer: Sealer }) {
  const feeds = createFeedStore(db);
  return {
    sourceOf: (given: string) => feedSource(sealer, given),
    async put(tx: Tx, rota: string, given: string): Promise<void> {
      const { address } = feedSource(sealer, given)!;
      await feeds.putAddress(tx, rota, sealer.seal(address));
    },
    remove: (tx: Tx, rota: string): Promise<void> => feeds.removeAddress(tx, rota),
  };
}

/** The source as it is journalled, and an address that is to be sealed beside it. */
function sourceOf(
  deps: RotaDependencies,
  before: Rota | undefined,
  given: RotaDraft["source"],
): { source: Rota["source"]; address?: string } {
  if (given.kind === "rotation") return { source: given };
  if (given.address === undefined && before?.source.kind === "feed") return { source: before.source };
  const found = feedSource(deps.sealer, given.address ?? "");
  if (found !== undefined) return found;
  const detail = "Give an address that begins with https:// and has no name or password in it.";
  throw new Refused([refusal("accountability.feedAddress", detail, { at: "/source/address" })], 422);
}

async function settle(deps: RotaDependencies, before: Stored<Rota> | undefined, wanted: Rota, address: string | undefined, order: Order) {
  const people = wanted.source.kind === "rotation" ? wanted.source.people : [];
  const seated = await loadSeated(deps.world, [wanted.owner], people);
  const resting = await deps.store.journeys.countOn(wanted.id);
  const events = decided(decideRota(before?.state, wanted, seated, resting));
  return save(deps, before, events, order, async (tx) => {
    if (address !== undefined) {
      await deps.feeds.putAddress(tx, wanted.id, deps.sealer.seal(address));
      await deps.requestFeed(tx, wanted.id);
    } else if (wanted.source.kind === "rotation") await deps.feeds.removeAddress(tx, wanted.id);
  });
}

async function save(
  deps: RotaDependencies,
  before: Stored<Rota> | undefined,
  events: readonly RotaEvent[],
  { by, now }: Order,
  alongside: (tx: Tx) => Promise<void> = () => Promise.resolve(),
): Promise<Stored<Rota>> {
  if (events.length === 0) return before!;
  const { change, after } = deps.store.rotas.change(before, events);
  await commitOnce(deps, {
    at: now,
    actor: { kind: "person", id: by.id },
    changes: [change],
    alongside,
  });
  return { version: change.fromVersion + events.length, state: after };
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
