/**
 * Bodies of AuthZEN requests, once they are JSON: by hand, so that reading costs a look at what was sent and nothing else. All faults of
 * a body are told at once. What is not known is passed over; what has a wrong type is never guessed at.
 */
import { type Action, type Entity, NONE, type Properties, type Question } from "./question.ts";

/** What is wrong, and where: a JSON pointer into the body, or into the item of a batch. */
export interface Fault {
  readonly at: string;
  readonly words: string;
}

/** Questions of one batch at most; more than that are asked in more requests, between which others get their turn. */
export const MOST_QUESTIONS = 1_000;
/** Properties and context may be nested so deep: everything behind here may then walk them without minding its stack. */
export const DEEPEST = 32;
/** Longer than any name that a provider has for somebody. */
export const LONGEST_NAME = 2_048;

export type Semantic = "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";
const SEMANTICS: ReadonlySet<unknown> = new Set<Semantic>(["execute_all", "deny_on_first_deny", "permit_on_first_permit"]);

type Sent = Readonly<Record<string, unknown>>;

/** A question. Undefined where `faults` says why not. */
export function readQuestion(body: unknown, faults: Fault[]): Question | undefined {
  const sent = objectOf(body, "", faults);
  if (sent === undefined) return undefined;
  const subject = entityOf(sent["subject"], "/subject", faults);
  const action = actionOf(sent["action"], "/action", faults);
  const resource = entityOf(sent["resource"], "/resource", faults);
  const context = propertiesOf(sent["context"], "/context", faults);
  if (subject === undefined || action === undefined || resource === undefined || context === undefined) return undefined;
  return { subject, action, resource, context };
}

/** A batch before its items are read: an item's faults are its own. */
export interface Batch {
  readonly semantic: Semantic;
  readonly items: readonly unknown[];
  readonly defaults: Defaults;
}

interface Defaults {
  readonly subject: Default<Entity>;
  readonly action: Default<Action>;
  readonly resource: Default<Entity>;
  readonly context: Properties;
}

/** What items inherit, or why they cannot. */
interface Default<T> {
  readonly value: T | undefined;
  readonly faults: readonly Fault[];
}

/** A body of `evaluations`: without items it is one question, as for `evaluation`. */
export function readBatch(body: unknown, faults: Fault[]): Batch | Question | undefined {
  const sent = objectOf(body, "", faults);
  if (sent === undefined) return undefined;
  const semantic = semanticOf(sent["options"], faults);
  const items = sent["evaluations"] ?? (sent["evaluations"] === null ? null : []);
  if (!Array.isArray(items)) faults.push({ at: "/evaluations", words: "must be a list" });
  else if (items.length > MOST_QUESTIONS) faults.push({ at: "/evaluations", words: `may hold at most ${MOST_QUESTIONS} questions` });
  else if (items.length === 0) return faults.length === 0 ? readQuestion(sent, faults) : void readQuestion(sent, faults);
  const defaults = defaultsOf(sent, faults);
  return faults.length === 0 ? { semantic, items: items as readonly unknown[], defaults } : undefined;
}

/** One item of a batch. What it gives replaces the default as a whole; nothing is put together of both. */
export function readItem(item: unknown, defaults: Defaults, faults: Fault[]): Question | undefined {
  const sent = objectOf(item, "", faults);
  if (sent === undefined) return undefined;
  const subject = sent["subject"] === undefined ? inherit(defaults.subject, faults) : entityOf(sent["subject"], "/subject", faults);
  const action = sent["action"] === undefined ? inherit(defaults.action, faults) : actionOf(sent["action"], "/action", faults);
  const resource = sent["resource"] === undefined ? inherit(defaults.resource, faults) : entityOf(sent["resource"], "/resource", faults);
  const context = sent["context"] === undefined ? defaults.context : propertiesOf(sent["context"], "/context", faults);
  if (subject === undefined || action === undefined || resource === undefined || context === undefined) return undefined;
  return { subject, action, resource, context };
}

