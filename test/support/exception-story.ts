/**
 * A small world in which exceptions live: eleven people with their roles, one directory, one application. A story runs commands
 * through the real decision and fold on a manual clock.
 */
import { createHash } from "node:crypto";

import type { Refusal } from "../../src/kernel/problem.ts";
import { addDuration, duration, type Instant, instant, type Zone } from "../../src/kernel/time.ts";
import { DEFAULT_CATEGORIES } from "../../src/exceptions/categories.ts";
import type { ExceptionCommand, ReadFacts } from "../../src/exceptions/commands.ts";
import { decide } from "../../src/exceptions/decide.ts";
import type { ExceptionEvent } from "../../src/exceptions/events.ts";
import { evolve, replay } from "../../src/exceptions/evolve.ts";
import { type Actor, type BindingId, type Dossier, type ExceptionState, findBinding } from "../../src/exceptions/exception.ts";
import type { DelegationFacts, Facts, PersonFacts, RequestFacts } from "../../src/exceptions/facts.ts";
import type { Circumstances, SubjectQuery } from "../../src/exceptions/in-force.ts";
import type { CategoryPolicy } from "../../src/exceptions/policy.ts";
import { NO_REPEATS } from "../../src/exceptions/repeats.ts";
import { catchUp } from "../../src/exceptions/schedule.ts";
import type { ConnectionId, DraftContent, ExceptionId, PersonId, Resource, ScopeRequest } from "../../src/exceptions/version.ts";

export const START = instant("2026-03-02T09:00:00Z");
export const EXC = "exc_1" as ExceptionId;
export const REF = "EXC-2026-0001";
export const B1 = `${REF}-B1` as BindingId;
export const CON = "con_1" as ConnectionId;

const per = (name: string) => `per_${name}` as PersonId;
export const P = {
  requester: per("requester"),
  subject: per("subject"),
  owner: per("owner"),
  deputy: per("deputy"),
  implementer: per("implementer"),
  iam: per("iam"),
  iam2: per("iam2"),
  network: per("network"),
  governance: per("governance"),
  governance2: per("governance2"),
  ciso: per("ciso"),
  helpdesk: per("helpdesk"),
} as const;

const person = (...roles: string[]): PersonFacts => ({ active: true, roles, isHelpDesk: roles.includes("help_desk") });
export const PEOPLE: Readonly<Record<string, PersonFacts>> = {
  [P.requester]: person(),
  [P.subject]: person(),
  [P.owner]: person(
    "application_owner",
    "service_owner",
    "workload_owner",
    "sponsor",
    "endpoint_lead",
    "site_manager",
    "operations_owner",
    "manager",
  ),
  [P.deputy]: person("application_owner", "service_owner"),
  [P.implementer]: person("iam"),
  [P.iam]: person("iam", "step_up_approver"),
  [P.iam2]: person("iam"),
  [P.network]: person("network_security", "security_architecture", "vendor_manager", "endpoint", "site_operations"),
  [P.governance]: person("security_governance"),
  [P.governance2]: person("security_governance"),
  [P.ciso]: person("ciso", "executive"),
  [P.helpdesk]: person("help_desk"),
};

export const days = (n: number) => duration(`P${n}D`);
export const after = (length: string, from: Instant = START) => addDuration(from, duration(length));
export const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

export const SYSTEM: Actor = { kind: "system", id: "tick" };
export const by = (id: PersonId): Actor => ({ kind: "person", id });

export const APPLICATION: Resource = { kind: "application", id: "app_1" };
export const QUERY: SubjectQuery = { connection: CON, keys: [{ kind: "user", key: "guid-1" }] };
export const CONTEXT: Circumstances = { method: "password", networks: [], deviceClasses: [] };

export function policyOf(key: string): CategoryPolicy {
  const found = DEFAULT_CATEGORIES.find((policy) => policy.key === key);
  if (found === undefined) throw new Error(`no category ${key}`);
  return found;
}

export function scopeItem(key = "guid-1", more: Partial<ScopeRequest> = {}): ScopeRequest {
  return {
    subject: { kind: "user", key, name: `User ${key}`, connection: CON, person: key === "guid-1" ? P.subject : null },
    resource: APPLICATION,
    conditions: { networks: null, deviceClasses: null, hours: null },
    ceiling: 1,
    ...more,
  };
}

export function content(more: Partial<DraftContent> = {}): DraftContent {
  return {
    title: "Payroll terminal",
    justification: "The terminal cannot do passkeys before the vendor's release.",
    reasonClass: "technical",
    weakenedControl: { connection: CON, policy: "smartcard", lostMethod: "certificate" },
    fallbackMethodAllowed: "password",
    fallbackDependencies: ["directory"],
    scope: [scopeItem()],
    compensatingControls: [{ statement: "Restricted network", test: "probe", lastTestedAt: START, result: "passed", freshFor: days(60) }],
    inherentRisk: "high",
    residualRisk: "moderate",
    requestedFrom: START,
    requestedUntil: after("P60D"),
    exitPlan: { what: "Replace the terminal", milestones: [{ what: "Order", by: after("P30D") }], remediationRef: "REM-1", owner: P.owner },
    vendorContract: null,
    accountability: { businessOwner: P.owner, deputy: P.deputy, implementer: P.implementer, onCall: "payroll on call" },
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
    ...more,
  };
}

export const REQUEST: RequestFacts = {
  subjectRefusals: {},
  headcounts: { "guid-1": 1, "guid-2": 1, "guid-3": 1 },
  policiesKnown: [`${CON} smartcard`],
  applications: { app_1: { known: true, retired: false } },
  twins: [],
  repeats: NO_REPEATS,
  vendorContractUntil: null,
  designIssue: null,
  riskAcceptance: null,
};

