/** Gaps as findings: what, whose, by when. Pure. */
import type { Component } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";
import type { FindingKind, FindingSeen } from "../findings/finding.ts";
import type { PersonId } from "../people/person.ts";
import type { Crew, Seated } from "./approval.ts";
import { type Coverage, CRITICAL_TIER, POPULATION_WORDS } from "./coverage.ts";
import { type Gap, GAP_KINDS, type GapKind } from "./gaps.ts";
import type { Journey } from "./journey.ts";
import type { Rota } from "./rota.ts";

const KIND_OF: Readonly<Record<GapKind, FindingKind>> = {
  unowned: "accountabilityGap",
  departed: "departedPerson",
  emptyTeam: "teamWithoutPerson",
  unapproved: "modelNotApproved",
  approvalVoid: "modelNotApproved",
  noRota: "onCallGap",
  nobodyOnPoint: "onCallGap",
  onPointUnknown: "onCallGap",
  aboutGone: "accountabilityGap",
};

interface Around {
  /** What people call the journey. */
  readonly name: string;
  readonly owner: PersonId | null;
}

/** All but what is wrong with its rota: that is one finding, however many journeys rest on it. */
export function findingsOfJourney({ id }: Journey, gaps: readonly Gap[], { name, owner }: Around): readonly FindingSeen[] {
  const own = gaps.filter(({ kind }) => kind !== "nobodyOnPoint" && kind !== "onPointUnknown");
  return own.map(({ kind, seat, statement }) => ({
    kind: KIND_OF[kind],
    key: `${id} ${seat ?? "journey"} ${KIND_OF[kind]}`,
    subject: { kind: "journey", id },
    statement: `${name}: ${statement}`,
    owner,
    ...GAP_KINDS[kind],
  }));
}

export function findingOfRota({ id, name }: Rota, { kind, statement }: Gap, owner: PersonId | null): FindingSeen {
  return {
    kind: KIND_OF[kind],
    key: `${id} ${KIND_OF[kind]}`,
    subject: { kind: "rota", id },
    statement: `${name}: ${statement}`,
    owner,
    ...GAP_KINDS[kind],
  };
}

const DAYS_TO_ADD_A_WAY = 90;

/** A missing or weaker way in is whose operation it is. Of what is critical it is severe. */
export function findingsOfCoverage({ key, criticality }: Operation, { gaps }: Coverage, owner: PersonId | null): readonly FindingSeen[] {
  return gaps.map(({ kind, role, population, path, statement }) => ({
    kind,
    key: `${key} ${kind} ${role} ${path ?? population ?? ""}`.trimEnd(),
    subject: { kind: "operation", id: key },
    statement,
    owner,
    dueInDays: DAYS_TO_ADD_A_WAY,
    severity: criticality === 1 ? "high" : "medium",
  }));
}

const OPERATION_SEATS = {
  businessOwner: "business owner",
  maintainer: "maintainer",
  modelApprover: "approver of its model",
  onCall: "person on call",
} as const;

/** The persons an operation names itself, beside its journeys. */
export function findingsOfOperation(operation: Operation, seated: Seated): readonly FindingSeen[] {
  const { key, name } = operation;
  return Object.entries(OPERATION_SEATS).flatMap(([seat, words]) => {
    const holder = operation[seat as keyof typeof OPERATION_SEATS];
    // Who is called and who approves may be said by its journeys alone.
    const isAsked = seat === "businessOwner" || seat === "maintainer";
    if (holder === null && !isAsked) return [];
    const subject = { kind: "operation", id: key } as const;
    return named({ key: `${key} ${seat}`, subject, name, words, holder, owner: ownerOf(operation, seated) }, seated);
  });
}

/** Whoever gets in by a primary path of what is critical, and no journey says who answers when that fails. */
export function findingsOfUndescribed(operation: Operation, isDescribed: IsDescribed, owner: PersonId | null): readonly FindingSeen[] {
  const { key, name, application, criticality, paths } = operation;
  if (criticality > CRITICAL_TIER) return [];
  const served = new Set(paths.filter(({ role }) => role === "primary").map(({ population }) => population));
  return [...served]
    .filter((population) => !isDescribed(population, { kind: "operation", key }))
    .filter((population) => application === null || !isDescribed(population, { kind: "application", key: application }))
    .map((population) => ({
      kind: "accountabilityGap",
      key: `${key} journey ${population}`,
      subject: { kind: "operation", id: key },
      statement: `Nothing says who answers for the sign-in of ${POPULATION_WORDS[population]} to ${name}, and who is on point when it fails.`,
      owner,
      ...GAP_KINDS.unowned,
    }));
}

/** Whether a journey in use is of this population, to this, on whatever devices. */
export type IsDescribed = (population: Journey["population"], about: Journey["about"]) => boolean;

export function findingsOfComponent({ key, name, owner }: Component, seated: Seated): readonly FindingSeen[] {
  return named(
    { key: `component ${key} owner`, subject: { kind: "component", id: key }, name, words: "owner", holder: owner, owner: null },
    seated,
  );
}

interface Holding {
  readonly key: string;
  readonly subject: FindingSeen["subject"];
  readonly name: string;
  readonly words: string;
  readonly holder: PersonId | null;
  /** Who else answers for it. */
  readonly owner: PersonId | null;
}

function named({ key, subject, name, words, holder, owner }: Holding, seated: Seated): readonly FindingSeen[] {
  if (holder === null) {
    const statement = `${name} has no ${words}.`;
    return [{ kind: "accountabilityGap", key, subject, statement, owner, ...GAP_KINDS.unowned }];
  }
  const person = seated.person(holder);
  if (person?.active === true) return [];
  const statement = `The ${words} of ${name}, ${person?.displayName ?? holder}, has left.`;
  return [{ kind: "departedPerson", key, subject, statement, owner, ...GAP_KINDS.departed }];
}

/** Something of the estate that one person answers for by name. */
export interface Answered {
  readonly id: string;
  readonly name: string;
  readonly holder: PersonId;
}

/** Whose it was has left; governance is told, for nobody else is known to answer for it. */
export function findingOfAnswered({ id, name, holder }: Answered, seated: Seated): FindingSeen | undefined {
  const person = seated.person(holder);
  if (person?.active === true) return undefined;
  const statement = `${person?.displayName ?? holder}, who answers for ${name}, has left.`;
  const subject = { kind: "person", id: holder } as const;
  return { kind: "departedPerson", key: id, subject, statement, owner: null, ...GAP_KINDS.departed };
}

/** A team in use in which nobody is left. */
export function findingOfTeam({ id, name, lead, members, isDissolved }: Crew, seated: Seated): FindingSeen | undefined {
  const isFilled = [...(lead === null ? [] : [lead]), ...members].some((person) => seated.person(person)?.active === true);
  if (isDissolved || isFilled) return undefined;
  const statement = `The team ${name} has nobody who is still here.`;
  return { kind: "teamWithoutPerson", key: `team ${id}`, subject: { kind: "team", id }, statement, owner: null, ...GAP_KINDS.emptyTeam };
}

export function ownerOf({ businessOwner, maintainer }: Operation, seated: Seated): PersonId | null {
  return [businessOwner, maintainer].find((id) => id !== null && seated.person(id)?.active === true) ?? null;
}
