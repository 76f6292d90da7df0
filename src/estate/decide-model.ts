/** What components, common causes and operations may be. Every rule that is broken is said at once. */
import { type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges } from "../kernel/field-change.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { CommonCauseFields, ComponentFields, Endpoint, Unavailability } from "./component.ts";
import { type Answerable, answerReasons } from "./decide.ts";
import { type Expression, partsOf } from "./expression.ts";
import type { CommonCauseEvent, ComponentEvent, KeptCommonCause, KeptComponent, KeptOperation, OperationEvent } from "./model-event.ts";
import type { OperationFields } from "./operation.ts";
import { refuseIf } from "./refusals.ts";

type Status = "active" | "retired";

/** What stands around the one that is decided on, as it will be. */
export interface Around {
  readonly people: Answerable;
  /** Components by key. */
  readonly components: ReadonlyMap<string, { readonly status: Status }>;
  /** Applications by key. */
  readonly applications: ReadonlyMap<string, { readonly isOpen: boolean }>;
  /** Keys of connections. */
  readonly connections: ReadonlySet<string>;
  /** What needs a component, as people call it; only active ones count. */
  readonly neededBy: (component: string) => readonly string[];
  /** The circle a component closes with what it is to need, from it and back to it. */
  readonly cycleThrough: (component: string) => readonly string[] | undefined;
}

export function decideComponent(state: KeptComponent | undefined, wanted: KeptComponent, around: Around): Decision<ComponentEvent> {
  const { id: _, key, ...fields } = wanted;
  const isActive = wanted.status === "active";
  const reasons = [
    ...personReasons(state?.owner, wanted.owner, around.people, "/owner"),
    ...shareReasons(wanted.unavailability),
    ...wanted.endpoints.flatMap((endpoint, i) => endpointReasons(endpoint, `/endpoints/${i}/address`)),
    ...connectionReasons(state?.connection, wanted.connection, around),
    ...(wanted.requires === null ? [] : shapeReasons(wanted.requires, "/requires")),
    ...(isActive && wanted.requires !== null ? referenceReasons(wanted.requires, around, "/requires") : []),
    ...(isActive ? cycleReasons(around.cycleThrough(key)) : stillNeeded(key, around.neededBy(key))),
  ];
  return unless<ComponentEvent>(reasons, () =>
    state === undefined ? [{ type: "componentAdded", data: wanted }] : fieldChanges<ComponentFields>(state, fields),
  );
}

export function decideCommonCause(state: KeptCommonCause | undefined, given: KeptCommonCause, around: Around): Decision<CommonCauseEvent> {
  const wanted = { ...given, members: [...new Set(given.members)].toSorted() };
  const { id: _, key: __, ...fields } = wanted;
  const members = given.status === "active" ? given.members : [];
  const reasons = [
    ...shareReasons(wanted.unavailability),
    ...refuseIf(given.members.length === 0, "estate.membersMissing", "Name what fails together.", "/members"),
    ...members.flatMap((member, i) => keyReasons(member, around, `/members/${i}`)),
  ];
  return unless<CommonCauseEvent>(reasons, () =>
    state === undefined ? [{ type: "commonCauseAdded", data: wanted }] : fieldChanges<CommonCauseFields>(state, fields),
  );
}

export function decideOperation(state: KeptOperation | undefined, wanted: KeptOperation, around: Around): Decision<OperationEvent> {
  const { id: _, key: __, ...fields } = wanted;
  const isActive = wanted.status === "active";
  const reasons = [
    ...applicationReasons(state?.application, wanted.application, around),
    ...(["businessOwner", "modelApprover", "maintainer", "onCall"] as const).flatMap((seat) =>
      personReasons(state?.[seat], wanted[seat], around.people, `/${seat}`),
    ),
    ...wanted.paths.flatMap(({ key, needs }, i) => [
      ...refuseIf(
        wanted.paths.slice(0, i).some((other) => other.key === key),
        "estate.pathTwice",
        `Two ways in have the key "${key}".`,
        `/paths/${i}/key`,
      ),
      ...shapeReasons(needs, `/paths/${i}/needs`),
      ...(isActive ? referenceReasons(needs, around, `/paths/${i}/needs`) : []),
    ]),
  ];
  return unless<OperationEvent>(reasons, () =>
    state === undefined ? [{ type: "operationAdded", data: wanted }] : fieldChanges<OperationFields>(state, fields),
  );
}

/** A seat may stay empty: that nobody answers is a finding, not a bad edit. */
function personReasons(
  before: KeptComponent["owner"] | undefined,
  person: KeptComponent["owner"],
  people: Answerable,
  at: string,
): readonly Refusal[] {
  return person === null ? [] : answerReasons(before ?? undefined, person, people, at);
}

