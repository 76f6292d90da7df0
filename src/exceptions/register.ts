/** Reading the register for people: rows and whole exceptions with names, time line and what the reader may do. */
import type { Instant } from "../kernel/time.ts";
import { actionsFor } from "./actions.ts";
import type { LoadView, NoticesView, ReviewsView } from "./contract-lists.ts";
import type { ExceptionRowView, ExceptionView } from "./contract-views.ts";
import type { ExceptionEvent } from "./events.ts";
import { versionInEffect } from "./exception.ts";
import { type ExceptionDependencies, load, policyOf } from "./service.ts";
import type { ListedException, ListFilter, StoredException } from "./store.ts";
import { allRestsOn } from "./fallback-store.ts";
import { loadGrounds } from "./load-facts.ts";
import { lastLooks } from "./binding-store.ts";
import { awaitedReviews, type Notice, openNotices } from "./notices.ts";
import { type CategoryPolicy, GOVERNANCE } from "./policy.ts";
import { addressees, isAddressed, restsOn, shownContent } from "./projection.ts";
import { awaitedView, peopleHandingOn, recertificationView } from "./recertification-view.ts";
import { askedOf } from "./review-record.ts";
import { seatsOf } from "./seats.ts";
import { LANES, sentenceOf } from "./timeline.ts";
import { type Use, useAskedOf } from "./use.ts";
import type { PersonId } from "./version.ts";
import { fullView, type Names, peopleIn, rowView } from "./view.ts";

export interface RegisterDependencies extends ExceptionDependencies {
  /** Journal entries of a subject, oldest first. */
  readonly entriesOf: (subject: string) => Promise<readonly RegisterEntry[]>;
}

/** A journal entry as the time line needs it. */
export interface RegisterEntry {
  readonly id: string;
  readonly type: string;
  readonly at: Instant;
  readonly actor: { readonly kind: "person" | "system"; readonly id: string; readonly onBehalfOf?: string };
  readonly data: unknown;
}

interface Reader {
  readonly id: string;
  readonly roles: readonly string[];
}

export async function listRegister(
  deps: ExceptionDependencies,
  filter: ListFilter,
  now: Instant,
): Promise<{ items: ExceptionRowView[]; next?: string }> {
  return listWith(deps, await withSharedFates(deps, filter), now, (row) => row);
}

/** A filter for fallbacks that share the fate of what they stand in for says which those are now. */
export async function withSharedFates<Filter extends { readonly sharedFate?: boolean }>(
  { db, world }: Pick<ExceptionDependencies, "db" | "world">,
  filter: Filter,
): Promise<Filter & { readonly restsOnAnyOf?: readonly string[] }> {
  if (filter.sharedFate !== true) return filter;
  const sharesFate = await world.sharedFates();
  return { ...filter, restsOnAnyOf: (await allRestsOn(db)).filter(sharesFate) };
}

/** Announced and not taken on: each exception with what waits for somebody, the longest due first. */
export function listNotices(
  deps: RegisterDependencies,
  page: Narrowing,
  reader: Reader,
  now: Instant,
): Promise<{ items: NoticesView[]; next?: string }> {
  const isFor = asksAny(page.asksAnyOf);
  return listWith(deps, { ...page, sort: "notices", descending: false }, now, async (row, state) => {
    const notices = openNotices(state).filter(({ to }) => isFor(addressees(state, to)));
    const isEscalated = notices.some(({ kind }) => kind === "escalation");
    const held = isEscalated ? await seatsHeld(deps, state, reader) : [];
    const mayTakeOn = ({ kind, to }: Notice) => kind === "escalation" && isAddressed(state, [...to, GOVERNANCE], reader.id, held);
    return { ...row, notices: notices.map((notice) => ({ ...notice, to: [...notice.to], mayTakeOn: mayTakeOn(notice) })) };
  });
}

async function seatsHeld({ world }: RegisterDependencies, state: StoredException["exception"], { id, roles }: Reader) {
  return seatsOf(id as PersonId, { ...(await loadGrounds(world, state, shownContent(state))), generalRoles: roles });
}

function asksAny(asks: readonly string[] | undefined): (asked: readonly string[]) => boolean {
  return (asked) => asks === undefined || asked.some((each) => asks.includes(each));
}

/** Reviews that wait for an answer, the first due first, with what makes the answer cost a thought. */
export function listReviews(deps: RegisterDependencies, page: Narrowing, now: Instant): Promise<{ items: ReviewsView[]; next?: string }> {
  const isFor = asksAny(page.asksAnyOf);
  return listWith(deps, { ...page, sort: "reviews", descending: false }, now, (row, state, policy, names, use) => ({
    ...row,
    reviews: awaitedReviews(state)
      .filter((review) => isFor(askedOf(state.dossier, review)))
      .map((review) => awaitedView(review, { state, policy, names, hash: deps.hash })),
    recertification: recertificationView(state, policy, use, now),
    residualRisk: versionInEffect(state.dossier)?.content.residualRisk ?? null,
  }));
}

