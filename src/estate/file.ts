/** What an estate file says, once read: items by key, references as keys, days as days. */
import type { About } from "../accountability/journey.ts";
import type { PlainDate, Zone } from "../kernel/time.ts";
import type { Role } from "../people/role.ts";
import type { CauseKind, ComponentKind, Endpoint, Layer, Unavailability } from "./component.ts";
import type { APPLICATION_STATUSES, Contract, Tier } from "./estate.ts";
import type { Expression } from "./expression.ts";
import type { Assurance, PathRole, POPULATIONS } from "./operation.ts";

type Maybe<T> = T | null | undefined;

export interface PersonItem {
  readonly key: string;
  readonly name: string;
  readonly email?: Maybe<string>;
  readonly unit?: Maybe<string>;
  readonly manager?: Maybe<string>;
  readonly deputy?: Maybe<string>;
  readonly roles: readonly Role[];
  /** Left out: as it is. */
  readonly active?: boolean | undefined;
  readonly leave: readonly { readonly from: PlainDate; readonly until: PlainDate }[];
  readonly accounts: readonly { readonly connection: string; readonly key: string; readonly secondary: boolean }[];
}

export interface TeamItem {
  readonly key: string;
  readonly name: string;
  readonly lead?: Maybe<string>;
  readonly members: readonly string[];
}

export interface ApplicationItem {
  readonly key: string;
  readonly name: string;
  readonly owner: string;
  readonly tier: Tier;
  readonly provider?: Maybe<{ readonly connection: string; readonly policy?: Maybe<string> }>;
  readonly supportsPasskeys: boolean;
  readonly status: (typeof APPLICATION_STATUSES)[number];
}

export interface DeviceClassItem {
  readonly key: string;
  readonly name: string;
  readonly lead: string;
  readonly status: "active" | "retired";
}

export interface VendorItem {
  readonly key: string;
  readonly name: string;
  readonly manager: string;
  readonly contracts: readonly Contract[];
}

export interface ComponentItem {
  readonly key: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly layer: Layer;
  readonly owner?: Maybe<string>;
  readonly evidence?: Maybe<string>;
  readonly unavailability?: Maybe<Unavailability>;
  readonly requires?: Maybe<Expression>;
  readonly connection?: Maybe<string>;
  readonly endpoints: readonly Endpoint[];
  readonly status: "active" | "retired";
}

export interface CommonCauseItem {
  readonly key: string;
  readonly name: string;
  readonly kind: CauseKind;
  readonly members: readonly string[];
  readonly unavailability?: Maybe<Unavailability>;
  readonly status: "active" | "retired";
}

export interface PathItem {
  readonly key: string;
  readonly name: string;
  readonly population: (typeof POPULATIONS)[number];
  readonly role: PathRole;
  readonly needs: Expression;
  readonly minutes?: Maybe<number>;
  readonly assurance?: Maybe<Assurance>;
}

export interface OperationItem {
  readonly key: string;
  readonly name: string;
  readonly criticality: Tier;
  readonly application?: Maybe<string>;
  readonly businessOwner?: Maybe<string>;
  readonly modelApprover?: Maybe<string>;
  readonly maintainer?: Maybe<string>;
  readonly onCall?: Maybe<string>;
  readonly tolerates: 0 | 1 | 2;
  readonly withinMinutes?: Maybe<number>;
  readonly paths: readonly PathItem[];
  readonly status: "active" | "retired";
}

/** The part of a file that is about the model. */
export interface ModelItems {
  readonly components: readonly ComponentItem[];
  readonly commonCauses: readonly CommonCauseItem[];
  readonly operations: readonly OperationItem[];
}

/** A person by key, or a team. */
export type SeatItem = string | { readonly team: string };

export interface RotaItem {
  readonly key: string;
  readonly name: string;
  readonly owner?: Maybe<SeatItem>;
  /** One of these two. */
  readonly rotation?: Maybe<{
    readonly people: readonly string[];
    readonly startsOn: PlainDate;
    readonly handoverAt: string;
    readonly everyDays: number;
  }>;
  /** Whoever has the address reads the calendar: left out of a file that many read, it stays as it was given. */
  readonly feed?: Maybe<{ readonly address?: Maybe<string> }>;
  readonly status: "active" | "retired";
}

export interface JourneyItem {
  /** What makes it this journey, in one text; no word of the file. */
  readonly key: string;
  readonly population: (typeof POPULATIONS)[number];
  readonly about: About;
  readonly deviceClass: string | null;
  readonly statement: string;
  readonly businessOwner?: Maybe<SeatItem>;
  readonly approver?: Maybe<string>;
  readonly maintainer?: Maybe<SeatItem>;
  readonly rota?: Maybe<string>;
  readonly platformOwner?: Maybe<SeatItem>;
  readonly operationOwner?: Maybe<SeatItem>;
  readonly status: "active" | "retired";
}

export interface EstateFile extends ModelItems {
  readonly organisation?: Maybe<{ readonly name: string; readonly zone: Zone }>;
  readonly people: readonly PersonItem[];
  readonly teams: readonly TeamItem[];
  readonly applications: readonly ApplicationItem[];
  readonly deviceClasses: readonly DeviceClassItem[];
  readonly vendors: readonly VendorItem[];
  readonly rotas: readonly RotaItem[];
  readonly journeys: readonly JourneyItem[];
}

/** The lists of a file: each item has a key that is its own within its list. */
export const SECTIONS = [
  "people",
  "teams",
  "applications",
  "deviceClasses",
  "vendors",
  "components",
  "commonCauses",
  "operations",
  "rotas",
  "journeys",
] as const;

/** The file's words for fields of a person that are called otherwise elsewhere. */
export const PERSON_WORDS: Readonly<Record<string, string>> = { displayName: "name" };

/** What a file can say something about. */
export const PLAN_KINDS = [
  "organisation",
  "person",
  "team",
  "application",
  "deviceClass",
  "vendor",
  "component",
  "commonCause",
  "operation",
  "rota",
  "journey",
] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** `["people", 3, "roles", 0]` */
export type Path = readonly (string | number)[];

/** Where something stands, for people: `estate.yaml:12:5`. */
export type PlaceOf = (path: Path) => string;
