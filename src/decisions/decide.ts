/**
 * The order in which a question is decided. Deterministic for a question, a snapshot and a moment; whatever it does not understand
 * it denies.
 */
import type { Properties, Question } from "./question.ts";
import type { Attempt, KnownSubject, Register, SubjectKey } from "./register.ts";
import type { RuleSet, RuleVerdict } from "./rule-set.ts";
import { isTooOld, type Snapshot } from "./snapshot.ts";
import type { ReasonCode, Verdict } from "./verdict.ts";

const NOTHING: readonly never[] = [];

/** Words of denials that no rule and no exception gave words for. */
const WORDS: Partial<Record<ReasonCode, string>> = {
  denied_by_rule: "A rule denies it.",
  nothing_permits: "No rule permits it.",
  permitted_by_rule: "A rule permits it.",
  permitted_by_exception: "An exception in force lets through.",
  unknown_subject: "Nobody is known by this name.",
  inactive_subject: "They left, or their account is off.",
  snapshot_too_old: "The register was not heard of for too long; nothing is permitted on what it said then.",
};

export function decide(question: Question, rules: RuleSet, snapshot: Snapshot, nowMs: number): Verdict {
  if (isTooOld(snapshot, nowMs)) return deny("snapshot_too_old");
  const asksRegister = rules.asksRegister(question.action.name);
  const known = asksRegister ? findSubject(question, snapshot.register) : undefined;
  if (asksRegister && known === undefined) return deny("unknown_subject");
  if (known?.active === false) return deny("inactive_subject");
  const said = rules.decide(question, nowMs);
  if (said.effect === "permit") return { ...ofRule(said, "permitted_by_rule"), permit: true };
  if (said.effect === "deny") return ofRule(said, "denied_by_rule");
  return known === undefined ? ofRule(said, "nothing_permits") : byRegister(question, known, said, snapshot.register, nowMs);
}

/** Whom a question means; its caller may say by which provider's names. */
export function findSubject(
  { subject: { type, id, properties } }: Pick<Question, "subject">,
  register: Register,
): KnownSubject | undefined {
  return register.findSubject(type, id, textOf(properties, "connection") ?? undefined);
}

function byRegister(question: Question, known: KnownSubject, said: RuleVerdict, register: Register, nowMs: number): Verdict {
  const found = register.look(attemptOf(question, known), nowMs);
  const rule = said.rule === undefined ? {} : { rule: said.rule };
  if (found.kind === "none") {
    const grant = found.grant === undefined ? {} : { grant: found.grant };
    return { permit: false, code: found.code, words: found.words, ...rule, ...grant, obligations: [], requestable: true };
  }
  const { grant, obligations } = found;
  const words = WORDS.permitted_by_exception!;
  return {
    permit: true,
    code: "permitted_by_exception",
    words,
    ...rule,
    grant,
    obligations: [...said.obligations, ...obligations],
    requestable: false,
  };
}

/** A question in the register's words: what is not said, or said in another type, meets no condition. */
export function attemptOf({ action, resource, subject, context }: Question, known: KnownSubject): Attempt {
  const groups = listOf(subject.properties, "groups");
  return {
    keys: groups.length === 0 ? known.keys : [...known.keys, ...groupKeys(groups, known)],
    resource: { kind: resource.type, id: resource.id },
    method: textOf(action.properties, "method"),
    address: textOf(context, "ip"),
    networks: listOf(context, "networks"),
    deviceClasses: listOf(context, "device_classes"),
  };
}

function groupKeys(groups: readonly string[], known: KnownSubject): readonly SubjectKey[] {
  const connections = [...new Set(known.keys.map(({ connection }) => connection))];
  return groups.flatMap((key) => connections.map((connection) => ({ connection, kind: "group", key })));
}

function textOf(properties: Properties, name: string): string | null {
  const value = properties[name];
  return typeof value === "string" ? value : null;
}

function listOf(properties: Properties, name: string): readonly string[] {
  const value = properties[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : NOTHING;
}

function ofRule({ rule, words, obligations }: RuleVerdict, code: ReasonCode): Verdict {
  return { permit: false, code, words: words ?? WORDS[code]!, ...(rule !== undefined && { rule }), obligations, requestable: false };
}

function deny(code: ReasonCode): Verdict {
  return { permit: false, code, words: WORDS[code]!, obligations: [], requestable: false };
}