/** How many votes and reviews wait for whom. */
export async function showLoad(deps: RegisterDependencies): Promise<LoadView[]> {
  const loads = await deps.store.load();
  const names = await namesOf(
    deps,
    loads.map(({ asked }) => asked).filter((asked) => asked.startsWith("per_")),
  );
  return loads.map((load) => ({ ...load, personName: names[load.asked] ?? null }));
}

type Narrowing = Omit<ListFilter, "sort" | "descending">;

async function listWith<View>(
  deps: ExceptionDependencies,
  filter: ListFilter,
  now: Instant,
  view: (
    row: ExceptionRowView,
    state: StoredException["exception"],
    policy: CategoryPolicy,
    names: Names,
    use: Use | null,
  ) => View | Promise<View>,
): Promise<{ items: View[]; next?: string }> {
  const { items, next } = await deps.store.list(filter);
  const views = await viewsOf(deps, items, now, view);
  return { items: views, ...(next !== undefined && { next }) };
}

/** Rows of the register as a list shows them. */
export function rowsOf(deps: ExceptionDependencies, items: readonly ListedException[], now: Instant): Promise<ExceptionRowView[]> {
  return viewsOf(deps, items, now, (row) => row);
}

type RowToView<View> = Parameters<typeof listWith<View>>[3];

async function viewsOf<View>(
  deps: ExceptionDependencies,
  items: readonly ListedException[],
  now: Instant,
  view: RowToView<View>,
): Promise<View[]> {
  const names = await namesOf(
    deps,
    items.flatMap(({ exception }) => [...ownerOf(exception), ...peopleHandingOn(exception)]),
  );
  const looks = await lastLooks(
    deps.db,
    items.map(({ exception }) => exception.dossier.id),
  );
  const sharesFate = await deps.world.sharedFates();
  const drills = await deps.world.drillSubjects();
  const uses = await deps.world.usesOf(
    items.map(({ exception }) => useAskedOf(exception)),
    now,
  );
  const policies = new Map<string, CategoryPolicy>();
  for (const key of new Set(items.map(({ exception }) => exception.dossier.category))) policies.set(key, await policyOf(deps, key));
  return Promise.all(
    items.map(async ({ exception, repeats }) => {
      const policy = policies.get(exception.dossier.category)!;
      const beside = { repeats, looks, drills, uses, fallbackSharesFate: sharesFate(restsOn(shownContent(exception))) };
      return view(rowView(exception, policy, now, names, beside), exception, policy, names, uses.get(exception.dossier.id) ?? null);
    }),
  );
}

const ownerOf = (state: StoredException["exception"]): string[] => peopleIn(state).slice(0, 3);

/** One exception as its reader sees it. Throws `exceptions.notFound`. */
export async function showException(deps: RegisterDependencies, idOrRef: string, reader: Reader, now: Instant): Promise<ExceptionView> {
  const stored = await load(deps, idOrRef);
  return show(deps, stored, reader, now);
}

export async function show(deps: RegisterDependencies, stored: StoredException, reader: Reader, now: Instant): Promise<ExceptionView> {
  const { exception, version } = stored;
  const entries = await deps.entriesOf(exception.dossier.id);
  const names = await namesOf(deps, [
    ...peopleIn(exception),
    ...entries.filter((entry) => entry.actor.kind === "person").map((entry) => entry.actor.id),
  ]);
  const policy = await policyOf(deps, exception.dossier.category);
  return fullView(exception, {
    policy,
    now,
    names,
    version,
    timeline: entries.map((entry) => timelineOf(entry, names)),
    actions: actionsFor(exception, { ...reader, actsForRequester: await actsForRequester(deps, exception, reader, now) }, policy),
    repeats: await deps.store.repeatsOf(exception.dossier.id),
    looks: await lastLooks(deps.db, [exception.dossier.id]),
    fallbackSharesFate: (await deps.world.sharedFates())(restsOn(shownContent(exception))),
    drills: await deps.world.drillSubjects(),
    uses: await deps.world.usesOf([useAskedOf(exception)], now),
  });
}

async function actsForRequester(deps: RegisterDependencies, { dossier }: StoredException["exception"], { id }: Reader, now: Instant) {
  return (await deps.world.actsFor(dossier.requester, now)).some((person) => person === id);
}

function timelineOf(entry: RegisterEntry, names: Names): ExceptionView["timeline"][number] {
  const event = { type: entry.type, ...(entry.data as object) } as ExceptionEvent;
  return {
    entry: entry.id,
    at: entry.at,
    type: entry.type,
    lane: LANES[event.type],
    actor: { ...entry.actor },
    actorName: names[entry.actor.id] ?? null,
    words: sentenceOf(event),
  };
}

async function namesOf(deps: ExceptionDependencies, ids: readonly string[]): Promise<Names> {
  const people = await Promise.all([...new Set(ids)].map((id) => deps.world.person(id)));
  return Object.fromEntries(people.flatMap((person) => (person === undefined ? [] : [[person.id, person.name]])));
}
