/** Okta's policies and names in our words. Pure: what was read goes in, what it means comes out. */
import type { Instant } from "../../kernel/time.ts";
import type { BypassSubject } from "../port.ts";

/** What a rule asks of whoever it matches. `unknown` where its words are not understood. */
export interface Demand {
  readonly resistant: boolean | "unknown";
  readonly words: string;
}

/** Whom a rule is for. Nobody included means everybody; who is excluded is out, whatever includes them. */
export interface People {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly exceptUsers: readonly string[];
  readonly exceptGroups: readonly string[];
}

export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly people: People;
  /** Circumstances that the rule waits for beside the person: place, device, platform, risk, type of user. */
  readonly circumstances: readonly string[];
  /** Conditions that only Okta can work out: expressions, and kinds we do not know. */
  readonly unreadable: readonly string[];
  readonly demand: Demand;
  readonly changed: Instant | undefined;
}

/** A rule as the API gives it; all but its identity may be missing. */
export interface RawRule {
  readonly id: string;
  readonly name: string;
  readonly status?: string | undefined;
  readonly priority?: number | null | undefined;
  readonly conditions?: Readonly<Record<string, unknown>> | null | undefined;
  readonly actions?: Readonly<Record<string, unknown>> | null | undefined;
  readonly changed?: Instant | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** The rules of an access policy in the order they are tried; those switched off are none. `everyone`: Okta's built-in group of all. */
export function rulesOf(raw: readonly RawRule[], everyone: string | undefined): readonly Rule[] {
  return raw
    .filter(({ status }) => status !== "INACTIVE")
    .map((rule) => {
      const { id, name, priority, conditions, actions, changed } = rule;
      return {
        id,
        name,
        // A rule without a priority is the last resort, never the first.
        priority: priority ?? Number.MAX_SAFE_INTEGER,
        people: peopleOf(objectOf(conditions?.["people"]), everyone),
        ...conditionsOf(conditions ?? {}),
        demand: demandOf(objectOf(actions?.["appSignOn"])),
        changed,
      };
    })
    .sort((a, b) => a.priority - b.priority);
}

export function peopleOf(people: Json, everyone: string | undefined): People {
  const [users, groups] = [objectOf(people["users"]), objectOf(people["groups"])];
  const isForAll = everyone !== undefined && textsOf(groups["include"]).includes(everyone);
  return {
    users: isForAll ? [] : textsOf(users["include"]),
    groups: isForAll ? [] : textsOf(groups["include"]),
    exceptUsers: textsOf(users["exclude"]),
    exceptGroups: textsOf(groups["exclude"]),
  };
}

/** By what Okta calls them; names of its own choosing must not reach what every object has. */
const CIRCUMSTANCES: ReadonlyMap<string, (condition: Json) => string | undefined> = new Map([
  ["network", networkWords],
  // "Not registered" is a circumstance as well.
  ["device", (condition) => (Object.values(condition).every((value) => value === null) ? undefined : `device ${shown(condition)}`)],
  ["platform", (condition) => (isEmptyList(condition) ? undefined : `platform ${shown(condition)}`)],
  ["riskScore", (condition) => (condition["level"] === "ANY" || isEmptyList(condition) ? undefined : `risk ${shown(condition)}`)],
  ["userType", (condition) => (isEmptyList(condition) ? undefined : `type of user ${shown(condition)}`)],
]);

function conditionsOf(conditions: Json): Pick<Rule, "circumstances" | "unreadable"> {
  const circumstances: string[] = [];
  const unreadable: string[] = [];
  for (const [kind, condition] of Object.entries(conditions)) {
    if (kind === "people" || condition === null || condition === undefined) continue;
    const words = CIRCUMSTANCES.get(kind);
    const isReadable = typeof condition === "object" && !Array.isArray(condition);
    if (words === undefined || !isReadable) unreadable.push(`${kind} ${shown(condition)}`);
    else circumstances.push(...[words(objectOf(condition)) ?? []].flat());
  }
  return { circumstances, unreadable };
}

function networkWords(condition: Json): string | undefined {
  if (condition["connection"] === "ANYWHERE") return undefined;
  const [include, exclude] = [textsOf(condition["include"]), textsOf(condition["exclude"])];
  return `network ${[...include, ...exclude.map((zone) => `not ${zone}`)].join(", ") || String(condition["connection"])}`;
}

function isEmptyList(condition: Json): boolean {
  return Object.values(condition).every((value) => Array.isArray(value) && value.length === 0);
}

/** Methods bound to the site they are used on. FastPass (SIGNED_NONCE) is so only where the rule requires it to be. */
const RESISTANT: ReadonlySet<string> = new Set(["webauthn", "cert"]);

export function demandOf(appSignOn: Json): Demand {
  if (appSignOn["access"] === "DENY") return { resistant: true, words: "access is denied" };
  if (appSignOn["access"] !== "ALLOW") return { resistant: "unknown", words: "the rule says neither ALLOW nor DENY" };
  const method = objectOf(appSignOn["verificationMethod"]);
  if (method["type"] === "ASSURANCE") return demandOfAssurance(method);
  if (method["type"] === "AUTH_METHOD_CHAIN") return demandOfChains(method);
  return { resistant: "unknown", words: `verification method ${shown(method["type"] ?? "none")} is not understood` };
}

/** One of the constraints is enough, so the weakest says what the rule is worth. */
function demandOfAssurance(method: Json): Demand {
  const mode = typeof method["factorMode"] === "string" ? method["factorMode"] : "unnamed factors";
  const constraints = method["constraints"];
  if (constraints !== undefined && !Array.isArray(constraints)) return { resistant: "unknown", words: "its constraints are no list" };
  if (constraints === undefined || constraints.length === 0) return { resistant: false, words: `${mode}, any method` };
  const all = constraints.map((constraint) => isResistantConstraint(objectOf(constraint)));
  if (all.includes(false)) return { resistant: false, words: `${mode}, no phishing resistance required` };
  if (all.includes("unknown")) return { resistant: "unknown", words: `${mode}, phishing resistance named but not required` };
  return { resistant: true, words: `${mode}, phishing-resistant` };
}

function isResistantConstraint(constraint: Json): boolean | "unknown" {
  const possession = objectOf(constraint["possession"]);
  const methods = textsOf(possession["methods"]);
  const named = listOf(possession["authenticationMethods"]).map(({ method, key }) => String(method ?? key));
  const resists =
    possession["phishingResistant"] === "REQUIRED" || [methods, named].some((some) => some.length > 0 && some.every(isResistantMethod));
  return resists && possession["required"] === false ? "unknown" : resists;
}

function isResistantMethod(method: string): boolean {
  return RESISTANT.has(method.toLowerCase());
}

/** Any chain is enough; in a chain every step is taken, and of a step one method. */
function demandOfChains(method: Json): Demand {
  const chains = listOf(method["chains"]);
  if (chains.length === 0) return { resistant: "unknown", words: "a chain of methods without a chain" };
  const resistant = chains.every((chain) => stepsOf(chain).some(isResistantStep));
  return resistant
    ? { resistant, words: "each chain has a phishing-resistant step" }
    : { resistant, words: "a chain has no phishing-resistant step" };
}

function stepsOf(chain: Json): readonly Json[] {
  return [chain, ...listOf(chain["next"]).flatMap(stepsOf)];
}

function isResistantStep(step: Json): boolean {
  const methods = listOf(step["authenticationMethods"]);
  return methods.length > 0 && methods.every((one) => one["phishingResistant"] === "REQUIRED" || isResistantMethod(String(one["method"])));
}

export function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

const MOST_SHOWN = 200;

export function shown(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, MOST_SHOWN);
}

/** Our own groups are told by their names: `Postern vpn EXC-2026-0001`. */
export interface LedgerName {
  readonly policy: string;
  readonly ref: string;
}

export function ledgerName({ policy, ref }: LedgerName): string {
  return `Postern ${policy} ${ref}`;
}

export function ledgerNameOf(name: string): LedgerName | undefined {
  const [, policy, ref] = /^Postern ([a-z][a-z0-9-]{0,39}) (\S+)$/.exec(name) ?? [];
  return policy === undefined || ref === undefined ? undefined : { policy, ref };
}

/** All whom a policy would otherwise hold to strong sign-in. */
export const EVERYONE: BypassSubject = { kind: "everyone", key: "everyone", name: "everyone" };

/** Keys of bypasses: the same at every reading. */
export const bypassKey = {
  member: (policyId: string, userId: string, ref?: string) => ["member", policyId, userId, ...(ref === undefined ? [] : [ref])].join("/"),
  rule: (policyId: string, ruleId: string, who: string) => ["rule", policyId, ruleId, who].join("/"),
};
