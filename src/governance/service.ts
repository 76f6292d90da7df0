/** Design issues and risk acceptances: load, decide, commit. What it asks of the other modules is wired by compose. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Stored, SubjectFilter } from "../journal/subjects.ts";
import type { Resource } from "../exceptions/version.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce, type PersonId } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import {
  decideAccept,
  decideEnd,
  decideOpen,
  decidePropose,
  decideReopen,
  decideWithdraw,
  isExecutive,
  type OpeningFacts,
  type Somebody,
} from "./decide.ts";
import type { DesignIssue, IssueEnd, NewDesignIssue } from "./design-issue.ts";
import { isAcceptedAt, type RiskAcceptance, type RiskStatement, statementText, timeAccepted } from "./risk-acceptance.ts";
import { loadBasis, loadChanges, type StandingWorld } from "./standing-service.ts";
import { sortedSet, type StandsOn } from "./standing.ts";
import { createGovernanceStore, type GovernanceStore } from "./store.ts";

export interface GovernanceWorld extends StandingWorld {
  person(id: string): Promise<Somebody>;
  /** Who acts for a person now. */
  actsFor(id: string, now: Instant): Promise<readonly PersonId[]>;
  /** The owner of an application that is in use. */
  applicationOwner(id: string): Promise<PersonId | undefined>;
  /** Who asked for an exception, put it forward or owns it; undefined where there is none. */
  wantedBy(exception: string): Promise<readonly PersonId[] | undefined>;
}

export interface GovernanceDependencies extends CommitContext {
  readonly world: GovernanceWorld;
  /** `sha256:` and hex. */
  readonly hash: (text: string) => string;
  /** Asks, within the commit, whom to tell of what became of one. */
  readonly requestTelling: (tx: Tx, subject: string) => Promise<void>;
}

interface Shared extends GovernanceDependencies {
  readonly store: GovernanceStore;
}

/** Who acts, and when. */
export interface Order {
  readonly by: { readonly id: PersonId; readonly roles: readonly string[] };
  readonly now: Instant;
}

export interface OpenIssue {
  readonly about: Resource;
  /** Left out: the owner of the application it is about. */
  readonly owner?: string | undefined;
  readonly statement: string;
}

export type RiskDraft = Omit<RiskStatement, "boardVisible" | "standsOn"> & Omit<StandsOn, "basis">;

const RULE: Actor = { kind: "system", id: "repeats" };
const REOPENING: Actor = { kind: "system", id: "risks" };

export type GovernanceService = ReturnType<typeof createGovernanceService>;