export const DELEGATION: DelegationFacts = {
  id: "del_1" as DelegationFacts["id"],
  from: P.iam,
  to: P.iam2,
  validFrom: START,
  validUntil: after("P5D"),
  categories: null,
  seats: null,
  redelegated: false,
};

export function factsFor(actor: Actor, more: Partial<Facts> = {}): Facts {
  return {
    policy: policyOf("legacy_application"),
    zone: "Europe/Zurich" as Zone,
    hash: sha256,
    actor,
    assertion: actor.kind === "person" ? `assertion of ${actor.id}` : null,
    people: PEOPLE,
    actsFor: {},
    covered: [],
    delegations: [],
    request: REQUEST,
    lineage: null,
    blastRadius: "unknown",
    ...more,
  };
}

export const GONE: Omit<ReadFacts, "readAt"> = { configured: false, effective: false, otherWays: [], residualUntil: null };
export const THERE: Omit<ReadFacts, "readAt"> = { configured: true, effective: true, otherWays: [], residualUntil: null };

/** A story on a manual clock. `world` is what the facts say beside the defaults; change it as the story goes. */
export function story(world: Partial<Facts> = {}) {
  const told: ExceptionEvent[] = [];
  let state: ExceptionState | undefined;
  let now = START;
  let facts = world;
  const at = (): ExceptionState => {
    if (state === undefined) throw new Error("the story has not begun");
    return state;
  };
  const absorb = (events: readonly ExceptionEvent[]) => {
    told.push(...events);
    state = events.reduce<ExceptionState | undefined>(evolve, state);
    return events;
  };
  const run = (command: ExceptionCommand, actor: Actor) => decide(state, command, now, factsFor(actor, facts));
  const it = {
    get state() {
      return at();
    },
    get dossier(): Dossier {
      return at().dossier;
    },
    get now() {
      return now;
    },
    get events(): readonly ExceptionEvent[] {
      return told;
    },
    know(more: Partial<Facts>) {
      facts = { ...facts, ...more };
      return it;
    },
    wait(length: string) {
      now = addDuration(now, duration(length));
      return it;
    },
    until(moment: Instant) {
      now = moment;
      return it;
    },
    /** Must be accepted; returns what happened. */
    do(command: ExceptionCommand, actor: Actor = SYSTEM) {
      const decided = run(command, actor);
      if (!decided.accepted)
        throw new Error(`${command.type} refused: ${decided.reasons.map((one) => `${one.code} ${one.detail}`).join("; ")}`);
      return absorb(decided.events);
    },
    /** Must be refused; returns the codes. */
    refused(command: ExceptionCommand, actor: Actor = SYSTEM): readonly string[] {
      const decided = run(command, actor);
      if (decided.accepted) throw new Error(`${command.type} was accepted: ${decided.events.map((event) => event.type).join(", ")}`);
      return decided.reasons.map((one: Refusal) => one.code);
    },
    tick() {
      const decided = catchUp(at(), now, factsFor(SYSTEM, facts));
      if (!decided.accepted) throw new Error(decided.reasons.map((one) => one.code).join());
      return absorb(decided.events);
    },
    open(more: Partial<DraftContent> = {}, category = "legacy_application") {
      facts = { policy: policyOf(category), ...facts };
      it.do({ type: "openDraft", id: EXC, ref: REF, category, unit: "finance", content: content(more) }, by(P.requester));
      return it;
    },
    submit() {
      it.do({ type: "submit", seenTwins: [] }, by(P.requester));
      return it;
    },
    /** Casts an approval on what is under decision now. */
    approve(voter: PersonId, more: { seat?: string; onBehalfOf?: PersonId } = {}) {
      return it.do(approval(at(), more), by(voter));
    },
    approveRefused(voter: PersonId, more: { seat?: string; onBehalfOf?: PersonId } = {}) {
      return it.refused(approval(at(), more), by(voter));
    },
    approved(more: Partial<DraftContent> = {}, category = "legacy_application") {
      it.open(more, category).submit();
      it.approve(P.owner);
      it.approve(P.iam);
      return it;
    },
    /** The provider does as ordered and is read back, binding by binding. */
    provide() {
      for (const binding of at().dossier.bindings) {
        if (binding.desired === "present") it.do({ type: "recordApplied", binding: binding.id, object: "CN=group", nativeExpiry: null });
        else it.do({ type: "recordRemoved", binding: binding.id });
        it.read(binding.id, binding.desired === "present" ? THERE : GONE);
      }
      return it;
    },
    read(binding: BindingId, read: Omit<ReadFacts, "readAt">, readAt: Instant = now) {
      const asOf = findBinding(at().dossier, binding)!;
      return it.do({ type: "recordReadBack", binding, asOf, read: { ...read, readAt }, addedBy: null });
    },
    active(more: Partial<DraftContent> = {}) {
      it.approved(more);
      it.tick();
      it.provide();
      return it;
    },
    replayed() {
      return replay(told);
    },
  };
  return it;
}
export type Story = ReturnType<typeof story>;

function approval(state: ExceptionState, more: { seat?: string; onBehalfOf?: PersonId }): ExceptionCommand {
  const version = state.state === "in_approval" ? state.approval.version : state.state === "active" ? (state.pending?.version ?? 0) : 0;
  const contentHash = state.dossier.versions.find((one) => one.n === version)?.contentHash ?? "";
  return { type: "approve", version, contentHash, seat: more.seat ?? null, onBehalfOf: more.onBehalfOf ?? null, reason: "" };
}

/** What a test compares events by. */
export function types(events: readonly ExceptionEvent[]): readonly string[] {
  return events.map((event) => event.type);
}
