/**
 * The register as a decision sees it: an index of grants and of whom they are for, as of one place of the journal. Exceptions are looked
 * up here and are never rules: one policy an exception makes every engine linear.
 */
import type { SubjectKind } from "../exceptions/version.ts";
import type { Id } from "../kernel/id.ts";
import type { GrantTold, Obligation, ReasonCode } from "./verdict.ts";

/** One name that a provider has for somebody. */
export interface SubjectKey {
  readonly connection: Id<"connection"> | string;
  readonly kind: SubjectKind;
  readonly key: string;
}

/** Whom the register takes a subject of a question for. */
export interface KnownSubject {
  readonly keys: readonly SubjectKey[];
  /** False once they left or the account they live by is off: then nothing lets them through. */
  readonly active: boolean;
}

/** One try to get in by a method, in the register's own words. */
export interface Attempt {
  readonly keys: readonly SubjectKey[];
  readonly resource: { readonly kind: string; readonly id: string };
  readonly method: string | null;
  /** Address of the device, which the register compares with the networks of a grant; null where the caller does not say. */
  readonly address: string | null;
  /** Names of networks that the caller says the device is in. */
  readonly networks: readonly string[];
  readonly deviceClasses: readonly string[];
}

export type Found =
  | { readonly kind: "grant"; readonly grant: GrantTold; readonly obligations: readonly Obligation[] }
  /** None lets through; where one nearly would, which and why not. */
  | {
      readonly kind: "none";
      readonly code: Extract<ReasonCode, `exception_${string}` | "outside_exception_scope">;
      readonly words: string;
      readonly grant?: GrantTold;
    };

export interface Register {
  /** Entries of the journal that are in it. */
  readonly sequence: number;
  /** Exceptions' grants that are in it. */
  readonly size: number;
  /**
   * Whom a subject of a question stands for: by a key of a provider, a login name, a mail address or a person's own key. A name that
   * means several is nobody's; `connection`, its id or its key, says which is meant.
   */
  findSubject(type: string, id: string, connection?: string): KnownSubject | undefined;
  /** `nowMs`: milliseconds since 1970. An end is outside, whatever the snapshot's age. */
  look(attempt: Attempt, nowMs: number): Found;
  /** Ids of subjects of a type that hold a grant on a resource, and resources that a subject holds one on; for searches. */
  subjectsOn(type: string, resource: Attempt["resource"]): Iterable<string>;
  resourcesOf(keys: readonly SubjectKey[], kind: string): Iterable<string>;
}
