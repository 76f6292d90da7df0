/**
 * What time alone demands. One list says what will be due and when; `dueAt` is its first instant (the store indexes it, so a
 * tick costs what is due, not what is stored) and `due` is the part of it that has come. After an outage everything overdue
 * comes back, once, each with the instant it was due.
 */
import { accept, type Decision } from "../kernel/decision.ts";
import { addDuration, duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { AgendaItem } from "./agenda.ts";
import { agendaOfReviews } from "./agenda-of-reviews.ts";
import { type ByState, byState } from "./by-state.ts";
import type { ExceptionCommand } from "./commands.ts";
import { decide } from "./decide.ts";
import { endsAt } from "./decide-end.ts";
import { underDecision } from "./decide-vote.ts";
import type { ExceptionEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { type Binding, type Dossier, type ExceptionState, grantedUntil, openOverstay } from "./exception.ts";
import type { Facts } from "./facts.ts";
import type { CategoryPolicy } from "./policy.ts";

/** Everything that will be due if nothing else happens, earliest first. */
export function agenda(state: ExceptionState, policy: CategoryPolicy): readonly AgendaItem[] {
  const items = [
    ...agendaOfState(state, policy),
    ...agendaOfReviews(state, policy),
    ...agendaOfOverstays(state, policy),
    ...reminders(state, policy),
  ];
  return items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The next instant at which anything is due; undefined when nothing ever is. */
export function dueAt(state: ExceptionState, policy: CategoryPolicy): Instant | undefined {
  return agenda(state, policy)[0]?.at;
}

/** What is due now, earliest first. Each changes the state, so ask again after each. */
export function due(state: ExceptionState, now: Instant, policy: CategoryPolicy): readonly ExceptionCommand[] {
  return agenda(state, policy)
    .filter((item) => item.at <= now)
    .map((item) => item.command);
}

/** Decides everything due, one on top of the other. `facts` must name a system as the actor. */
export function catchUp(state: ExceptionState, now: Instant, facts: Facts): Decision<ExceptionEvent> {
  const events: ExceptionEvent[] = [];
  let current = state;
  for (let command = due(current, now, facts.policy)[0]; command !== undefined; command = due(current, now, facts.policy)[0]) {
    const decided = decide(current, command, now, facts);
    if (!decided.accepted) return decided;
    if (decided.events.length === 0) throw new Error(`${command.type} was due and did nothing`);
    events.push(...decided.events);
    current = decided.events.reduce<ExceptionState>(evolve, current);
  }
  return accept(...events);
}

function agendaOfState(state: ExceptionState, policy: CategoryPolicy): readonly AgendaItem[] {
  const items: AgendaItem[] = [];
  const end = endsAt(state);
  if (end !== undefined) items.push({ at: end, command: { type: "expire", dueAt: end } });
  const approval = underDecision(state);
  if (approval !== undefined) items.push(timed("lapseAnswer", approval.answerBy));
  return [...items, ...byState(OF_ITS_OWN, state, policy)];
}

type Own = readonly AgendaItem[];
const nothing = (): Own => [];
const answer = (state: ExceptionState, policy: CategoryPolicy): Own => [
  timed("giveUpOnAnswer", addDuration(state.since, policy.answerFromProviderWithin)),
];

const OF_ITS_OWN: ByState<Own, [CategoryPolicy]> = {
  draft: ({ dossier, since }, policy) =>
    dossier.origin.kind === "inherited" ? [] : [timed("lapseAnswer", addDuration(since, policy.draftIdleFor))],
  in_approval: nothing,
  approved: ({ dossier }) => dossier.grants.slice(-1).map((grant) => timed("beginActivation", grant.validFrom)),
  activating: ({ finishBy }) => [timed("giveUpActivation", finishBy)],
  active: nothing,
  suspending: answer,
  suspended: nothing,
  revoking: answer,
  verifying: answer,
  revoke_failed: ({ retryAt }) => [timed("retryRevoke", retryAt)],
  rejected: nothing,
  withdrawn: nothing,
  closed: nothing,
};

type Timed = "lapseAnswer" | "beginActivation" | "giveUpActivation" | "giveUpOnAnswer" | "retryRevoke";

function timed(type: Timed, at: Instant): AgendaItem {
  return { at, command: { type, dueAt: at } };
}

/** The longer a bypass outlives its right, the higher the alarm. */
function agendaOfOverstays(state: ExceptionState, policy: CategoryPolicy): readonly AgendaItem[] {
  return state.dossier.bindings.flatMap((binding) => escalationsOf(state.dossier, binding, policy));
}

function escalationsOf(dossier: Dossier, binding: Binding, policy: CategoryPolicy): readonly AgendaItem[] {
  const overstay = openOverstay(binding);
  if (overstay === undefined) return [];
  return policy.escalateOverstay.flatMap(({ after, level, to }) => {
    const key = `overstay:${binding.id}:${overstay.from}:${level}`;
    if (dossier.escalations.some((one) => one.key === key)) return [];
    const at = addDuration(overstay.from, after);
    return [{ at, command: { type: "escalate", key, cause: "overstay", level, assignees: to, dueAt: at } }];
  });
}

/** T−30 … T−1 before the end; T-0 is announced by the end itself. Those whose day had passed when it was granted are left out. */
function reminders(state: ExceptionState, policy: CategoryPolicy): readonly AgendaItem[] {
  const { dossier } = state;
  const end = grantedUntil(dossier);
  const since = dossier.grants.findLast((grant) => grant.kind !== "emergency")?.grantedAt;
  if (end === undefined || since === undefined || (state.state !== "active" && state.state !== "suspended")) return [];
  return policy.remindBefore.flatMap(({ daysBefore, to }) => {
    const at = subtractDuration(end, duration(`P${daysBefore}D`));
    const key = `${end} T-${daysBefore}`;
    if (daysBefore === 0 || at <= since || dossier.reminders.some((one) => one.key === key)) return [];
    return [{ at, command: { type: "remind", key, daysBefore, to, dueAt: at } }];
  });
}
