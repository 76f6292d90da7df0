/**
 * Which rules of an access policy decide for whom. Okta tries them by priority and takes the first that matches; whether a rule
 * with a circumstance (a place, a device) matches is not known beforehand, so both outcomes are followed.
 */
import type { People, Rule } from "./map.ts";

/** Who is asked about: an account, with the groups it is in. */
export interface Standing {
  readonly id: string;
  readonly groups: ReadonlySet<string>;
}

export interface Reached {
  readonly rule: Rule;
  /** `sometimes`: where its circumstances are given. `unknown`: it has a condition only Okta can work out. */
  readonly when: "always" | "sometimes" | "unknown";
}

export interface Verdict {
  /** Whether every rule that may decide demands something resistant to phishing. */
  readonly resistant: boolean | "unknown";
  readonly reached: readonly Reached[];
  readonly why: string;
}

export function evaluate(rules: readonly Rule[], subject: Standing): Verdict {
  const reached: Reached[] = [];
  for (const rule of rules) {
    if (!isFor(rule.people, subject)) continue;
    const when = whenOf(rule);
    reached.push({ rule, when });
    if (when === "always") return verdictOf(reached);
  }
  return { resistant: "unknown", reached, why: "no rule of the policy decides for certain" };
}

/** Okta ends every policy with a rule for everybody: rules without one are not all there are. */
export function isWhole(rules: readonly Rule[]): boolean {
  return rules.some((rule) => whenOf(rule) === "always" && includedBy(rule.people).length === 0 && leftOutBy(rule.people).length === 0);
}

export function isFor({ users, groups, exceptUsers, exceptGroups }: People, { id, groups: own }: Standing): boolean {
  if (exceptUsers.includes(id) || exceptGroups.some((group) => own.has(group))) return false;
  if (users.length === 0 && groups.length === 0) return true;
  return users.includes(id) || groups.some((group) => own.has(group));
}

function whenOf({ circumstances, unreadable }: Rule): Reached["when"] {
  if (unreadable.length > 0) return "unknown";
  return circumstances.length > 0 ? "sometimes" : "always";
}

function verdictOf(reached: readonly Reached[]): Verdict {
  const weak = reached.find(({ rule, when }) => rule.demand.resistant === false && when !== "unknown");
  if (weak !== undefined) return { resistant: false, reached, why: `rule "${weak.rule.name}": ${weak.rule.demand.words}` };
  const unclear = reached.find(({ rule }) => rule.demand.resistant !== true);
  if (unclear !== undefined) {
    const { name, demand, unreadable } = unclear.rule;
    return { resistant: "unknown", reached, why: `rule "${name}": ${[...unreadable, demand.words].join("; ")}` };
  }
  return { resistant: true, reached, why: `rule "${reached.at(-1)!.rule.name}": ${reached.at(-1)!.rule.demand.words}` };
}

export type Selector = { readonly kind: "everyone" } | { readonly kind: "group" | "user"; readonly id: string };

/** A rule that lets somebody through without phishing resistance, and whom. */
export interface Door {
  readonly rule: Rule;
  readonly who: Selector;
  /** The stricter rule they would fall under, were they not left out of it. */
  readonly leftOutOf?: string;
}

/**
 * Every door of a policy. Who overlaps with whom cannot be known of groups by their ids: where two might, the door is told rather
 * than left out.
 */
export function doorsOf(rules: readonly Rule[]): readonly Door[] {
  const doors: Door[] = [];
  const settled = new Set<string>();
  /** Whom no rule has caught so far: everybody, or those the last rule for everybody left out. */
  let open: { readonly who: readonly Selector[]; readonly leftOutOf?: string } = { who: [{ kind: "everyone" }] };
  for (const rule of rules) {
    const included = includedBy(rule.people);
    if (rule.demand.resistant !== true) doors.push(...doorsThrough(rule, included, open, settled));
    if (whenOf(rule) !== "always") continue;
    const left = leftOutBy(rule.people);
    if (included.length === 0) {
      if (left.length === 0) return doors;
      open = { who: left, leftOutOf: rule.name };
    } else if (left.length === 0) for (const who of included) settled.add(selectorKey(who));
  }
  return doors;
}

function doorsThrough(
  rule: Rule,
  included: readonly Selector[],
  open: { readonly who: readonly Selector[]; readonly leftOutOf?: string },
  settled: ReadonlySet<string>,
): readonly Door[] {
  const everybody = open.leftOutOf === undefined;
  const who = everybody && included.length > 0 ? included : open.who;
  return who
    .filter((one) => !settled.has(selectorKey(one)))
    .map((one) => ({ rule, who: one, ...(open.leftOutOf !== undefined && { leftOutOf: open.leftOutOf }) }));
}

function includedBy({ users, groups }: People): readonly Selector[] {
  return [...users.map((id) => ({ kind: "user" as const, id })), ...groups.map((id) => ({ kind: "group" as const, id }))];
}

function leftOutBy({ exceptUsers, exceptGroups }: People): readonly Selector[] {
  return includedBy({ users: exceptUsers, groups: exceptGroups, exceptUsers: [], exceptGroups: [] });
}

export function selectorKey(who: Selector): string {
  return who.kind === "everyone" ? "everyone" : `${who.kind}:${who.id}`;
}

/** Whether somebody goes through this door. */
export function goesThrough({ who, rule }: Door, subject: Standing): boolean {
  if (!isFor(rule.people, subject)) return false;
  if (who.kind === "everyone") return true;
  return who.kind === "user" ? who.id === subject.id : subject.groups.has(who.id);
}