function shareReasons(unavailability: Unavailability | null): readonly Refusal[] {
  const p = unavailability?.p ?? 0;
  return refuseIf(!(p >= 0 && p <= 1), "estate.shareOutOfRange", `${p} is no share of time; it lies between 0 and 1.`, "/unavailability/p");
}

const HOST_PORT = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]):(\d{1,5})$/i;

/** An address that says all of itself: no user, no password, nothing that is not asked over TLS. */
const HTTPS = /^https:\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?][\x21-\x7e]*)?$/i;

function endpointReasons({ kind, address }: Endpoint, at: string): readonly Refusal[] {
  const port = Number(HOST_PORT.exec(address)?.[1] ?? 0);
  const isRight = kind === "tls" ? port > 0 && port < 65_536 : HTTPS.test(address);
  const words = kind === "tls" ? "a host and a port, such as idp.example.com:443" : "an address such as https://idp.example.com/keys";
  return refuseIf(!isRight, "estate.endpointInvalid", `"${address}" is not what ${kind} needs: ${words}.`, at);
}

function connectionReasons(before: string | null | undefined, connection: string | null, { connections }: Around): readonly Refusal[] {
  const isNew = connection !== null && connection !== before;
  const detail = `There is no connection with the key "${connection}".`;
  return refuseIf(isNew && !connections.has(connection), "estate.referenceDangling", detail, "/connection");
}

function applicationReasons(before: string | null | undefined, key: string | null, { applications }: Around): readonly Refusal[] {
  if (key === null || key === before) return [];
  const found = applications.get(key);
  return [
    ...refuseIf(found === undefined, "estate.referenceDangling", `There is no application with the key "${key}".`, "/application"),
    ...refuseIf(found?.isOpen === false, "estate.referenceRetired", `The application "${key}" is not in use any more.`, "/application"),
  ];
}

/** Where in the input each part of an expression stands: `/requires/all/0/any/1`. */
function placed(expression: Expression, at: string): readonly (readonly [Expression, string])[] {
  const word = typeof expression === "string" ? "" : "all" in expression ? "all" : "any" in expression ? "any" : "of";
  return [[expression, at], ...partsOf(expression).flatMap((part, i) => placed(part, `${at}/${word}/${i}`))];
}

function shapeReasons(expression: Expression, at: string): readonly Refusal[] {
  return placed(expression, at).flatMap(([each, place]) => {
    if (typeof each === "string") return [];
    const count = partsOf(each).length;
    if (count === 0) return refuseIf(true, "estate.expressionEmpty", "Name what is needed, or leave it out.", place);
    const isIn = !("atLeast" in each) || (Number.isInteger(each.atLeast) && each.atLeast >= 1 && each.atLeast <= count);
    return refuseIf(!isIn, "estate.atLeastOutOfRange", `At least 1 and at most ${count} of ${count} can be asked for.`, `${place}/atLeast`);
  });
}

function referenceReasons(expression: Expression, around: Around, at: string): readonly Refusal[] {
  return placed(expression, at).flatMap(([each, place]) => (typeof each === "string" ? keyReasons(each, around, place) : []));
}

function keyReasons(key: string, { components }: Around, at: string): readonly Refusal[] {
  const found = components.get(key);
  return [
    ...refuseIf(found === undefined, "estate.referenceDangling", `There is no component with the key "${key}".`, at),
    ...refuseIf(found?.status === "retired", "estate.referenceRetired", `The component "${key}" is retired; nothing can need it.`, at),
  ];
}

/** `leadsBack`: which of what it needs closes the circle, so that something else can be needed in its place at a cold start. */
function cycleReasons(cycle: readonly string[] | undefined): readonly Refusal[] {
  if (cycle === undefined) return [];
  const detail = `This closes a circle: ${cycle.join(" → ")}. None of them could ever start; name what breaks it at a cold start.`;
  return [refusal("estate.requiresCycle", detail, { at: "/requires", facts: { leadsBack: cycle[1] ?? null } })];
}

const NAMED_AT_ONCE = 5;

function stillNeeded(key: string, by: readonly string[]): readonly Refusal[] {
  const rest = by.length > NAMED_AT_ONCE ? ` and ${by.length - NAMED_AT_ONCE} more` : "";
  const detail = `"${key}" is needed by ${by.slice(0, NAMED_AT_ONCE).join(", ")}${rest}. Take it out there first.`;
  return refuseIf(by.length > 0, "estate.stillNeeded", detail, "/status");
}
