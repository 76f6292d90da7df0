/** The start page: what needs somebody, and what the organisation has to know today. */
import { isStale } from "../connections/freshness.ts";
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Caller } from "../platform/http.ts";
import type { TodayView, WaitingView } from "./contract-today.ts";
import { type ExceptionState, findVersion } from "./exception.ts";
import { barredFromOpen, barredFromReview } from "./load-addressees.ts";
import { lastLooks } from "./binding-store.ts";
import { awaitedReviews, openNotices } from "./notices.ts";
import { addressees, openApproval, restsOn, shownContent } from "./projection.ts";
import { askedOf } from "./review-record.ts";
import { type ExceptionDependencies, policyOf } from "./service.ts";
import type { TodayStore } from "./today-store.ts";
import { useAskedOf } from "./use.ts";
import { peopleIn, rowView } from "./view.ts";

/** Those who read for the organisation; everybody else is shown what is theirs. */
const READS_FOR_ALL = ["administrator", "iam", "security_governance", "executive", "auditor"];
const READS_BYPASSES = [...READS_FOR_ALL, "application_owner"];

const SHOWN = 8;
/** Of so many: some are not for the caller after all, who may have asked or voted. */
const LOOKED_AT = 40;
/** Sorts after every instant. */
const NO_DUE = "~";
const ENDED_WITHIN = duration("P7D");

export interface TodayDependencies extends ExceptionDependencies {
  readonly todayStore: TodayStore;
  readonly countBypasses: () => Promise<Record<string, number>>;
  /** Every provider that is connected, and when it was last read in full. */
  readonly providers: () => Promise<readonly { readonly id: string; readonly name: string; readonly readAt: Instant | null }[]>;
}

export interface TodayReader extends Caller {
  /** What they are asked as: their seats, their id, the manager of those who report to them. */
  readonly asks: readonly string[];
}

export async function showToday(deps: TodayDependencies, caller: TodayReader, now: Instant): Promise<TodayView> {
  const isForAll = READS_FOR_ALL.some((role) => caller.roles.includes(role));
  const few = { person: isForAll ? undefined : caller.personId, limit: SHOWN + 1 };
  const show = (state: ExceptionState) => rowOf(deps, state, now);
  const ended = await deps.todayStore.closedSince(subtractDuration(now, ENDED_WITHIN), few);
  return {
    scope: isForAll ? "all" : "own",
    needsMe: await fewOf(await waitingFor(deps, caller), ({ state, ...rest }) => show(state).then((exception) => ({ ...rest, exception }))),
    ended: await fewOf(ended, async ({ state, closedAt }) => ({ exception: await show(state), closedAt })),
    notEnded: await fewOf(await deps.todayStore.notEnded(few), show),
    unknown: {
      exceptions: await fewOf(await deps.todayStore.unknown(few), show),
      unregisteredBypasses: READS_BYPASSES.some((role) => caller.roles.includes(role)) ? await unregistered(deps) : null,
      unreadProviders: (await deps.providers()).filter(({ readAt }) => isStale(readAt, now)),
    },
  };
}

type Waiting = Omit<WaitingView, "exception"> & { readonly state: ExceptionState };

/** Ordered by when an answer is due; what nothing presses for comes last. */
async function waitingFor(deps: TodayDependencies, reader: TodayReader): Promise<Waiting[]> {
  const found = [
    ...(await votes(deps, reader)),
    ...(await reviews(deps, reader)),
    ...(await notices(deps, reader)),
    ...(await deps.todayStore.drafts(reader.personId, SHOWN + 1)).map((state): Waiting => ({
      kind: "draft",
      state,
      dueAt: null,
      cause: null,
      review: null,
    })),
  ];
  return found.toSorted((a, b) => (a.dueAt ?? NO_DUE).localeCompare(b.dueAt ?? NO_DUE));
}

async function votes({ store }: TodayDependencies, { personId, asks }: TodayReader): Promise<Waiting[]> {
  const { items } = await store.list({ awaitsAnyOf: asks, sort: "ends", descending: false, limit: LOOKED_AT });
  return items.flatMap(({ exception: state }): Waiting[] => {
    const approval = openApproval(state);
    if (approval === undefined || barredFromOpen(state).has(personId)) return [];
    return [
      { kind: "vote", state, dueAt: approval.answerBy, cause: findVersion(state.dossier, approval.version)?.purpose ?? null, review: null },
    ];
  });
}

async function reviews({ store }: TodayDependencies, { personId, asks }: TodayReader): Promise<Waiting[]> {
  const narrowed = { asksAnyOf: asks, notRequestedBy: personId, limit: LOOKED_AT };
  const { items } = await store.list({ ...narrowed, sort: "reviews", descending: false });
  const answerable = items.filter(({ exception }) => !barredFromReview(exception).has(personId));
  return answerable.flatMap(({ exception: state }) =>
    awaitedReviews(state)
      .filter((review) => review.begunBy !== personId && isAny(askedOf(state.dossier, review), asks))
      .map(({ id, dueAt, cause }): Waiting => ({ kind: "review", state, dueAt, cause, review: id })),
  );
}

/** Reminders and escalations; one for an exception is enough to go and look, and an escalation comes first. */
async function notices({ store }: TodayDependencies, { asks }: TodayReader): Promise<Waiting[]> {
  const { items } = await store.list({ asksAnyOf: asks, sort: "notices", descending: false, limit: LOOKED_AT });
  return items.flatMap(({ exception: state }) =>
    openNotices(state)
      .filter(({ to }) => isAny(addressees(state, to), asks))
      .sort((a, b) => Number(b.kind === "escalation") - Number(a.kind === "escalation"))
      .slice(0, 1)
      .map(({ kind, dueAt, cause }): Waiting => ({ kind, state, dueAt, cause, review: null })),
  );
}

function isAny(asked: readonly string[], asks: readonly string[]): boolean {
  return asked.some((each) => asks.includes(each));
}

async function fewOf<Item, View>(
  items: readonly Item[],
  show: (item: Item) => Promise<View>,
): Promise<{ items: View[]; hasMore: boolean }> {
  return { items: await Promise.all(items.slice(0, SHOWN).map(show)), hasMore: items.length > SHOWN };
}

async function rowOf(deps: TodayDependencies, state: ExceptionState, now: Instant) {
  const people = await Promise.all(
    peopleIn(state)
      .slice(0, 3)
      .map((id) => deps.world.person(id)),
  );
  const names = Object.fromEntries(people.flatMap((person) => (person === undefined ? [] : [[person.id, person.name]])));
  const repeats = await deps.store.repeatsOf(state.dossier.id);
  const looks = await lastLooks(deps.db, [state.dossier.id]);
  const fallbackSharesFate = (await deps.world.sharedFates())(restsOn(shownContent(state)));
  const drills = await deps.world.drillSubjects();
  const uses = await deps.world.usesOf([useAskedOf(state)], now);
  return rowView(state, await policyOf(deps, state.dossier.category), now, names, { repeats, looks, drills, uses, fallbackSharesFate });
}

async function unregistered(deps: TodayDependencies): Promise<number> {
  const counts = await deps.countBypasses();
  return (counts["unregistered"] ?? 0) + (counts["escalated"] ?? 0);
}
