/** The register over a database and a provider in memory, with a handful of people: for store and simulation suites. */
import { createHash } from "node:crypto";

import {
  converge,
  createCategoryRegister,
  createExceptionStore,
  type ExceptionDependencies,
  perform,
  tickExceptions,
  type World,
} from "../../src/exceptions/index.ts";
import type { DraftContent, ExceptionId, PersonId } from "../../src/exceptions/version.ts";
import { addDuration, duration, type Zone } from "../../src/kernel/time.ts";
import type { Clock } from "../../src/kernel/time.ts";
import { type Database, executeSql } from "../../src/platform/db.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createMemoryProvider, type MemoryProvider } from "./memory-provider.ts";

export const CONNECTION = "con_memory" as DraftContent["scope"][number]["subject"]["connection"];

/** id → general roles. */
export const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  per_requester: [],
  per_owner: ["application_owner"],
  per_iam: ["iam"],
  per_iam2: ["iam"],
  per_network: ["network_security"],
  per_governance: ["security_governance"],
  per_helpdesk: ["help_desk", "iam"],
};

export interface TestRegister {
  readonly deps: ExceptionDependencies;
  readonly provider: MemoryProvider;
  /** Works off what commits asked of the provider, as the outbox would; a fault leaves the rest waiting. */
  drain(): Promise<void>;
  tick(): Promise<number>;
  /** Opens and submits a remote-access request for a subject, a group where the provider has members of it; returns its id. */
  request(subject: string, days?: number, seenTwins?: readonly ExceptionId[]): Promise<ExceptionId>;
  vote(id: ExceptionId, person: string, more?: { decision?: "approve" | "reject"; contentHash?: string }): Promise<void>;
}

export async function createRegister(
  database: Database,
  clock: Clock,
  extraPeople: Readonly<Record<string, readonly string[]>> = {},
): Promise<TestRegister> {
  const { db } = database;
  const ids = randomIds(clock);
  const provider = createMemoryProvider(() => clock.now());
  await executeSql(
    db,
    "insert into connection (id, version, state, key, status) values ($1, 1, '{}', 'memory', 'connected') on conflict do nothing",
    [CONNECTION],
  );
  const people = { ...PEOPLE, ...extraPeople };
  const waiting = new Set<string>();
  const context = { db, ids };
  const register = createCategoryRegister(context);
  const deps: ExceptionDependencies = {
    ...context,
    clock,
    store: createExceptionStore(db),
    world: worldOf(people, provider),
    hash: (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`,
    categories: (key) => register.find(key),
    requestConverge: async (_tx, exception) => void waiting.add(exception),
    requestIssues: async () => undefined,
    requestTelling: async () => undefined,
  };
  const act = (person: string, command: Parameters<typeof perform>[2]["command"], id?: ExceptionId) =>
    perform(deps, id, { command, actor: { kind: "person", id: person }, now: clock.now(), assertion: "assertion" });
  return {
    deps,
    provider,
    async drain() {
      for (let round = 0; round < 20 && waiting.size > 0; round++) {
        for (const id of waiting) {
          waiting.delete(id);
          await converge(deps, id);
        }
      }
    },
    tick: () =>
      tickExceptions(deps, clock.now(), (id, error) => {
        throw new Error(`${id} stuck`, { cause: error });
      }),
    async request(subject, days = 30, seenTwins = []) {
      const members = provider.members.get(subject);
      const kind = members === undefined ? ("user" as const) : ("group" as const);
      provider.add({ kind, key: subject, name: subject });
      const content = contentFor(clock, subject, days);
      const scope = content.scope.map((item) => ({ ...item, subject: { ...item.subject, kind }, ceiling: members?.length ?? 1 }));
      const id = ids.next("exception");
      const ref = await deps.store.nextRef(clock.now());
      await act("per_requester", {
        type: "openDraft",
        id,
        ref,
        category: "remote_access",
        unit: "plant",
        content: { ...content, scope },
      });
      await act("per_requester", { type: "submit", seenTwins }, id);
      return id;
    },
    async vote(id, person, { decision = "approve", contentHash } = {}) {
      const { exception } = (await deps.store.find(id))!;
      const version = exception.dossier.versions.at(-1)!;
      const on = {
        version: version.n,
        contentHash: contentHash ?? version.contentHash,
        onBehalfOf: null,
        reason: decision === "reject" ? "no" : "",
      };
      await act(person, decision === "approve" ? { type: "approve", seat: null, ...on } : { type: "reject", ...on }, id);
    },
  };
}

function worldOf(people: Readonly<Record<string, readonly string[]>>, provider: MemoryProvider): World {
  return {
    person: async (id) =>
      people[id] === undefined ? undefined : { id: id as PersonId, name: id, active: true, roles: people[id], manager: null },
    delegationsTo: async () => [],
    actsFor: async () => [],
    zone: async () => "Europe/Zurich" as Zone,
    application: async () => undefined,
    deviceClassLead: async () => undefined,
    vendorContractEnd: async () => undefined,
    personOfSubject: async () => undefined,
    peopleOfAccounts: async (_, keys) => keys.filter((key) => key in people) as PersonId[],
    holdersOf: async (_, keys) => keys.filter((key) => key in people).map((key) => ({ key, id: key as PersonId, name: key, unit: null })),
    connector: async () => provider,
    seenBypass: async () => undefined,
    whoPut: async () => undefined,
    designIssue: async () => undefined,
    openIssueAbout: async () => undefined,
    sharedFates: async () => () => false,
    drillSubjects: async () => new Set(),
    usesOf: async () => new Map(),
    riskAcceptance: async () => undefined,
  };
}

/** A complete remote-access request for one user. */
export function contentFor(clock: Clock, subject: string, days: number): DraftContent {
  const now = clock.now();
  return {
    title: `VPN without passkey for ${subject}`,
    justification: "The control room's terminal has no usable authenticator until it is replaced.",
    reasonClass: "technical",
    weakenedControl: { connection: CONNECTION, policy: "vpn", lostMethod: "passkey" },
    fallbackMethodAllowed: "password",
    fallbackDependencies: [],
    scope: [
      {
        subject: { kind: "user", key: subject, name: subject, connection: CONNECTION, person: null },
        resource: { kind: "policy", id: "vpn" },
        conditions: { networks: null, deviceClasses: null, hours: null },
        ceiling: 1,
      },
    ],
    compensatingControls: [
      { statement: "Only from the plant's network", test: "manual", lastTestedAt: now, result: "passed", freshFor: duration("P30D") },
    ],
    inherentRisk: "moderate",
    residualRisk: "low",
    requestedFrom: now,
    requestedUntil: addDuration(now, duration(`P${days}D`)),
    exitPlan: { what: "Replace the terminal", milestones: [], remediationRef: null, owner: "per_owner" as PersonId },
    accountability: { businessOwner: "per_owner" as PersonId, deputy: null, implementer: "per_iam2" as PersonId, onCall: null },
    vendorContract: null,
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
  };
}
