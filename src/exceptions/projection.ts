/** What lists, queues and the tick need to find an exception by: columns derived from its state. Pure. */
import { instant, type Instant } from "../kernel/time.ts";
import { type Binding, type ExceptionState, findVersion, grantedUntil, openOverstay, versionInEffect } from "./exception.ts";
import { awaitedReviews, openNotices } from "./notices.ts";
import { askedOf } from "./review-record.ts";
import type { Approval, DraftContent } from "./version.ts";

/** What the provider shows, over all bindings: the worst news wins. */
export type ObservedOverall = "none" | "unknown" | "present" | "absent";

export function observedOverall(bindings: readonly Binding[]): ObservedOverall {
  if (bindings.length === 0) return "none";
  if (bindings.some((binding) => binding.observed === "present")) return "present";
  return bindings.some((binding) => binding.observed === "unknown") ? "unknown" : "absent";
}

/** The approval that is open, of the head version or of one pending beside the grant. */
export function openApproval(state: ExceptionState): Approval | undefined {
  if (state.state === "in_approval") return state.approval;
  return state.state === "active" ? (state.pending ?? undefined) : undefined;
}

/** Seats of the open stage that nobody has filled yet. */
export function awaitedRoles(state: ExceptionState): readonly string[] {
  const approval = openApproval(state);
  if (approval === undefined) return [];
  const votes = findVersion(state.dossier, approval.version)?.votes ?? [];
  const filled = new Set(votes.filter((vote) => vote.stage === approval.stage && vote.discounted === null).map((vote) => vote.seat));
  return (approval.plan.stages[approval.stage]?.roles ?? []).filter((role) => !filled.has(role));
}

/** Content a list shows: the draft while there is one, else the version in effect. */
export function shownContent(state: ExceptionState): DraftContent | undefined {
  return state.state === "draft" ? state.content : versionInEffect(state.dossier)?.content;
}

/** True while the provider has to hold it, or to let it go, or is not known to have. */
export function isLive(state: ExceptionState, binding: Binding): boolean {
  return (
    state.state !== "closed" &&
    (binding.desired === "present" || binding.observed !== "absent" || (binding.lastReadAt ?? "") < binding.orderedAt)
  );
}

/** When the earliest overstay that still lasts began. */
export function overstayFrom(bindings: readonly Binding[]): Instant | undefined {
  const starts = bindings.flatMap((binding) => openOverstay(binding)?.from ?? []);
  return starts.length === 0 ? undefined : starts.reduce((a, b) => (a < b ? a : b));
}

/** Words a search finds it by. */
export function searchWords(state: ExceptionState): string {
  const content = shownContent(state);
  const scope = content?.scope ?? [];
  return [state.dossier.ref, state.dossier.category, state.dossier.unit, content?.title, ...scope.map((item) => item.subject.name)]
    .filter(Boolean)
    .join(" ");
}

const NO_END_YET = instant("9999-12-31T00:00:00Z");

export interface Projection {
  readonly ref: string;
  readonly status: ExceptionState["state"];
  readonly category: string;
  readonly unit: string;
  readonly title: string;
  readonly owner: string | null;
  readonly requester: string;
  readonly opened_at: Instant;
  readonly first_granted_at: Instant | null;
  /** Of a draft without an end: far away, so that it sorts last and no list loses it. */
  readonly ends_at: Instant;
  readonly due_at: Instant | null;
  readonly observed: ObservedOverall;
  readonly overstay_from: Instant | null;
  readonly awaits: readonly string[];
  /** When the longest due of what was announced and waits for somebody was due. */
  readonly notice_due_at: Instant | null;
  /** When the first review that waits for an answer is due. */
  readonly review_due_at: Instant | null;
  /** People its scope stands for, as counted when it was put forward; null while nobody has counted. */
  readonly headcount: number | null;
  /** What its fallback depends on: see {@link restsOn}. */
  readonly rests_on: string | null;
  /** Whom the reviews wait for: seats and ids of people. */
  readonly review_asks: readonly string[];
  /** Whom the announcements are for: seats, ids of people, and {@link managerOf} somebody. */
  readonly notice_asks: readonly string[];
}

/** How the manager of a person is named in a list of who is asked: who that is may change without the exception. */
export function managerOf(person: string): string {
  return `manager:${person}`;
}

export function project(state: ExceptionState, dueAt: Instant | undefined): Projection {
  const { dossier } = state;
  const content = shownContent(state);
  return {
    ref: dossier.ref,
    status: state.state,
    category: dossier.category,
    unit: dossier.unit,
    title: content?.title ?? "",
    owner: dossier.owner ?? content?.accountability?.businessOwner ?? null,
    requester: dossier.requester,
    opened_at: dossier.openedAt,
    first_granted_at: dossier.lineage.firstGrantedAt,
    ends_at: grantedUntil(dossier) ?? content?.requestedUntil ?? NO_END_YET,
    due_at: dueAt ?? null,
    observed: observedOverall(dossier.bindings),
    overstay_from: overstayFrom(dossier.bindings) ?? null,
    awaits: awaitedRoles(state),
    notice_due_at: firstDueAt(openNotices(state)),
    review_due_at: firstDueAt(awaitedReviews(state)),
    headcount: headcountOf(state),
    rests_on: restsOn(content),
    review_asks: [...new Set<string>(awaitedReviews(state).flatMap((review) => askedOf(dossier, review)))].sort(),
    notice_asks: [...new Set(openNotices(state).flatMap(({ to }) => addressees(state, to)))].sort(),
  };
}

/** The connection whose control is weakened, then what the fallback depends on, one a line; null where nothing was named. */
export function restsOn(content: DraftContent | undefined): string | null {
  if (content === undefined || content.weakenedControl === null || content.fallbackDependencies.length === 0) return null;
  return [content.weakenedControl.connection, ...content.fallbackDependencies].join("\n");
}

/** Whom these seats mean for this exception, as far as its own state tells. */
export function addressees(state: ExceptionState, seats: readonly string[]): readonly string[] {
  const { dossier } = state;
  const named = shownContent(state)?.accountability;
  const people: Readonly<Record<string, string | null | undefined>> = {
    owner: dossier.owner ?? named?.businessOwner,
    deputy: named?.deputy,
    manager: managerOf(dossier.requester),
  };
  return seats.flatMap((seat) => (seat in people ? (people[seat] ?? []) : [seat]));
}

/** Whether these seats mean this person, who holds the given ones. Who owns it, and who deputises, its state tells better. */
export function isAddressed(state: ExceptionState, seats: readonly string[], person: string, held: readonly string[]): boolean {
  const byState = addressees(state, seats);
  return byState.includes(person) || seats.some((seat) => held.includes(seat) && (seat === "manager" || byState.includes(seat)));
}

/** People counted twice, in two groups of one scope, count twice: it is the most it can be. */
export function headcountOf(state: ExceptionState): number | null {
  if (state.state === "draft") return null;
  const scope = versionInEffect(state.dossier)?.content.scope;
  return scope?.reduce((sum, { headcountAtApproval }) => sum + headcountAtApproval, 0) ?? null;
}

function firstDueAt(sorted: readonly { readonly dueAt: Instant }[]): Instant | null {
  return sorted[0]?.dueAt ?? null;
}
