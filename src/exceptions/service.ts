/** The register's commands: load, decide, commit. What must happen in a provider follows as work of the same transaction. */
import { commit, type CommitContext, retryOnConflict, type SubjectChange } from "../journal/append.ts";
import type { Decision } from "../kernel/decision.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import type { Tx } from "../platform/db.ts";
import type { ExceptionCommand } from "./commands.ts";
import { decide } from "./decide.ts";
import type { ExceptionEvent } from "./events.ts";
import type { Actor, ExceptionState } from "./exception.ts";
import type { Facts } from "./facts.ts";
import { fingerprintTexts } from "./fingerprint-texts.ts";
import { loadFacts } from "./load-facts.ts";
import { loadRequestFacts } from "./load-request.ts";
import { wantedBy } from "./partiality.ts";
import type { CategoryPolicy } from "./policy.ts";
import { openApproval, shownContent } from "./projection.ts";
import { dueAt } from "./schedule.ts";
import { exceptionChange, type ExceptionStore, type FoldedChange, type StoredException } from "./store.ts";
import { TOLD_AFTER } from "./told-after.ts";
import type { DraftContent, ExceptionId, PersonId } from "./version.ts";
import type { World } from "./world.ts";

export interface ExceptionDependencies extends CommitContext {
  readonly store: ExceptionStore;
  readonly world: World;
  readonly clock: Clock;
  /** `sha256:` and hex. */
  readonly hash: (text: string) => string;
  readonly categories: (key: string) => Promise<CategoryPolicy | undefined>;
  /** Asks for the providers to be brought in line with this exception, as part of the transaction. */
  readonly requestConverge: (tx: Tx, exception: string) => Promise<void>;
  /** Asks for the design issues to be opened that are due now that this was put forward, as part of the transaction. */
  readonly requestIssues: (tx: Tx, exception: string) => Promise<void>;
  /** Asks for those whom this change concerns to be told, as part of the transaction. */
  readonly requestTelling: (tx: Tx, exception: string) => Promise<void>;
}

export interface Order {
  readonly command: ExceptionCommand;
  readonly actor: Actor;
  readonly now: Instant;
  /** Reference of a verified assertion over what is decided. */
  readonly assertion?: string;
  /** Version the caller read; refused as stale when the exception moved on. */
  readonly ifMatch?: number;
  /** What changes with it or not at all; read anew when somebody was faster. */
  readonly together?: () => Promise<readonly SubjectChange[]>;
}

/** Performs a command on an exception. Throws {@link Refused} with every reason. Decides again when somebody was faster. */
export async function perform(deps: ExceptionDependencies, id: ExceptionId | undefined, order: Order): Promise<StoredException> {
  return retryOnConflict(async () => {
    const before = id === undefined ? undefined : await load(deps, id);
    refuseStale(before, order.ifMatch);
    const outcome = await decideOn(deps, before, order);
    if (!outcome.accepted) throw new Refused(outcome.reasons, 422);
    if (outcome.events.length === 0) return before!;
    const folded = await fold(deps, before, outcome.events);
    await commitFolded(deps, [folded], order, await order.together?.());
    return { version: folded.change.fromVersion + folded.change.entries.length, exception: folded.after };
  });
}

/** Loads by id or reference. Throws `exceptions.notFound`. */
export async function load(deps: Pick<ExceptionDependencies, "store">, idOrRef: string): Promise<StoredException> {
  const found = idOrRef.startsWith("EXC-") ? await deps.store.findByRef(idOrRef) : await deps.store.find(idOrRef);
  if (found === undefined) throw new Refused([refusal("exceptions.notFound", `There is no exception ${idOrRef}.`)], 404);
  return found;
}

/** The policy of an exception's category. Throws `exceptions.categoryUnknown`. */
export async function policyOf(deps: Pick<ExceptionDependencies, "categories">, key: string): Promise<CategoryPolicy> {
  const policy = await deps.categories(key);
  if (policy === undefined)
    throw new Refused([refusal("exceptions.categoryUnknown", `There is no category "${key}".`, { at: "/category" })]);
  return policy;
}

/** Decides a command over a state without committing anything. */
export async function decideOn(
  deps: ExceptionDependencies,
  before: StoredException | undefined,
  order: Order,
): Promise<Decision<ExceptionEvent>> {
  const state = before?.exception;
  return decide(state, order.command, order.now, await factsToDecide(deps, state, order));
}

/** Everything a command is decided by, what a version put forward needs included. */
export async function factsToDecide(deps: ExceptionDependencies, state: ExceptionState | undefined, order: Order): Promise<Facts> {
  return withRequest(deps, await factsFor(deps, state, order), state, order);
}

