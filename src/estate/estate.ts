/** What people answer for: the organisation, its applications, classes of devices, vendors and their contracts. */
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { PlainDate, Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";

export interface OrganisationFields {
  readonly name: string;
  /** A date typed by a person ends at midnight here. */
  readonly zone: Zone;
}

export interface Organisation extends OrganisationFields {
  readonly id: Id<"organisation">;
}

/** There is one in a database, so its id is always the same: two that are made at once are one. */
export const ORGANISATION_ID = "org_00000000000000000000000000" as Id<"organisation">;

/** Until somebody says otherwise: UTC, so that nothing ends later than a reader anywhere would take it to. */
export const UNNAMED: Organisation = { id: ORGANISATION_ID, name: "Your organisation", zone: "UTC" as Zone };

/** 1 is what the organisation cannot do without, 4 what it would hardly miss. */
export const TIERS = [1, 2, 3, 4] as const;
export type Tier = (typeof TIERS)[number];

export const APPLICATION_STATUSES = ["active", "migrated", "retired"] as const;

export interface ApplicationFields {
  readonly name: string;
  readonly owner: PersonId;
  readonly tier: Tier;
  /** Where its sign-ins are governed, by the keys of a connection and of one of its policies: a hint for whoever asks. */
  readonly provider: { readonly connection: string; readonly policy: string | null } | null;
  readonly supportsPasskeys: boolean;
  readonly status: (typeof APPLICATION_STATUSES)[number];
}

export interface Application extends ApplicationFields {
  readonly id: Id<"application">;
  /** Slug; unique, never changes. */
  readonly key: string;
}

export interface DeviceClassFields {
  readonly name: string;
  readonly lead: PersonId;
  readonly status: "active" | "retired";
}

export interface DeviceClass extends DeviceClassFields {
  readonly id: Id<"deviceClass">;
  readonly key: string;
}

/** A contract ends with its last day, in the organisation's zone. */
export interface Contract {
  readonly ref: string;
  readonly endsOn: PlainDate;
}

export interface VendorFields {
  readonly name: string;
  readonly manager: PersonId;
  /** By ref; each once. */
  readonly contracts: readonly Contract[];
}

export interface Vendor extends VendorFields {
  readonly id: Id<"vendor">;
  readonly key: string;
}

export type OrganisationEvent = { readonly type: "organisationNamed"; readonly data: Organisation } | FieldChanged<OrganisationFields>;
export type ApplicationEvent = { readonly type: "applicationAdded"; readonly data: Application } | FieldChanged<ApplicationFields>;
export type DeviceClassEvent = { readonly type: "deviceClassAdded"; readonly data: DeviceClass } | FieldChanged<DeviceClassFields>;
export type VendorEvent = { readonly type: "vendorAdded"; readonly data: Vendor } | FieldChanged<VendorFields>;
export type EstateEvent = OrganisationEvent | ApplicationEvent | DeviceClassEvent | VendorEvent;

/** Changes that others act on: exceptions are woken by them. */
export type EstateFact =
  | {
      readonly kind: "application";
      readonly id: Id<"application">;
      readonly what: "ownerChanged" | "tierRaised" | "passkeysSupported" | "migrated" | "retired";
    }
  | { readonly kind: "deviceClass"; readonly id: Id<"deviceClass">; readonly what: "leadChanged" | "retired" }
  | { readonly kind: "vendor"; readonly id: Id<"vendor">; readonly what: "managerChanged" | "contractsChanged" };

export function applicationFacts(before: Application | undefined, after: Application): readonly EstateFact[] {
  if (before === undefined) return [];
  const found: Extract<EstateFact, { kind: "application" }>["what"][] = [];
  if (before.owner !== after.owner) found.push("ownerChanged");
  if (after.tier < before.tier) found.push("tierRaised");
  if (!before.supportsPasskeys && after.supportsPasskeys) found.push("passkeysSupported");
  if (before.status !== after.status && after.status !== "active") found.push(after.status);
  return found.map((what) => ({ kind: "application", id: after.id, what }));
}

export function deviceClassFacts(before: DeviceClass | undefined, after: DeviceClass): readonly EstateFact[] {
  if (before === undefined) return [];
  const found: Extract<EstateFact, { kind: "deviceClass" }>["what"][] = [];
  if (before.lead !== after.lead) found.push("leadChanged");
  if (before.status !== after.status && after.status === "retired") found.push("retired");
  return found.map((what) => ({ kind: "deviceClass", id: after.id, what }));
}

export function vendorFacts(before: Vendor | undefined, after: Vendor): readonly EstateFact[] {
  if (before === undefined) return [];
  const found: Extract<EstateFact, { kind: "vendor" }>["what"][] = [];
  if (before.manager !== after.manager) found.push("managerChanged");
  const terms = ({ contracts }: Vendor) => contracts.map(({ ref, endsOn }) => `${endsOn} ${ref}`).join("\n");
  if (terms(before) !== terms(after)) found.push("contractsChanged");
  return found.map((what) => ({ kind: "vendor", id: after.id, what }));
}
