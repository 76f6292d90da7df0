/** A rule set as it is read: names, constants and rules, checked, and not yet compiled. */
import type { Zone } from "../../kernel/time.ts";
import type { Entity, Properties } from "../question.ts";
import type { Obligation } from "../verdict.ts";

/** How a rule set is called in addresses: `/rules/NAME/access/v1/…`. */
export const RULE_SET_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** The set that answers where none is named. */
export const DEFAULT_RULES = "default";

/** What a rule set may be, so that reading and deciding stay within bounds. Reading refuses what is beyond. */
export const LIMITS = {
  /** Characters of a file. */
  text: 256 * 1024,
  rules: 500,
  /** Tests in all conditions together. */
  tests: 5_000,
  /** Conditions within conditions. */
  depth: 8,
  /** Rows of all tables, entities and methods together. */
  rows: 10_000,
  /** Values in one list. */
  list: 1_000,
  /** Characters of one text. */
  line: 500,
  /** Names in one path. */
  path: 8,
} as const;

export type Scalar = string | number | boolean;

/** Where a value of the question stands: `subject.properties.role`, `user.email`, `now`. */
export interface Path {
  readonly text: string;
  readonly root: "subject" | "action" | "resource" | "context" | "now" | "defined";
  /** What follows the root: of a defined name, the columns of its row. */
  readonly names: readonly string[];
  /** Name of the definition, where it is one. */
  readonly defined?: string;
}

/** What a value is compared with: one that the file says, or another of the question. */
export type Operand<V> = { readonly value: V } | { readonly from: Path };

export interface HoursOfWeek {
  readonly zone: Zone;
  /** 1 (Monday) to 7. */
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly untilMinute: number;
}

export type Test =
  | { readonly op: "equals" | "has"; readonly with: Operand<Scalar> }
  | { readonly op: "one_of" | "has_any"; readonly with: Operand<readonly Scalar[]> }
  | { readonly op: "exists"; readonly with: boolean }
  | { readonly op: "begins_with" | "ends_with"; readonly with: Operand<string> }
  | { readonly op: "below" | "at_most" | "above" | "at_least"; readonly with: Operand<number> }
  | { readonly op: "meets" | "weaker_than"; readonly with: Operand<string> }
  | { readonly op: "within"; readonly with: readonly string[] }
  | { readonly op: "hours"; readonly with: HoursOfWeek };

export type Condition =
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "test"; readonly path: Path; readonly test: Test };

export const EFFECTS = ["permit", "deny", "needs_exception"] as const;
export type Effect = (typeof EFFECTS)[number];

export interface Rule {
  readonly name: string;
  readonly effect: Effect;
  readonly words: string;
  /** `all` of nothing where the rule always fits. */
  readonly when: Condition;
  readonly obligations: readonly Obligation[];
  /** Where it stands in the file. */
  readonly at: string;
}

/** Assurance: levels from the weakest to the strongest, and which one each method reaches. */
export interface Methods {
  readonly levels: readonly string[];
  readonly of: ReadonlyMap<string, number>;
}

export type Row = Properties;
export type Table = ReadonlyMap<string, Row>;

export interface Definition {
  readonly table: string;
  readonly by: Path;
}

export interface RuleFile {
  readonly name: string;
  readonly description: string;
  readonly register: readonly string[];
  readonly tables: ReadonlyMap<string, Table>;
  readonly define: ReadonlyMap<string, Definition>;
  readonly methods: Methods | undefined;
  readonly subjects: readonly Entity[];
  readonly resources: readonly Entity[];
  readonly actions: readonly string[];
  readonly rules: readonly Rule[];
}