/**
 * A default that is not whole hurts only who inherits it: another item may bring its own. One of a wrong type is a fault of the whole
 * body, as it would be in a body of one question.
 */
function defaultsOf(sent: Sent, faults: Fault[]): Defaults {
  return {
    subject: defaultOf(sent["subject"], "/subject", entityOf, faults),
    action: defaultOf(sent["action"], "/action", actionOf, faults),
    resource: defaultOf(sent["resource"], "/resource", entityOf, faults),
    context: propertiesOf(sent["context"], "/context", faults) ?? NONE,
  };
}

function defaultOf<T>(
  value: unknown,
  at: string,
  read: (value: unknown, at: string, faults: Fault[]) => T | undefined,
  faults: Fault[],
): Default<T> {
  const own: Fault[] = [];
  const whole = read(value, at, own);
  faults.push(...own.filter(({ words }) => words !== MISSING));
  return { value: whole, faults: own };
}

function inherit<T>({ value, faults: own }: Default<T>, faults: Fault[]): T | undefined {
  if (value === undefined) faults.push(...own);
  return value;
}

function semanticOf(options: unknown, faults: Fault[]): Semantic {
  if (options === undefined) return "execute_all";
  const given = objectOf(options, "/options", faults)?.["evaluations_semantic"];
  if (given === undefined) return "execute_all";
  if (!SEMANTICS.has(given)) faults.push({ at: "/options/evaluations_semantic", words: `must be one of ${[...SEMANTICS].join(", ")}` });
  return given as Semantic;
}

/** What a search looks for. The id of what is searched is not part of it, whether it is sent or not. */
export type Search =
  | {
      readonly kind: "subject";
      readonly subject: Omit<Entity, "id">;
      readonly action: Action;
      readonly resource: Entity;
      readonly context: Properties;
    }
  | {
      readonly kind: "resource";
      readonly subject: Entity;
      readonly action: Action;
      readonly resource: Omit<Entity, "id">;
      readonly context: Properties;
    }
  | { readonly kind: "action"; readonly subject: Entity; readonly resource: Entity; readonly context: Properties };

/** Which page of what was found. */
export interface Page {
  /** As the page before gave it; empty for the first. */
  readonly token: string;
  readonly limit: number | undefined;
}

export function readSearch(kind: Search["kind"], body: unknown, faults: Fault[]): { search: Search; page: Page } | undefined {
  const sent = objectOf(body, "", faults);
  if (sent === undefined) return undefined;
  const search = SEARCHES[kind](sent, faults);
  const page = pageOf(sent["page"], faults);
  return search === undefined || page === undefined ? undefined : { search, page };
}

const SEARCHES: { readonly [K in Search["kind"]]: (sent: Sent, faults: Fault[]) => Search | undefined } = {
  subject(sent, faults) {
    const subject = kindOf(sent["subject"], "/subject", faults);
    const action = actionOf(sent["action"], "/action", faults);
    const resource = entityOf(sent["resource"], "/resource", faults);
    const context = propertiesOf(sent["context"], "/context", faults);
    if (subject === undefined || action === undefined || resource === undefined || context === undefined) return undefined;
    return { kind: "subject", subject, action, resource, context };
  },
  resource(sent, faults) {
    const subject = entityOf(sent["subject"], "/subject", faults);
    const action = actionOf(sent["action"], "/action", faults);
    const resource = kindOf(sent["resource"], "/resource", faults);
    const context = propertiesOf(sent["context"], "/context", faults);
    if (subject === undefined || action === undefined || resource === undefined || context === undefined) return undefined;
    return { kind: "resource", subject, action, resource, context };
  },
  action(sent, faults) {
    const subject = entityOf(sent["subject"], "/subject", faults);
    const resource = entityOf(sent["resource"], "/resource", faults);
    const context = propertiesOf(sent["context"], "/context", faults);
    if (subject === undefined || resource === undefined || context === undefined) return undefined;
    return { kind: "action", subject, resource, context };
  },
};

