/** What every part of the decision shares: the moment, the facts, and who has a stake. */
import { accept, type Decision, unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { ExceptionEvent, Stamper } from "./events.ts";
import type { Dossier, ExceptionState, StateName } from "./exception.ts";
import { actingPerson, factsAbout, type Facts, holdsRole } from "./facts.ts";
import { GOVERNANCE } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import type { PersonId, Role } from "./version.ts";

export interface Deciding {
  readonly now: Instant;
  readonly facts: Facts;
  readonly stamp: Stamper;
}

export type Outcome = Decision<ExceptionEvent>;

/** Nothing to do, and nothing wrong: what a repeated message from a clock or a provider deserves. */
export const NO_CHANGE: Outcome = accept();

export function declineFor(reasons: readonly Refusal[]): Outcome {
  return unless(reasons, () => []);
}

export function notInThisState(state: ExceptionState, states: readonly StateName[]): readonly Refusal[] {
  const detail = `It is ${state.state}; this needs ${states.join(" or ")}.`;
  return refuseIf(!states.includes(state.state), "exceptions.notInThisState", detail);
}

export function wrongState(state: ExceptionState, states: readonly StateName[]): Outcome {
  return declineFor([refuse("exceptions.notInThisState", `It is ${state.state}; this needs ${states.join(" or ")}.`)]);
}

/** A person who is employed and enabled now; a system never decides. */
export function personReasons(facts: Facts): readonly Refusal[] {
  const person = actingPerson(facts);
  const missing = person === undefined || !factsAbout(facts, person).active;
  return refuseIf(missing, "exceptions.personNeeded", "Only a person who is known and active can do this.");
}

export function assertionReasons(facts: Facts): readonly Refusal[] {
  const detail = "Confirm with your passkey: a decision is signed over exactly what it decides.";
  return refuseIf(facts.assertion === null || facts.assertion === "", "exceptions.assertionNeeded", detail);
}

/** True for the requester, whoever acts for them, and the owner: those who may withdraw and put forward. */
export function asks(dossier: Dossier, facts: Facts): boolean {
  const person = actingPerson(facts);
  return person !== undefined && (isAsker(dossier, facts, person) || person === dossier.owner);
}

/** The requester, or somebody who acts for them now. */
export function isAsker(dossier: Dossier, facts: Facts, person: PersonId): boolean {
  return person === dossier.requester || (facts.actsFor[dossier.requester] ?? []).includes(person);
}

export function answersFor(dossier: Dossier, person: PersonId): boolean {
  const named = dossier.versions.at(-1)?.content.accountability;
  return person === dossier.owner || person === named?.deputy || person === named?.implementer;
}

export function holdsAnyRole(facts: Facts, person: PersonId, roles: readonly Role[]): boolean {
  return roles.some((role) => holdsRole(facts, person, role));
}

/** Whoever may switch it off: off is the safe side, so this is wide; a system acts by rule. */
export function mayEnd(dossier: Dossier, facts: Facts): boolean {
  const person = actingPerson(facts);
  if (person === undefined) return true;
  if (!factsAbout(facts, person).active) return false;
  const { reviewerRoles, implementerRoles } = facts.policy;
  return (
    asks(dossier, facts) || answersFor(dossier, person) || holdsAnyRole(facts, person, [...reviewerRoles, ...implementerRoles, GOVERNANCE])
  );
}

export const NOT_YOURS = "Only the requester, the owner, the implementer, reviewers and governance may do this.";