export function createGovernanceService(given: GovernanceDependencies) {
  const deps: Shared = { ...given, store: createGovernanceStore(given.db) };
  const { store } = deps;
  return {
    findIssue: async (id: string): Promise<DesignIssue | undefined> => (await store.issues.find(id))?.state,
    findOpenAbout: (about: Resource) => store.findOpenAbout(about),
    loadIssue: (id: string): Promise<DesignIssue> => load(store.issues, id).then(({ state }) => state),
    listIssues: (filter: SubjectFilter) => store.issues.list(filter),
    openIssue: (wanted: OpenIssue, { by, now }: Order) => openIssue(deps, wanted, by.id, now),
    /** Opens one for a limit that was reached, unless one is open or nobody owns it. */
    openIssueByRule: (wanted: OpenIssue, now: Instant) => openIssueByRule(deps, wanted, now),
    endIssue: (id: string, end: IssueEnd, sentence: string, { by, now }: Order): Promise<DesignIssue> =>
      retryOnConflict(async () => {
        const before = await load(store.issues, id);
        const events = decided(decideEnd(before.state, end, { by: by.id, roles: by.roles, at: now, sentence }));
        return save(deps, store.issues, before, events, now, personOf(by.id));
      }),
    findRisk: async (id: string): Promise<RiskAcceptance | undefined> => (await store.risks.find(id))?.state,
    loadRisk: (id: string): Promise<RiskAcceptance> => load(store.risks, id).then(({ state }) => state),
    listRisks: (filter: SubjectFilter) => store.risks.list(filter),
    /** For which times executives answered for a risk. */
    acceptedTimes: (batchSize = 500) => acceptedTimes(store, batchSize),
    /** Issues that are open, and risks whose time ends before `until` or ended after `since`: what time alone makes news of. */
    listTimed: (since: Instant, until: Instant): Promise<readonly string[]> => store.listTimed(since, until),
    /** What a person answers for: open issues, and risks they accepted. */
    answeredBy: (person: string) => store.answeredBy(person),
    proposeRisk: (draft: RiskDraft, order: Order) => proposeRisk(deps, draft, order),
    /** Looks whether what executives answer for is still what they accepted. */
    reopenChanged: (now: Instant) => reopenChanged(deps, now),
    /** By finding: the risk in force that names it. */
    acceptedFindings: (now: Instant) => acceptedFindings(deps, now),
    acceptRisk: (id: string, assertion: string, order: Order) => acceptRisk(deps, id, assertion, order),
    withdrawRisk: (id: string, sentence: string, { by, now }: Order): Promise<RiskAcceptance> =>
      retryOnConflict(async () => {
        const before = await load(store.risks, id);
        const events = decided(decideWithdraw(before.state, { by: by.id, roles: by.roles, at: now, sentence }));
        return save(deps, store.risks, before, events, now, personOf(by.id));
      }),
    /** An acceptance that counts now: its executive is still one. */
    async findAccepted(id: string, now: Instant): Promise<RiskAcceptance | undefined> {
      const risk = (await store.risks.find(id))?.state;
      if (risk === undefined || !isAcceptedAt(risk, now)) return undefined;
      return isExecutive(await deps.world.person(risk.executive)) ? risk : undefined;
    },
  };
}

async function acceptedTimes({ risks }: GovernanceStore, limit: number): Promise<{ from: Instant; to: Instant }[]> {
  const times: { from: Instant; to: Instant }[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, next } = await risks.list({ where: {}, limit, ...(cursor !== undefined && { cursor }) });
    times.push(...items.flatMap(({ state }) => timeAccepted(state) ?? []));
    if (next === undefined) return times;
    cursor = next;
  }
}

async function openIssue(deps: Shared, wanted: OpenIssue, by: PersonId | null, now: Instant): Promise<DesignIssue> {
  return retryOnConflict(async () => {
    const { about, statement } = wanted;
    const applicationOwner = about.kind === "application" ? await deps.world.applicationOwner(about.id) : null;
    const owner = await deps.world.person(wanted.owner ?? applicationOwner ?? "");
    const facts: OpeningFacts = { owner, applicationOwner, other: (await deps.store.findOpenAbout(about))?.id };
    const id = deps.ids.next("designIssue");
    const issue: NewDesignIssue = { id, about, owner: owner?.id ?? ("" as PersonId), statement, openedBy: by, openedAt: now };
    return save(deps, deps.store.issues, undefined, decided(decideOpen(issue, facts)), now, by === null ? RULE : personOf(by));
  });
}

