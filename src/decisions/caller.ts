/**
 * Who asks, and how far their questions may reach. A caller is a workload that its own platform vouches for; there is no key of ours
 * that could be copied. Whatever is outside of a caller's scope is denied, left out, or not there, as if Postern did not know of it.
 */
import type { Question } from "./question.ts";
import { NONE } from "./question.ts";
import type { Verdict } from "./verdict.ts";

/** `any` has to be written: what is left out is nothing. */
export type Within = "any" | ReadonlySet<string>;

export interface ResourceScope {
  readonly type: string;
  /** Ids of that type. */
  readonly ids: Within;
  /** What an id may begin with instead. */
  readonly prefixes: readonly string[];
}

export interface CallerScope {
  readonly ruleSets: Within;
  /** Types of subjects. */
  readonly subjects: Within;
  readonly resources: "any" | readonly ResourceScope[];
  /** Names of actions. */
  readonly actions: Within;
  readonly maySearch: boolean;
  /** Believed where it says in which groups a subject is. */
  readonly mayVouchForGroups: boolean;
  readonly maySeeExceptions: boolean;
  readonly maySeeOwners: boolean;
  /** May read the whole register as a signed snapshot: edge decision points. */
  readonly mayReadSnapshot: boolean;
  readonly mayRequestAccess: boolean;
}

export interface Caller {
  readonly name: string;
  readonly scope: CallerScope;
}

/** What a request shows of who sent it, as node:http has it. */
export interface CallerEvidence {
  readonly headers: { readonly authorization?: string | undefined };
  readonly socket: object;
}

export interface CallerRefused {
  readonly kind: "refused";
  readonly status: 401 | 403 | 429 | 503;
  readonly code: string;
  readonly words: string;
  readonly retryAfterSeconds?: number;
}

export type CallerFound = { readonly kind: "caller"; readonly caller: Caller } | CallerRefused;

/** Who sent a request. Answers at once where it is remembered, so that most questions wait for nothing. */
export type Authenticate = (evidence: CallerEvidence) => CallerFound | Promise<CallerFound>;

/** May ask everything, and sees everything: for the console's explorer, whose users are signed in otherwise, and for tests. */
export const UNBOUNDED: CallerScope = {
  ruleSets: "any",
  subjects: "any",
  resources: "any",
  actions: "any",
  maySearch: true,
  mayVouchForGroups: true,
  maySeeExceptions: true,
  maySeeOwners: true,
  mayReadSnapshot: true,
  mayRequestAccess: true,
};

export function isWithin(within: Within, name: string): boolean {
  return within === "any" || within.has(name);
}

export function mayName(scope: CallerScope, type: string, id: string): boolean {
  if (scope.resources === "any") return true;
  return scope.resources.some(
    (each) => each.type === type && (isWithin(each.ids, id) || each.prefixes.some((prefix) => id.startsWith(prefix))),
  );
}

/** Whether the caller may be told about exactly this. If not, the answer is a denial `out_of_caller_scope`, which says nothing else. */
export function mayAsk(scope: CallerScope, { subject, action, resource }: Question): boolean {
  return isWithin(scope.subjects, subject.type) && isWithin(scope.actions, action.name) && mayName(scope, resource.type, resource.id);
}

export const OUT_OF_SCOPE: Verdict = {
  permit: false,
  code: "out_of_caller_scope",
  words: "Whoever asked may not ask about this.",
  obligations: [],
  requestable: false,
};

/** The question as far as the caller is believed: groups are left out that it may not vouch for. */
export function believed(scope: CallerScope, question: Question): Question {
  const { subject } = question;
  if (scope.mayVouchForGroups || subject.properties["groups"] === undefined) return question;
  const { groups: _, ...properties } = subject.properties;
  return { ...question, subject: { ...subject, properties: Object.keys(properties).length === 0 ? NONE : properties } };
}

/** The verdict as far as the caller may see it. */
export function seen(scope: CallerScope, verdict: Verdict): Verdict {
  const { grant, ...rest } = verdict;
  if (grant === undefined || (scope.maySeeExceptions && scope.maySeeOwners)) return verdict;
  if (scope.maySeeExceptions) return { ...rest, grant: { ...grant, owner: null } };
  return { ...rest, words: rest.permit ? "An exception in force lets through." : "No exception lets through now." };
}
