/** Rule sets as people keep them: what is in force, what was, and the change of it, signed. */
import { type CommitContext, commit, VersionConflict } from "../journal/append.ts";
import { entriesOfSubject } from "../journal/index.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import { epochMs, type Instant } from "../kernel/time.ts";
import { isDuplicate } from "../platform/db.ts";
import { inTurns } from "../platform/in-turns.ts";
import type { Stored } from "../journal/subjects.ts";
import { loadRuleSets, shippedRules } from "./load-rule-sets.ts";
import type { KeptQuestion } from "./kept.ts";
import type { Question } from "./question.ts";
import type { Register } from "./register.ts";
import { digestOf, loadRules } from "./rules/load-rules.ts";
import { DEFAULT_RULES } from "./rules/rule-file.ts";
import type { RuleSet } from "./rule-set.ts";
import { createRulesStore } from "./rules-store.ts";
import { type RulesVersion, type SignedVersion, type StoredRules, type StoredRulesEvent } from "./stored-rules.ts";
import { type AskedThen, deciderOf, type Trial, tryRules } from "./try-rules.ts";

/** A set by its name, as it stands. */
export interface KnownRules extends Pick<StoredRules, "name" | "version" | "digest"> {
  readonly status: "shipped" | StoredRules["status"];
  readonly proposal?: SignedVersion;
  /** Null for one that ships. */
  readonly at: Instant | null;
  readonly by: string | null;
  readonly note: string | null;
}

export interface RulesOrder {
  readonly by: string;
  readonly now: Instant;
  /** Verifies the caller's passkey over this version; gives the reference that the journal keeps. */
  readonly sign: (name: string, version: RulesVersion, isEnd: boolean) => Promise<string>;
}

export interface NewRules {
  readonly text: string;
  readonly note: string;
  /** Version that was read; 0 for the shipped one, or for a name that is new. */
  readonly basedOn: number;
}

export interface RulesDependencies extends CommitContext {
  readonly register: () => Register | undefined;
  /** A version is in force only when two persons have signed it. */
  readonly byTwo: boolean;
}

export type RulesService = ReturnType<typeof createRulesService>;

/** Recorded questions that a dry run looks at. */
export const MOST_TRIED = 5_000;

export function createRulesService(deps: RulesDependencies) {
  const store = createRulesStore(deps.db);

  async function textOf(digest: string): Promise<string | undefined> {
    const found = [...shippedRules().values()].find(({ rules }) => rules.digest === digest)?.text ?? (await store.findText(digest));
    return found !== undefined && digestOf(found) === digest ? found : undefined;
  }

  async function find(name: string): Promise<KnownRules | undefined> {
    return standing(name, (await store.findByName(name))?.state);
  }

  async function load(name: string): Promise<KnownRules & { readonly text: string }> {
    const found = await find(name);
    if (found === undefined) throw unknown(name);
    return { ...found, text: (await textOf(found.digest)) ?? "" };
  }

  /** What waits for a second signature, with its text. */
  async function proposalOf({ proposal }: KnownRules): Promise<(SignedVersion & { readonly text: string }) | undefined> {
    return proposal && { ...proposal, text: (await textOf(proposal.digest)) ?? "" };
  }

  /** Every version there was, newest first. */
  async function versions(name: string): Promise<readonly KnownRules[]> {
    const stored = await store.findByName(name);
    const entries = stored === undefined ? [] : await entriesOfSubject(deps.db, stored.state.id);
    const kept = entries
      .filter(({ type }) => type !== "rulesProposed")
      .map(({ type, data }): KnownRules => ({
        ...(data as Omit<StoredRules, "status">),
        status: type === "rulesPut" ? "stored" : "retired",
      }));
    const first = shippedOf(name);
    if (first === undefined && stored === undefined) throw unknown(name);
    return [...kept.toReversed(), ...(first === undefined ? [] : [first])];
  }

  return {
    load,
    proposalOf,
    versions,
    async list(): Promise<readonly (KnownRules & { readonly text: string })[]> {
      const stored = (await store.all()).map(({ state }) => state);
      const names = new Set([...shippedRules().keys(), ...stored.map(({ name }) => name)]);
      return Promise.all([...names].sort().map(load));
    },
    async textOfVersion(name: string, version: number): Promise<KnownRules & { readonly text: string }> {
      const found = (await versions(name)).find((each) => each.version === version && each.status !== "retired");
      if (found === undefined) throw unknown(name);
      return { ...found, text: (await textOf(found.digest)) ?? "" };
    },
    /** What would change for these questions now, or for recent ones of the log, each as of its own moment, where none are given. */
    async tryText(
      name: string,
      text: string,
      given: readonly Question[] | undefined,
      now: Instant,
    ): Promise<Trial & { readonly of: number }> {
      const after = readAs(name, text);
      const atMs = epochMs(now);
      const asked = given?.map((question) => ({ question, atMs })) ?? (await recent(name));
      const before = (await loadRuleSets(deps.db)).get(name);
      return { ...(await tryRules(inTurns(asked, TRIED_A_TURN), before, after, deciderOf(deps.register(), atMs))), of: asked.length };
    },
    async put(name: string, wanted: NewRules, order: RulesOrder): Promise<KnownRules> {
      const stored = await store.findByName(name);
      const known = standing(name, stored?.state);
      readAs(name, wanted.text);
      const digest = digestOf(wanted.text);
      const faults = [...changed(wanted.basedOn, known), ...same(digest, known)];
      if (faults.length > 0) throw new Refused(faults, 409);
      const version = { version: (known?.version ?? 0) + 1, digest, note: wanted.note };
      const waits = deps.byTwo && !isSeconded(stored?.state.proposal, version, order.by);
      return record(waits ? "rulesProposed" : "rulesPut", name, version, stored, order, wanted.text);
    },
    /** Nothing is decided by it any more. */
    async retire(name: string, { note, basedOn }: Omit<NewRules, "text">, order: RulesOrder): Promise<KnownRules> {
      const stored = await store.findByName(name);
      const known = standing(name, stored?.state);
      if (known === undefined || known.status === "proposed") throw unknown(name);
      if (name === DEFAULT_RULES)
        throw new Refused([refusal("decisions.ruleSetNeeded", "It answers whoever names no rule set; store another version of it.")], 409);
      if (known.status === "retired") throw new Refused([refusal("decisions.ruleSetRetired", `${name} is retired already.`)], 409);
      const faults = changed(basedOn, known);
      if (faults.length > 0) throw new Refused(faults, 409);
      return record("rulesRetired", name, { version: known.version, digest: known.digest, note }, stored, order);
    },
  };

  async function record(
    type: StoredRulesEvent["type"],
    name: string,
    version: RulesVersion,
    before: Stored<StoredRules> | undefined,
    { by, now, sign }: RulesOrder,
    text?: string,
  ): Promise<StoredRules> {
    const assertion = await sign(name, version, type === "rulesRetired");
    const id = before?.state.id ?? deps.ids.next("ruleSet");
    const { change, after } = store.change(before, { type, data: { id, name, ...version, at: now, by, assertion } });
    await commit(deps, {
      at: now,
      actor: { kind: "person", id: by },
      changes: [change],
      alongside: async (tx) => {
        if (text !== undefined) await store.putText(tx, version.digest, text);
      },
    }).catch((error: unknown) => {
      // The signature was given for this version, and is spent: whoever was slower signs anew.
      const isLate = isDuplicate(error) || error instanceof VersionConflict;
      throw isLate ? new Refused([refusal("decisions.ruleSetChangedMeanwhile", "Somebody else was faster; read it again.")], 409) : error;
    });
    return after;
  }

  async function recent(name: string): Promise<readonly AskedThen[]> {
    const rows = await store.recentQuestions(name, MOST_TRIED);
    return rows.map(({ question, at }) => ({ question: asQuestion(JSON.parse(question) as KeptQuestion), atMs: epochMs(at) }));
  }
}