const FIRST: Page = { token: "", limit: undefined };

function pageOf(value: unknown, faults: Fault[]): Page | undefined {
  if (value === undefined) return FIRST;
  const sent = objectOf(value, "/page", faults);
  if (sent === undefined) return undefined;
  const { token = "", limit } = sent;
  const before = faults.length;
  if (typeof token !== "string") faults.push({ at: "/page/token", words: MUST_BE_TEXT });
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) >= 0))
    faults.push({ at: "/page/limit", words: "must be a whole number, 0 or more" });
  return faults.length > before ? undefined : { token: token as string, limit: limit as number | undefined };
}

const MISSING = "is missing";
const MUST_BE_TEXT = "must be text";

function entityOf(value: unknown, at: string, faults: Fault[]): Entity | undefined {
  const sent = objectOf(value, at, faults);
  if (sent === undefined) return undefined;
  const type = nameOf(sent["type"], at, "/type", faults);
  const id = nameOf(sent["id"], at, "/id", faults);
  const properties = sent["properties"] === undefined ? NONE : propertiesOf(sent["properties"], `${at}/properties`, faults);
  return type === undefined || id === undefined || properties === undefined ? undefined : { type, id, properties };
}

function kindOf(value: unknown, at: string, faults: Fault[]): Omit<Entity, "id"> | undefined {
  const sent = objectOf(value, at, faults);
  if (sent === undefined) return undefined;
  const type = nameOf(sent["type"], at, "/type", faults);
  const properties = propertiesOf(sent["properties"], `${at}/properties`, faults);
  return type === undefined || properties === undefined ? undefined : { type, properties };
}

function actionOf(value: unknown, at: string, faults: Fault[]): Action | undefined {
  const sent = objectOf(value, at, faults);
  if (sent === undefined) return undefined;
  const name = nameOf(sent["name"], at, "/name", faults);
  const properties = sent["properties"] === undefined ? NONE : propertiesOf(sent["properties"], `${at}/properties`, faults);
  return name === undefined || properties === undefined ? undefined : { name, properties };
}

function objectOf(value: unknown, at: string, faults: Fault[]): Sent | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Sent;
  faults.push({ at, words: value === undefined ? MISSING : "must be an object" });
  return undefined;
}

function nameOf(value: unknown, at: string, member: string, faults: Fault[]): string | undefined {
  if (typeof value === "string" && value.length <= LONGEST_NAME && value.isWellFormed() && !value.includes("\0")) return value;
  const words =
    value === undefined
      ? MISSING
      : typeof value !== "string"
        ? MUST_BE_TEXT
        : value.length > LONGEST_NAME
          ? `may have at most ${LONGEST_NAME} characters`
          : "may not contain the character NUL or half a surrogate pair";
  faults.push({ at: at + member, words });
  return undefined;
}

function propertiesOf(value: unknown, at: string, faults: Fault[]): Properties | undefined {
  if (value === undefined) return NONE;
  const sent = objectOf(value, at, faults);
  if (sent === undefined || !isTooDeep(sent)) return sent;
  faults.push({ at, words: `may be nested ${DEEPEST} deep at most` });
  return undefined;
}

/** Level by level, and no recursion: how deep a body is is for its sender to choose. */
function isTooDeep(top: Sent): boolean {
  let level = childrenOf(top, undefined);
  for (let depth = 1; level !== undefined; depth++) {
    if (depth >= DEEPEST) return true;
    let next: Sent[] | undefined;
    for (const each of level) next = childrenOf(each, next);
    level = next;
  }
  return false;
}

/** Adds what is an object or a list in it to a list, which is made only when there is one. */
function childrenOf(of: Sent, found: Sent[] | undefined): Sent[] | undefined {
  let list = found;
  const values = Array.isArray(of) ? (of as readonly unknown[]) : Object.values(of);
  for (const value of values) if (typeof value === "object" && value !== null) (list ??= []).push(value as Sent);
  return list;
}
