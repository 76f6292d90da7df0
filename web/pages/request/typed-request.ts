/** What a person has typed into a request, and the draft it means. Text stays text until it is saved: nothing is lost by being unreadable. */
import type { z } from "zod";

import type { ContentView, draftContent, scopeRequest } from "../../../src/exceptions/contract-content.ts";
import { endOfDay, instant, type Instant, type PlainDate, startOfDay, type Zone } from "../../../src/kernel/time.ts";

export type DraftContent = z.input<typeof draftContent>;
export type ScopeRequest = z.input<typeof scopeRequest>;

export interface TypedControl {
  readonly statement: string;
  readonly test: "manual" | "probe";
  readonly freshDays: string;
  readonly lastTestedDay: string;
  /** What is known of the last test, for as long as its day is left as it is: a day alone would forget the hour and the result. */
  readonly tested: { readonly at: string; readonly result: "passed" | "failed" | null } | null;
}

export interface TypedMilestone {
  readonly what: string;
  readonly day: string;
  /** The instant it was, for as long as the day is left as it is. */
  readonly at: string | null;
}

export interface TypedScope {
  readonly subject: ScopeRequest["subject"];
  /** `application app_…`, `policy smartcard`. */
  readonly resource: string;
  readonly networks: string;
  readonly deviceClasses: string;
  readonly hours: Hours | null;
  readonly ceiling: string;
}

type Hours = NonNullable<NonNullable<ScopeRequest["conditions"]>["hours"]>;

export interface TypedRequest {
  readonly category: string;
  readonly unit: string;
  readonly title: string;
  readonly justification: string;
  readonly reasonClass: string;
  readonly connection: string;
  readonly policy: string;
  readonly lostMethod: string;
  readonly fallback: string;
  readonly dependencies: string;
  readonly scope: readonly TypedScope[];
  readonly controls: readonly TypedControl[];
  readonly inherentRisk: string;
  readonly residualRisk: string;
  readonly fromDay: string;
  readonly untilDay: string;
  /** The instant it was, for as long as the day is left as it is: an end is not always the end of a day. */
  readonly untilAt: string | null;
  readonly exitWhat: string;
  readonly exitOwner: string;
  readonly remediationRef: string;
  readonly milestones: readonly TypedMilestone[];
  readonly businessOwner: string;
  readonly deputy: string;
  readonly implementer: string;
  readonly onCall: string;
  readonly vendor: string;
  readonly contract: string;
  readonly designIssue: string;
  readonly riskAcceptance: string;
  /** Evidence is kept as it came: this page cannot add any yet. */
  readonly evidence: NonNullable<DraftContent["evidence"]>;
}

export const EMPTY_CONTROL: TypedControl = { statement: "", test: "manual", freshDays: "90", lastTestedDay: "", tested: null };
export const EMPTY_MILESTONE: TypedMilestone = { what: "", day: "", at: null };

export const EMPTY_REQUEST: TypedRequest = {
  category: "",
  unit: "",
  title: "",
  justification: "",
  reasonClass: "",
  connection: "",
  policy: "",
  lostMethod: "",
  fallback: "",
  dependencies: "",
  scope: [],
  controls: [EMPTY_CONTROL],
  inherentRisk: "",
  residualRisk: "",
  fromDay: "",
  untilDay: "",
  untilAt: null,
  exitWhat: "",
  exitOwner: "",
  remediationRef: "",
  milestones: [],
  businessOwner: "",
  deputy: "",
  implementer: "",
  onCall: "",
  vendor: "",
  contract: "",
  designIssue: "",
  riskAcceptance: "",
  evidence: [],
};

const MS_PER_DAY = 86_400_000;

