/** A plan in words people can check: what comes, what changes from what to what, and what the file does not mention. */
import { type AccessModel, identityText, type Journey } from "../accountability/journey.ts";
import type { Seat } from "../accountability/seat.ts";
import { journeyName } from "../accountability/words.ts";
import type { Account, PersonEvent, PersonId } from "../people/person.ts";
import { expressionWords, isCompound } from "./expression.ts";
import { type EstateFile, PERSON_WORDS, type PlanKind } from "./file.ts";
import type { Steps } from "./plan.ts";
import type { Known, Step } from "./planning.ts";

export interface PlanItem {
  readonly kind: PlanKind;
  readonly key: string;
  readonly name: string;
}

export interface FieldChange {
  readonly field: string;
  /** Null where there was or will be nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface Plan {
  readonly dryRun: boolean;
  readonly created: readonly PlanItem[];
  readonly changed: readonly (PlanItem & { readonly fields: readonly FieldChange[] })[];
  /** Items of the file that are as it says. */
  readonly unchanged: number;
  /** Known by a key the file does not mention: left as they are, since a line that is gone is no order to end something. */
  readonly leftAlone: readonly PlanItem[];
}

type AnyEvent = { readonly type: string; readonly data: object };
type AnyStep = Step<object, AnyEvent>;
/** The name of a person by id. */
type NameOf = (id: string) => string | undefined;

export function planWords(steps: Steps, known: Known, file: EstateFile, dryRun: boolean): Plan {
  const nameOf = namesOf(steps, known);
  const all = allSteps(steps);
  const changed = all.filter(({ step }) => step.before !== undefined && step.events.length > 0);
  return {
    dryRun,
    created: all.filter(({ step }) => step.before === undefined).map(({ item }) => item),
    changed: changed.map(({ item, step }) => ({ ...item, fields: fieldsOf(step, nameOf) })),
    unchanged: all.filter(({ step }) => step.before !== undefined && step.events.length === 0).length,
    leftAlone: leftAlone(known, file),
  };
}

function keyed(kind: PlanKind, list: readonly Step<{ readonly key: string; readonly name: string }, AnyEvent>[]) {
  return list.map((step) => ({ item: { kind, key: step.after.key, name: step.after.name }, step }));
}

function allSteps(steps: Steps): readonly { readonly item: PlanItem; readonly step: AnyStep }[] {
  return [
    ...steps.organisation.map((step) => ({ item: { kind: "organisation" as const, key: "organisation", name: step.after.name }, step })),
    ...steps.people.map((step) => ({
      item: { kind: "person" as const, key: step.after.key ?? step.after.id, name: step.after.displayName },
      step,
    })),
    ...keyed("team", steps.teams),
    ...keyed("application", steps.applications),
    ...keyed("deviceClass", steps.deviceClasses),
    ...keyed("vendor", steps.vendors),
    ...keyed("component", steps.components),
    ...keyed("commonCause", steps.commonCauses),
    ...keyed("operation", steps.operations),
    ...keyed("rota", steps.rotas),
    ...steps.journeys.map((step) => ({ item: { kind: "journey" as const, ...calledOf(step.after) }, step })),
  ];
}

/** A journey has no key and no name of its own. */
function calledOf(journey: Journey): Pick<PlanItem, "key" | "name"> {
  return { key: identityText(journey), name: journeyName({ journey, aboutName: undefined, deviceClassName: undefined }) };
}

function namesOf(steps: Steps, known: Known): NameOf {
  const persons = [...known.persons.map(({ state }) => state), ...steps.people.map(({ after }) => after)];
  const keyedOnes = [...states(known.teams), ...states(known.rotas), ...[...steps.teams, ...steps.rotas].map(({ after }) => after)];
  const names = new Map<string, string>([
    ...keyedOnes.map(({ id, key }) => [id, key] as const),
    ...persons.map(({ id, key, displayName }) => [id, key ?? displayName] as const),
  ]);
  return (id) => names.get(id);
}

function fieldsOf(step: AnyStep, nameOf: NameOf): readonly FieldChange[] {
  const before = step.before?.state as Readonly<Record<string, unknown>>;
  return step.events.flatMap((event) => {
    const other = lifeOf(event as PersonEvent);
    if (other !== undefined) return [other];
    return Object.entries(event.data).map(([field, value]) => ({
      field: PERSON_WORDS[field] ?? field,
      before: shown(before[field], nameOf),
      after: shown(value, nameOf),
    }));
  });
}

/** What the events of a person that are not about one field say. */
function lifeOf(event: PersonEvent): FieldChange | undefined {
  if (event.type === "accountRecorded") return { field: "accounts", before: null, after: accountWords(event.data) };
  if (event.type === "personLeft") return { field: "active", before: "true", after: "false" };
  return event.type === "personReturned" ? { field: "active", before: "false", after: "true" } : undefined;
}

function accountWords({ connection, key, secondary }: Account): string {
  return `${key} in ${connection}${secondary ? " (secondary)" : ""}`;
}

function shown(value: unknown, nameOf: NameOf): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((each) => shown(each, nameOf)).join(", ");
  if (isCompound(value)) return expressionWords(value);
  if (isModel(value)) return value.statement;
  if (isSeat(value)) return nameOf(value.id) ?? value.id;
  if (typeof value === "object")
    return Object.values(value)
      .flatMap((each) => shown(each, nameOf) ?? [])
      .join(" ");
  return nameOf(value as PersonId) ?? JSON.stringify(value).replaceAll('"', "");
}

/** Of an access model people compare the words; who wrote them when is in the journal. */
function isModel(value: unknown): value is AccessModel {
  return typeof value === "object" && value !== null && "statement" in value;
}

function isSeat(value: unknown): value is Seat {
  return typeof value === "object" && value !== null && "id" in value && "kind" in value;
}

function unmentioned(
  kind: PlanKind,
  items: readonly { readonly key: string; readonly name: string }[],
  mentioned: readonly { readonly key: string }[],
): readonly PlanItem[] {
  const keys = new Set(mentioned.map(({ key }) => key));
  return items.filter(({ key }) => !keys.has(key)).map(({ key, name }) => ({ kind, key, name }));
}

function states<State>(list: readonly { readonly state: State }[]): readonly State[] {
  return list.map(({ state }) => state);
}

function leftAlone(known: Known, file: EstateFile): readonly PlanItem[] {
  return [
    ...unmentioned("person", known.keyedPersons, file.people),
    ...unmentioned("team", states(known.teams), file.teams),
    ...unmentioned("application", states(known.applications), file.applications),
    ...unmentioned("deviceClass", states(known.deviceClasses), file.deviceClasses),
    ...unmentioned("vendor", states(known.vendors), file.vendors),
    ...unmentioned("component", states(known.components), file.components),
    ...unmentioned("commonCause", states(known.commonCauses), file.commonCauses),
    ...unmentioned("operation", states(known.operations), file.operations),
    ...unmentioned("rota", states(known.rotas), file.rotas),
    ...unmentioned("journey", states(known.journeys).map(calledOf), file.journeys),
  ];
}
