/** The words in which the year at Brightwater is told. A day is counted from the first one; the last is 363, yesterday or today. Pure. */
import type { ByHand, DirectoryName } from "./directories.ts";

/** One exception's life. Who answers for it keeps it in order (tests its controls, answers its reviews) unless it is said otherwise. */
export interface Chapter {
  readonly key: string;
  readonly category: string;
  readonly unit: string;
  readonly title: string;
  readonly why: string;
  readonly reason?: "technical" | "accessibility" | "availability" | "vendor";
  /** The office's, unless said otherwise. */
  readonly directory?: DirectoryName;
  readonly policy: "vpn" | "smartcard" | "admin-portal";
  /** An account or a group. */
  readonly subject: string;
  readonly application?: string;
  readonly asks: string;
  readonly owner: string;
  readonly implements?: string;
  /** Claimed from what was found in the directory, or from the imported list, instead of asked for anew. */
  readonly claimed?: "bypass" | "import";
  readonly on: number;
  /** Days, or a length such as PT8H. */
  readonly term: number | string;
  readonly controls: readonly string[];
  readonly instead: string;
  /** Where the work that makes it unnecessary is tracked. */
  readonly remediation?: string;
  readonly risk?: readonly ["low" | "moderate" | "high" | "critical", "low" | "moderate" | "high" | "critical"];
  readonly onCall?: string;
  readonly dependsOn?: readonly string[];
  readonly contract?: boolean;
  /** Rests on the open design issue about this application. */
  readonly designIssue?: string;
  /** In this order, a few hours apart. With fewer than it takes it waits. */
  readonly approve: readonly string[];
  /** Left as a draft. */
  readonly draft?: true;
  readonly refuse?: { readonly by: string; readonly as: "reject" | "request_changes"; readonly reason: string };
  /** Nobody answers its reviews, from this day on. */
  readonly silentFrom?: number;
  readonly later?: readonly Later[];
}

export type Later =
  | { readonly on: number; readonly extend: number; readonly approve: readonly string[] }
  | { readonly on: number; readonly withdraw: string }
  | { readonly on: number; readonly revoke: string; readonly by: string }
  | { readonly on: number; readonly suspend: string; readonly by: string }
  | { readonly on: number; readonly controlFails: string; readonly by: string }
  | { readonly on: number; readonly review: "retain" | "revoke"; readonly by: string; readonly sentence: string };

/** What happens beside the exceptions. */
export type Happening =
  | { readonly on: number; readonly removeBypass: string; readonly form: string; readonly reason: string; readonly by: string }
  | { readonly on: number; readonly byHand: ByHand; readonly directory?: DirectoryName }
  | { readonly on: number; readonly putBack: string; readonly subject: string; readonly by: string }
  | { readonly on: number; readonly trouble: "down" | "readonly"; readonly directory: DirectoryName; readonly hours?: number }
  | { readonly on: number; readonly leaves: string; readonly reason: string }
  | { readonly on: number; readonly contractEnds: number }
  | { readonly on: number; readonly importList: string; readonly csv: (day: (n: number) => string) => string; readonly by: string }
  | {
      readonly on: number;
      readonly designIssue: string;
      readonly about: { readonly application: string } | { readonly policy: string };
      readonly owner: string;
      readonly by: string;
      readonly statement: string;
    }
  | { readonly on: number; readonly endIssue: string; readonly by: string; readonly sentence: string }
  | {
      readonly on: number;
      readonly risk: string;
      readonly executive: string;
      readonly by: string;
      readonly chapters: readonly string[];
      readonly until: number;
      readonly statement: string;
    }
  | { readonly on: number; readonly acceptRisk: string }
  | { readonly on: number; readonly declineRisk: string; readonly sentence: string }
  /** By whom all of them are described. */
  | { readonly on: number; readonly waysIn: string }
  | { readonly on: number; readonly rewords: string; readonly statement: string; readonly by: string }
  | {
      readonly on: number;
      readonly delegate: string;
      readonly to: string;
      readonly role: string;
      readonly days: number;
      readonly reason: string;
    }
  | {
      readonly on: number;
      /** What it is called. */
      readonly drill: string;
      readonly exercise: string;
      /** A way into an operation: `operation/path`. */
      readonly path: string;
      readonly fails: readonly string[];
      readonly owner: string;
      readonly by: string;
      /** Held at once by these, with who looks on and signs; else it is to come by that day. */
      readonly held: { readonly takes: readonly string[]; readonly looksOn: string; readonly note: string } | { readonly due: number };
    }
  | { readonly on: number; readonly policyChange: string; readonly by: string; readonly change: Readonly<Record<string, unknown>> };
