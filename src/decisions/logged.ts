/** Entries of the log as they are read, and by what they are looked for. */
import type { Instant } from "../kernel/time.ts";
import type { ReasonCode } from "./verdict.ts";

export interface LoggedRow {
  readonly id: number;
  readonly at: Instant;
  readonly caller: string;
  readonly request_id: string | null;
  readonly rule_set: string;
  readonly permit: boolean;
  readonly code: ReasonCode;
  readonly words: string;
  readonly rule: string | null;
  readonly exception: string | null;
  readonly exception_ref: string | null;
  readonly requestable: boolean;
  readonly obligations: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly method: string | null;
  readonly question: string;
  readonly whole: boolean;
  readonly sequence: number;
  readonly age_ms: number;
}

export interface LogFilter {
  readonly decision?: "permit" | "deny" | undefined;
  readonly code?: ReasonCode | undefined;
  readonly caller?: string | undefined;
  readonly subject?: string | undefined;
  readonly resource?: string | undefined;
  readonly exception?: string | undefined;
}

export interface DeniedRow extends Pick<
  LoggedRow,
  "subject_type" | "subject_id" | "resource_type" | "resource_id" | "action" | "method" | "code" | "words" | "question" | "rule_set"
> {
  readonly times: number;
  readonly lastAt: Instant;
  readonly callers: readonly string[];
}