/** The draft that was typed. Days mean the organisation's: from their beginning, until their end. */
export function draftOf(typed: TypedRequest, zone: Zone, now: Instant): DraftContent {
  return {
    title: typed.title,
    justification: typed.justification,
    reasonClass: chosen(typed.reasonClass) as DraftContent["reasonClass"],
    weakenedControl:
      typed.connection === "" ? null : { connection: typed.connection, policy: typed.policy, lostMethod: typed.lostMethod.trim() },
    fallbackMethodAllowed: chosen(typed.fallback),
    fallbackDependencies: listOf(typed.dependencies) ?? [],
    scope: typed.scope.map(scopeOf),
    compensatingControls: typed.controls.filter((control) => control.statement.trim() !== "").map((control) => controlOf(control, zone)),
    inherentRisk: chosen(typed.inherentRisk) as DraftContent["inherentRisk"],
    residualRisk: chosen(typed.residualRisk) as DraftContent["residualRisk"],
    requestedFrom: startOf(typed.fromDay, zone, now),
    requestedUntil: untilOf(typed.untilDay, typed.untilAt, zone),
    exitPlan: exitPlanOf(typed, zone),
    accountability: accountabilityOf(typed),
    vendorContract: typed.vendor === "" ? null : { vendor: typed.vendor, contract: typed.contract },
    evidence: typed.evidence,
    designIssue: chosen(typed.designIssue),
    riskAcceptance: chosen(typed.riskAcceptance),
  };
}