async function openIssueByRule(deps: Shared, wanted: OpenIssue, now: Instant): Promise<DesignIssue | undefined> {
  try {
    return await openIssue(deps, wanted, null, now);
  } catch (error) {
    // One is open already, or nobody may own it: the list of repeats shows the need without an issue.
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function proposeRisk(deps: Shared, draft: RiskDraft, { by, now }: Order): Promise<RiskAcceptance> {
  const id = deps.ids.next("riskAcceptance");
  const { operations, findings, lockOutSets: sets, ...rest } = draft;
  const lockOutSets = sets.map(sortedSet);
  const { basis, missing } = await loadBasis(deps.world, { ...draft, lockOutSets }, deps.hash);
  const content: RiskStatement = { ...rest, boardVisible: true, standsOn: { operations, lockOutSets, findings, basis } };
  const contentHash = deps.hash(statementText(id, content));
  const facts = {
    executive: await deps.world.person(draft.executive),
    askers: await askersOf(deps, { ...content, proposedBy: by.id }, now),
    missing: [...missing, ...(await missingIssue(deps, draft))],
  };
  const events = decided(decidePropose({ ...content, id, contentHash, proposedBy: by.id, proposedAt: now }, facts));
  return save(deps, deps.store.risks, undefined, events, now, personOf(by.id));
}

async function missingIssue(deps: Shared, { designIssue }: RiskDraft): Promise<readonly string[]> {
  if (designIssue === null || (await deps.store.issues.find(designIssue))?.state.state === "open") return [];
  return [designIssue];
}

/** Level-triggered: what is not any more what was accepted is reopened. One that cannot be looked at stops no other. */
async function reopenChanged(deps: Shared, now: Instant): Promise<number> {
  let reopened = 0;
  for (const { id } of await deps.store.inForce(now)) {
    reopened += await retryOnConflict(async () => {
      const before = await load(deps.store.risks, id);
      const changes = await loadChanges(deps.world, before.state, { hash: deps.hash, unknown: "is no change" });
      const events = decideReopen(before.state, { executive: await deps.world.person(before.state.executive), changes }, now);
      if (events.length > 0) await save(deps, deps.store.risks, before, events, now, REOPENING);
      return events.length;
    });
  }
  return reopened;
}

async function acceptedFindings(deps: Shared, now: Instant): Promise<ReadonlyMap<string, { risk: string; until: Instant }>> {
  const found = new Map<string, { risk: string; until: Instant }>();
  for (const { id, executive, until, standsOn } of await deps.store.inForce(now)) {
    if (!isExecutive(await deps.world.person(executive))) continue;
    for (const finding of standsOn?.findings ?? []) {
      const longer = found.get(finding);
      if (longer === undefined || longer.until < until) found.set(finding, { risk: id, until });
    }
  }
  return found;
}

async function acceptRisk(deps: Shared, id: string, assertion: string, { by, now }: Order): Promise<RiskAcceptance> {
  return retryOnConflict(async () => {
    const before = await load(deps.store.risks, id);
    const facts = {
      executive: await deps.world.person(by.id),
      askers: await askersOf(deps, before.state, now),
      // What cannot be looked at is not known to be what was put forward, and is not accepted.
      changes: await loadChanges(deps.world, before.state, { hash: deps.hash, unknown: "is thrown" }),
    };
    const events = decided(decideAccept(before.state, { by: by.id, at: now, assertion }, facts));
    return save(deps, deps.store.risks, before, events, now, personOf(by.id));
  });
}

async function askersOf(
  { world }: Shared,
  { exceptions, standsOn, proposedBy }: RiskStatement & { readonly proposedBy: PersonId },
  now: Instant,
): Promise<readonly PersonId[]> {
  const wanted = (await Promise.all(exceptions.map((id) => world.wantedBy(id)))).flatMap((persons) => persons ?? []);
  const mending = (await Promise.all((standsOn?.findings ?? []).map((id) => world.findingOwner(id)))).filter((id) => id !== undefined);
  const asking = [...new Set([proposedBy, ...wanted, ...mending])];
  const acting = await Promise.all(asking.map((id) => world.actsFor(id, now)));
  return [...asking, ...acting.flat()];
}

interface Subjects<State, Event> {
  find(id: string): Promise<Stored<State> | undefined>;
  change(
    before: Stored<State> | undefined,
    events: readonly Event[],
  ): { change: Parameters<typeof commitOnce>[1]["changes"][number]; after: State };
}

async function load<State, Event>(subjects: Subjects<State, Event>, id: string): Promise<Stored<State>> {
  const found = await subjects.find(id);
  if (found === undefined) throw new Refused([refusal("governance.notFound", `There is no ${id}.`)], 404);
  return found;
}

async function save<State, Event>(
  deps: GovernanceDependencies,
  subjects: Subjects<State, Event>,
  before: Stored<State> | undefined,
  events: readonly Event[],
  at: Instant,
  actor: Actor,
): Promise<State> {
  const { change, after } = subjects.change(before, events);
  await commitOnce(deps, { at, actor, changes: [change], alongside: (tx) => deps.requestTelling(tx, change.subject) });
  return after;
}

function decided<Event>(decision: Decision<Event>): readonly Event[] {
  if (!decision.accepted) throw new Refused(decision.reasons, 422);
  return decision.events;
}

function personOf(id: PersonId): Actor {
  return { kind: "person", id };
}
