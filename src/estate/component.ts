/** What sign-ins hang on: providers, certificates, networks, people; and what makes several of them fail together. */
import type { PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Expression } from "./expression.ts";

export const COMPONENT_KINDS = [
  "idp",
  "directory",
  "device-trust",
  "authenticator",
  "certificate",
  "ca",
  "network",
  "dns",
  "time",
  "cloud",
  "vault",
  "kms",
  "hsm",
  "pam",
  "telecom",
  "sms",
  "helpdesk",
  "person",
  "approver-pool",
  "break-glass",
  "workload-issuer",
  "postern",
  "external",
] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

export const LAYERS = ["identity", "device", "network", "facility", "people", "provider", "application"] as const;
export type Layer = (typeof LAYERS)[number];

/** How often it is away: the share of time, 0 to 1, and how that is known. */
export interface Unavailability {
  readonly p: number;
  readonly source: "slo" | "measured" | "expert";
  readonly asOf: PlainDate;
}

/** Where the real thing can be asked how it is: `tls` host:port, `jwks` and `http` an https address. */
export interface Endpoint {
  readonly kind: "tls" | "jwks" | "http";
  readonly address: string;
}

export interface ComponentFields {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly layer: Layer;
  /** Null: nobody answers for it, which is a finding. */
  readonly owner: PersonId | null;
  /** What says that it is as described: a document, a ticket, an address. */
  readonly evidence: string | null;
  readonly unavailability: Unavailability | null;
  /** What it needs in turn; its own failure is a leaf beside that. */
  readonly requires: Expression | null;
  /** Key of the connection of ours that is this component. */
  readonly connection: string | null;
  readonly endpoints: readonly Endpoint[];
  readonly status: "active" | "retired";
}

export interface Component extends ComponentFields {
  /** Slug; unique, never changes. */
  readonly key: string;
}

export const CAUSE_KINDS = ["region", "tenant", "admin-plane", "ca-root", "contract", "person", "software-version"] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** One failure that takes all of its members with it. */
export interface CommonCauseFields {
  readonly name: string;
  readonly kind: CauseKind;
  /** Keys of components. */
  readonly members: readonly string[];
  readonly unavailability: Unavailability | null;
  readonly status: "active" | "retired";
}

export interface CommonCause extends CommonCauseFields {
  readonly key: string;
}