/** Between so many, the questions of gateways get their turn: thousands by hundreds of rules take a second. */
const TRIED_A_TURN = 100;

/** A recorded question keeps no empty properties. */
function asQuestion({ subject, action, resource, context }: KeptQuestion): Question {
  return {
    subject: { ...subject, properties: subject.properties ?? {} },
    action: { ...action, properties: action.properties ?? {} },
    resource: { ...resource, properties: resource.properties ?? {} },
    context: context ?? {},
  };
}

/** Refuses a text with everything that is wrong with it, and one that is of another set. */
function readAs(name: string, text: string): RuleSet {
  const reading = loadRules(text);
  if (!reading.ok) throw new Refused(reading.faults);
  if (reading.rules.name === name) return reading.rules;
  throw new Refused([refusal("decisions.ruleSetMisnamed", `The text calls itself ${reading.rules.name}, and was sent for ${name}.`)]);
}

/** What is in force by this name, or was; with what waits for a second signature. */
function standing(name: string, state: StoredRules | undefined): KnownRules | undefined {
  if (state?.status !== "proposed") return state ?? shippedOf(name);
  const shipped = shippedOf(name) ?? { name, version: 0, digest: "", status: "proposed" as const, at: null, by: null, note: null };
  return state.proposal === undefined ? shipped : { ...shipped, proposal: state.proposal };
}

/** Whether somebody else signed this very text as this version. Throws where it was the same person. */
function isSeconded(proposal: SignedVersion | undefined, { version, digest }: RulesVersion, by: string): boolean {
  if (proposal?.version !== version || proposal.digest !== digest) return false;
  if (proposal.by !== by) return true;
  throw new Refused([refusal("decisions.ruleSetNeedsAnother", "You signed it already; somebody else has to sign the same text.")], 409);
}

function shippedOf(name: string): KnownRules | undefined {
  const found = shippedRules().get(name);
  return found && { name, version: 0, digest: found.rules.digest, status: "shipped", at: null, by: null, note: null };
}

function changed(basedOn: number, known: KnownRules | undefined): readonly Refusal[] {
  const version = known?.version ?? 0;
  if (basedOn === version) return [];
  return [
    refusal("decisions.ruleSetChangedMeanwhile", `Version ${version} is in force; this was made from ${basedOn}.`, { at: "/basedOn" }),
  ];
}

function same(digest: string, known: KnownRules | undefined): readonly Refusal[] {
  if (known?.digest !== digest || known.status === "retired") return [];
  return [refusal("decisions.ruleSetSame", `Version ${known.version} says exactly this.`, { at: "/text" })];
}

function unknown(name: string): Refused {
  return new Refused([refusal("decisions.ruleSetUnknown", `There is no rule set ${name}.`)], 404);
}
