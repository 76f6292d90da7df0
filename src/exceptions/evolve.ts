/**
 * The fold: state from events, nothing else. It is total: an event that means nothing in a state moves nothing, and a replay
 * that differs from the stored state is then found by comparison, not by a crash.
 */
import type { EventType, ExceptionEvent, OneEvent } from "./events.ts";
import { evolveDossier, openDossier } from "./evolve-dossier.ts";
import type { Dossier, ExceptionState, StateName } from "./exception.ts";
import { nextState } from "./transitions.ts";
import type { Approval, Silence } from "./version.ts";
import type { Instant } from "../kernel/time.ts";

/** Throws RangeError only when a history does not begin with `DraftOpened`: there is no state to speak of. */
export function evolve(state: ExceptionState | undefined, event: ExceptionEvent): ExceptionState {
  if (state === undefined) return open(event);
  const dossier = evolveDossier(state.dossier, event);
  const to = nextState(state.state, event.type);
  if (to === undefined) return within({ ...state, dossier }, event);
  const since = to === state.state && event.type !== "DraftRevised" && event.type !== "SuspensionBroken" ? state.since : event.at;
  return BUILD[to]({ state, event, dossier, since });
}

/** The state after all of these events. Throws RangeError when there is none to begin with. */
export function replay(events: readonly ExceptionEvent[], from?: ExceptionState): ExceptionState {
  const state = events.reduce<ExceptionState | undefined>((before, event) => evolve(before, event), from);
  if (state === undefined) throw new RangeError("a history without events has no state");
  return state;
}

function open(event: ExceptionEvent): ExceptionState {
  if (event.type !== "DraftOpened") throw new RangeError(`a history begins with DraftOpened, not ${event.type}`);
  return { state: "draft", dossier: openDossier(event), since: event.at, n: 1, content: event.content };
}

interface Step {
  readonly state: ExceptionState;
  readonly event: ExceptionEvent;
  readonly dossier: Dossier;
  readonly since: Instant;
}

type Builder<S extends StateName> = (step: Step) => Extract<ExceptionState, { state: S }>;

const BUILD: { readonly [S in StateName]: Builder<S> } = {
  draft: ({ state, event, dossier, since }) => {
    const kept = state.state === "draft" ? state : undefined;
    const content = data(event, "ReturnedToDraft")?.content ?? data(event, "DraftRevised")?.content ?? kept?.content;
    if (content === undefined) throw new RangeError(`a draft cannot come from ${state.state} by ${event.type}`);
    return { state: "draft", dossier, since, n: data(event, "ReturnedToDraft")?.n ?? kept?.n ?? 1, content };
  },
  in_approval: ({ state, event, dossier, since }) => {
    const approval = data(event, "VersionSubmitted")?.approval ?? (state.state === "in_approval" ? state.approval : undefined);
    if (approval === undefined) throw new RangeError(`nothing to decide on from ${state.state} by ${event.type}`);
    return { state: "in_approval", dossier, since, approval };
  },
  approved: ({ dossier, since }) => ({ state: "approved", dossier, since }),
  rejected: ({ event, dossier, since }) => {
    const rejected = data(event, "VersionRejected");
    return { state: "rejected", dossier, since, by: rejected?.rejectedBy ?? dossier.requester, reason: rejected?.reason ?? "" };
  },
  withdrawn: ({ event, dossier, since }) => {
    const withdrawn = data(event, "RequestWithdrawn");
    return { state: "withdrawn", dossier, since, cause: withdrawn?.cause ?? "requester", reason: withdrawn?.reason ?? "" };
  },
  activating: ({ event, dossier, since }) => {
    const finishBy = (data(event, "ActivationBegun") ?? data(event, "ResumeBegun"))?.finishBy ?? event.at;
    return { state: "activating", dossier, since, finishBy };
  },
  active: ({ event, dossier, since }) => ({ state: "active", dossier, since, pending: data(event, "VersionSubmitted")?.approval ?? null }),
  suspending: ({ event, dossier, since }) => ({ state: "suspending", dossier, since, why: whySuspended(event) }),
  suspended: ({ state, dossier, since }) => ({ state: "suspended", dossier, since, why: state.state === "suspending" ? state.why : "" }),
  revoking: ({ dossier, since }) => ({ state: "revoking", dossier, since }),
  verifying: ({ dossier, since }) => ({ state: "verifying", dossier, since }),
  revoke_failed: ({ event, dossier, since }) => {
    const failed = data(event, "RevocationFailed");
    return { state: "revoke_failed", dossier, since, reason: failed?.reason ?? "", retryAt: failed?.retryAt ?? event.at };
  },
  closed: ({ dossier, since }) => ({ state: "closed", dossier, since }),
};

function whySuspended(event: ExceptionEvent): string {
  return (data(event, "SuspensionBegun") ?? data(event, "SuspensionBroken"))?.why ?? "";
}

function data<T extends EventType>(event: ExceptionEvent, type: T): OneEvent<T> | undefined {
  return event.type === type ? (event as unknown as OneEvent<T>) : undefined;
}

/** What changes inside a state: the open stage of what is under decision. */
function within(state: ExceptionState, event: ExceptionEvent): ExceptionState {
  if (event.type !== "StageOpened" && event.type !== "SilenceNoted") return state;
  if (state.state === "in_approval") return { ...state, approval: evolveApproval(state.approval, event) };
  if (state.state === "active" && state.pending !== null) return { ...state, pending: evolveApproval(state.pending, event) };
  return state;
}

function evolveApproval(approval: Approval, event: OneEvent<"StageOpened"> | OneEvent<"SilenceNoted">): Approval {
  if (approval.version !== event.version) return approval;
  if (event.type === "SilenceNoted") return { ...approval, silence: event.silence, answerBy: event.answerBy };
  const silence: Silence = "holders";
  return { ...approval, stage: event.stage, stageOpenedAt: event.at, answerBy: event.answerBy, silence };
}
