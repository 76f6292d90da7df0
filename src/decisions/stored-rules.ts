/** A rule set that an organisation stored in place of the shipped one, or beside them: its versions, each signed. */
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { canonicalText } from "../kernel/canonical.ts";
import type { Id } from "../kernel/id.ts";
import type { Instant } from "../kernel/time.ts";

/** What a passkey signs for a version, whether proposed or put in force, and for an end; the subject is the name, the content {@link versionText}, hashed. */
export const PUT_RULES_ACTION = "decisions.putRules";
export const RETIRE_RULES_ACTION = "decisions.retireRules";

export interface RulesVersion {
  /** 1 for the first that was stored; what ships is 0. */
  readonly version: number;
  /** `sha256:` and hex of the text. */
  readonly digest: string;
  /** Why it was changed, in the words of who did. */
  readonly note: string;
}

/** One person's signature over a version. */
export interface SignedVersion extends RulesVersion {
  readonly at: Instant;
  readonly by: string;
  /** Reference of the signature. */
  readonly assertion: string;
}

export interface StoredRules extends SignedVersion {
  readonly id: Id<"ruleSet">;
  readonly name: string;
  /** `proposed`: nothing of it was ever in force; version 0 of no text. */
  readonly status: "stored" | "retired" | "proposed";
  /** Signed by one person, where two have to, and in force by nobody's decision yet. */
  readonly proposal?: SignedVersion;
}

/** `rulesRetired`: nothing is decided by it any more, also where it is a shipped one that was never stored. `version`: the one that ends. */
export interface StoredRulesEvent {
  readonly type: "rulesPut" | "rulesProposed" | "rulesRetired";
  readonly data: Omit<StoredRules, "status" | "proposal">;
}

export function evolveStoredRules(state: StoredRules | undefined, { type, data }: StoredRulesEvent): StoredRules {
  if (type !== "rulesProposed") return { ...data, status: type === "rulesPut" ? "stored" : "retired" };
  const { id, name, ...proposal } = data;
  return { ...(state ?? { ...data, version: 0, digest: "", status: "proposed" }), id, name, proposal };
}

export function storedRulesColumns({ name, status }: StoredRules): { readonly name: string; readonly status: string } {
  return { name, status };
}

/** Canonical JSON of what is signed when a version is put in force, or the one in force ends. */
export function versionText(name: string, { version, digest, note }: RulesVersion): string {
  return canonicalText({ name, version, digest, note });
}

/** The decision that an entry of a rule set records. */
export function signedRules({ type, data, actor }: JournalEntry, hash: Hash): SignedDecision {
  const { name, assertion, ...version } = data as StoredRules;
  const action = type === "rulesRetired" ? RETIRE_RULES_ACTION : PUT_RULES_ACTION;
  return { assertion, person: actor.id, action, subject: name, contentHash: hash(versionText(name, version)) };
}