function chosen(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

/** One thing a line; nothing at all is null. */
function listOf(text: string): string[] | null {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  const said = lines.filter((line) => line !== "");
  return said.length === 0 ? null : said;
}

/** A start that is past or not named is now: nothing is backdated. */
function startOf(day: string, zone: Zone, now: Instant): Instant {
  if (day === "") return now;
  const start = startOfDay(day as PlainDate, zone);
  return start < now ? now : start;
}

/** The end of a day; the instant it was where the day was left as it is. */
function untilOf(day: string, was: string | null, zone: Zone): Instant | null {
  if (day === "") return null;
  return was !== null && lastDayOf(was, zone) === day ? (was as Instant) : endOfDay(day as PlainDate, zone);
}

function scopeOf(item: TypedScope): ScopeRequest {
  const [kind = "policy", ...rest] = item.resource.split(" ");
  return {
    subject: item.subject,
    resource: { kind: kind as ScopeRequest["resource"]["kind"], id: rest.join(" ") },
    conditions: { networks: listOf(item.networks), deviceClasses: listOf(item.deviceClasses), hours: item.hours },
    ceiling: Math.max(1, Math.floor(Number(item.ceiling)) || 1),
  };
}

function controlOf({ statement, test, freshDays, lastTestedDay, tested }: TypedControl, zone: Zone) {
  const days = Math.max(1, Math.floor(Number(freshDays)) || 1);
  const control = { statement: statement.trim(), test, freshFor: `P${days}D` };
  if (lastTestedDay === "") return { ...control, lastTestedAt: null, result: null };
  if (tested !== null && dayOf(tested.at, zone) === lastTestedDay) return { ...control, lastTestedAt: tested.at, result: tested.result };
  return { ...control, lastTestedAt: startOfDay(lastTestedDay as PlainDate, zone), result: "passed" as const };
}

function exitPlanOf(typed: TypedRequest, zone: Zone): DraftContent["exitPlan"] {
  const milestones = typed.milestones
    .filter((milestone) => milestone.what.trim() !== "" || milestone.day !== "")
    .map(({ what, day, at }) => ({ what: what.trim(), by: untilOf(day, at, zone) }));
  const [what, owner, remediationRef] = [typed.exitWhat.trim(), chosen(typed.exitOwner), chosen(typed.remediationRef)];
  const isEmpty = what === "" && owner === null && remediationRef === null && milestones.length === 0;
  return isEmpty ? null : { what, owner, remediationRef, milestones };
}

function accountabilityOf(typed: TypedRequest): DraftContent["accountability"] {
  const named = {
    businessOwner: chosen(typed.businessOwner),
    implementer: chosen(typed.implementer),
    deputy: chosen(typed.deputy),
    onCall: chosen(typed.onCall),
  };
  return Object.values(named).every((each) => each === null) ? null : named;
}

export interface Kind {
  readonly category: string;
  readonly unit: string;
}

/** A saved draft, or a version to go on from, as it would have been typed. A start that has passed means now, as an empty one does. */
export function typedOf(content: ContentView, { category, unit }: Kind, zone: Zone, now: Instant): TypedRequest {
  return {
    ...EMPTY_REQUEST,
    category,
    unit,
    title: content.title,
    justification: content.justification,
    reasonClass: text(content.reasonClass),
    ...typedWeakening(content),
    scope: content.scope.map(typedScopeOf),
    controls:
      content.compensatingControls.length === 0 ? [EMPTY_CONTROL] : content.compensatingControls.map((each) => typedControlOf(each, zone)),
    inherentRisk: text(content.inherentRisk),
    residualRisk: text(content.residualRisk),
    fromDay: startDayOf(content.requestedFrom, zone, now),
    untilDay: content.requestedUntil === null ? "" : lastDayOf(content.requestedUntil, zone),
    untilAt: content.requestedUntil,
    ...typedExit(content.exitPlan, zone),
    ...typedAnswers(content.accountability),
    vendor: text(content.vendorContract?.vendor),
    contract: text(content.vendorContract?.contract),
    designIssue: text(content.designIssue),
    riskAcceptance: text(content.riskAcceptance),
    evidence: content.evidence,
  };
}

/** By the day: the clocks of two browsers differ by moments, and a start of today means now in both. */
function startDayOf(from: string, zone: Zone, now: Instant): string {
  const day = dayOf(from, zone);
  return day <= dayOf(now, zone) ? "" : day;
}

function text(value: string | null | undefined): string {
  return value ?? "";
}

function typedWeakening({ weakenedControl, fallbackMethodAllowed, fallbackDependencies }: ContentView) {
  return {
    connection: text(weakenedControl?.connection),
    policy: text(weakenedControl?.policy),
    lostMethod: text(weakenedControl?.lostMethod),
    fallback: text(fallbackMethodAllowed),
    dependencies: fallbackDependencies.join("\n"),
  };
}

function typedExit(plan: ContentView["exitPlan"], zone: Zone) {
  return {
    exitWhat: text(plan?.what),
    exitOwner: text(plan?.owner),
    remediationRef: text(plan?.remediationRef),
    milestones: plan?.milestones.map(({ what, by }) => ({ what, day: by === null ? "" : lastDayOf(by, zone), at: by })) ?? [],
  };
}

function typedAnswers(accountability: ContentView["accountability"]) {
  return {
    businessOwner: text(accountability?.businessOwner),
    deputy: text(accountability?.deputy),
    implementer: text(accountability?.implementer),
    onCall: text(accountability?.onCall),
  };
}

function typedScopeOf(item: ContentView["scope"][number]): TypedScope {
  const { networks, deviceClasses, hours } = item.conditions;
  return {
    subject: item.subject,
    resource: `${item.resource.kind} ${item.resource.id}`,
    networks: networks?.join("\n") ?? "",
    deviceClasses: deviceClasses?.join("\n") ?? "",
    hours,
    ceiling: String(item.ceiling),
  };
}

function typedControlOf(control: ContentView["compensatingControls"][number], zone: Zone): TypedControl {
  return {
    statement: control.statement,
    test: control.test,
    freshDays: /^P(\d+)D$/.exec(control.freshFor)?.[1] ?? "90",
    lastTestedDay: control.lastTestedAt === null ? "" : dayOf(control.lastTestedAt, zone),
    tested: control.lastTestedAt === null ? null : { at: control.lastTestedAt, result: control.result },
  };
}

/** The day an instant falls on in a zone: `2026-11-27`. */
export function dayOf(at: string, zone: string): string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return format.format(Date.parse(at));
}

/** The last day before an end: what a person typed to mean it. */
function lastDayOf(at: string, zone: string): string {
  return dayOf(new Date(Date.parse(at) - 1).toISOString(), zone);
}

/** Whole days from now to the end of a day; undefined when there is no such day. */
export function termDays(untilDay: string, zone: Zone, nowMs: number): number | undefined {
  const until = endOf(untilDay, zone);
  return until === undefined ? undefined : Math.ceil((Date.parse(until) - nowMs) / MS_PER_DAY);
}

/** The instant that a typed day ends at. */
export function endOf(day: string, zone: Zone): Instant | undefined {
  try {
    return endOfDay(day as PlainDate, zone);
  } catch {
    return undefined;
  }
}

/** The instant of a time in milliseconds. */
export function instantOf(ms: number): Instant {
  return instant(new Date(ms).toISOString());
}