/** What deciding needs to know; without a command, what the clock's commands need. */
export async function factsFor(
  deps: ExceptionDependencies,
  state: ExceptionState | undefined,
  order: Pick<Order, "actor" | "now" | "assertion"> & { readonly command?: ExceptionCommand },
): Promise<Facts> {
  const { command } = order;
  const category = state?.dossier.category ?? (command !== undefined && "category" in command ? command.category : "");
  return loadFacts(deps.world, {
    state,
    content: command === undefined ? undefined : contentOf(command, state),
    policy: await policyOf(deps, category),
    actor: order.actor,
    onBehalfOf: command === undefined ? undefined : otherNamed(command),
    isJudged: command !== undefined && isJudgement(command, state),
    assertion: order.assertion,
    now: order.now,
    hash: deps.hash,
  });
}

/** Whom a command names beside who gives it: what is decided rests on them too. */
function otherNamed(command: ExceptionCommand): PersonId | undefined {
  if (command.type === "handOnReview") return command.to ?? undefined;
  return "onBehalfOf" in command ? (command.onBehalfOf ?? undefined) : undefined;
}

async function withRequest(
  deps: ExceptionDependencies,
  facts: Facts,
  state: ExceptionState | undefined,
  { command, actor, now }: Order,
): Promise<Facts> {
  const content = putForward(command, state);
  if (state === undefined || content === undefined) return facts;
  const { id, category, openedAt } = state.dossier;
  const owner = content.accountability?.businessOwner ?? null;
  // A reviewer who reduces it asks for nothing.
  const submitter = command.type === "decideReview" || actor.kind !== "person" ? null : (actor.id as PersonId);
  const wanting = [...wantedBy(state), owner, submitter].filter((person) => person !== null);
  const asking = { id, category, content, openedAt, wantedBy: wanting };
  return { ...facts, request: await loadRequestFacts(deps.world, deps.store, asking, now) };
}

function contentOf(command: ExceptionCommand, state: ExceptionState | undefined): DraftContent | undefined {
  if ("content" in command && command.content !== null) return command.content;
  return state?.state === "draft" ? state.content : undefined;
}

/** To stop what is approved or in force already must be possible whatever the provider says. */
function isJudgement(command: ExceptionCommand, state: ExceptionState | undefined): boolean {
  if (command.type === "decideReview") return command.verdict !== "revoke";
  return "contentHash" in command && state !== undefined && openApproval(state) !== undefined;
}

/** Content that a command asks to be decided on. */
function putForward(command: ExceptionCommand, state: ExceptionState | undefined): DraftContent | undefined {
  if (command.type === "submit") return state?.state === "draft" ? state.content : undefined;
  if (command.type === "proposeExtension" || command.type === "proposeChange") return command.content;
  return command.type === "decideReview" ? (command.content ?? undefined) : undefined;
}

/** What the register's rows say after these events. */
export async function fold(
  deps: ExceptionDependencies,
  before: StoredException | undefined,
  events: readonly ExceptionEvent[],
): Promise<FoldedChange> {
  const category = before?.exception.dossier.category ?? firstCategory(events);
  const policy = await policyOf(deps, category);
  return exceptionChange(before, events, {
    dueAt: (state) => dueAt(state, policy),
    fingerprints: (state) => {
      const content = shownContent(state);
      return content === undefined ? [] : fingerprintTexts(state.dossier.category, content);
    },
  });
}

function firstCategory(events: readonly ExceptionEvent[]): string {
  const [first] = events;
  return first?.type === "DraftOpened" ? first.category : "";
}

export async function commitFolded(
  deps: ExceptionDependencies,
  folded: readonly FoldedChange[],
  order: Pick<Order, "actor" | "now">,
  together: readonly SubjectChange[] = [],
): Promise<void> {
  await commit(deps, {
    at: order.now,
    actor: order.actor,
    changes: [...folded.map((each) => each.change), ...together],
    alongside: async (tx) => {
      for (const each of folded) {
        await each.alongside(tx);
        const { id } = each.after.dossier;
        if (needsProvider(each.after)) await deps.requestConverge(tx, id);
        if (each.change.entries.some(({ type }) => type === "VersionSubmitted")) await deps.requestIssues(tx, id);
        if (each.change.entries.some(({ type }) => TOLD_AFTER.has(type))) await deps.requestTelling(tx, id);
      }
    },
  });
}

/** True when some binding's order has not been answered by a read made since. */
export function needsProvider(state: ExceptionState): boolean {
  return pendingBindings(state).length > 0;
}

/** Bindings whose order the provider has not been seen to follow. A failed revocation waits for its retry. */
export function pendingBindings(state: ExceptionState) {
  if (state.state === "closed" || state.state === "revoke_failed") return [];
  return state.dossier.bindings.filter(
    (binding) => binding.observed !== binding.desired || binding.lastReadAt === null || binding.lastReadAt < binding.orderedAt,
  );
}

function refuseStale(before: StoredException | undefined, ifMatch: number | undefined): void {
  if (ifMatch === undefined || before === undefined || before.version === ifMatch) return;
  const detail = `You read version ${ifMatch}; it is at ${before.version} now. Look at what changed, then try again.`;
  throw new Refused([refusal("exceptions.changedMeanwhile", detail)], 412);
}

export type { ExceptionId, PersonId };
