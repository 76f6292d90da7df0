/** The register as a table for other programs: what each column on the screen is in a file, typed. Pure. */
import { type Instant, msBetween } from "../kernel/time.ts";
import type { StateName } from "./exception.ts";

export type ColumnKind = "text" | "number" | "instant";

/** What a row of the register says; the same as the list shows. */
export interface ExportedRow {
  readonly ref: string;
  readonly title: string;
  readonly category: string;
  readonly unit: string;
  readonly state: StateName;
  readonly inForce: boolean;
  readonly observed: string;
  readonly isStale: boolean;
  readonly overstayMinutes: number;
  readonly owner: string | null;
  readonly ownerName: string | null;
  readonly endsAt: string | null;
  readonly firstGrantedAt: string | null;
  readonly trueAgeDays: number;
  /** Null where nothing tells of it. */
  readonly use: { readonly lastAt: string | null } | null;
  readonly repeats: number;
  readonly headcount: number | null;
  /** Null where it is not in force, and lets nobody past. */
  readonly letsPast: ExportedPast | null;
}

/** Whom it lets past what. */
export interface ExportedPast {
  /** Keys of the connection and of its policy. */
  readonly connection: string;
  readonly policy: string;
  /** The provider's own id of the policy, where it has one. */
  readonly policyId: string | null;
  /** As the provider knows them. */
  readonly subjects: readonly { readonly kind: string; readonly key: string; readonly name: string }[];
  readonly until: Instant;
}

interface FileColumn {
  readonly title: string;
  readonly kind: ColumnKind;
  readonly of: (row: ExportedRow, now: Instant) => string | number | null;
}

/** Columns of the register, by the key they have on the screen. */
export const EXPORT_KEYS = [
  "ref",
  "title",
  "state",
  "off",
  "owner",
  "ends",
  "left",
  "age",
  "used",
  "repeats",
  "headcount",
  "covers",
] as const;
export type ExportKey = (typeof EXPORT_KEYS)[number];

const DAY_MS = 86_400_000;

/** Columns that programs read again (`postern discover --register`). Instants are texts there: a spreadsheet's days lose milliseconds. */
export const COVERS = {
  exception: "Reference",
  policy: "Policy",
  policyId: "Policy id",
  subjects: "Subjects",
  until: "Covers until (UTC)",
  asOf: "As of (UTC)",
} as const;

/** What one column of the screen says is more than one in a file, where each has one meaning. */
const COLUMNS: Readonly<Record<ExportKey, readonly FileColumn[]>> = {
  ref: [{ title: COVERS.exception, kind: "text", of: (row) => row.ref }],
  title: [
    { title: "Title", kind: "text", of: (row) => row.title },
    { title: "Category", kind: "text", of: (row) => row.category },
    { title: "Unit", kind: "text", of: (row) => row.unit },
  ],
  state: [{ title: "State", kind: "text", of: (row) => row.state }],
  off: [
    { title: "In force", kind: "text", of: (row) => (row.inForce ? "yes" : "no") },
    { title: "Provider shows", kind: "text", of: (row) => (row.isStale ? `${row.observed} (stale)` : row.observed) },
    { title: "Overstay minutes", kind: "number", of: (row) => row.overstayMinutes },
  ],
  owner: [{ title: "Owner", kind: "text", of: (row) => row.ownerName ?? row.owner }],
  ends: [{ title: "Ends (UTC)", kind: "instant", of: (row) => row.endsAt }],
  left: [{ title: "Days left", kind: "number", of: daysLeft }],
  age: [{ title: "True age (days)", kind: "number", of: (row) => (row.firstGrantedAt === null ? null : row.trueAgeDays) }],
  used: [
    { title: "Last used (UTC)", kind: "instant", of: ({ use }) => use?.lastAt ?? null },
    // An empty cell would be read as never.
    { title: "Used", kind: "text", of: ({ use }) => (use === null ? "not known" : use.lastAt === null ? "never" : "yes") },
  ],
  repeats: [{ title: "Repeats", kind: "number", of: (row) => row.repeats }],
  headcount: [{ title: "Headcount", kind: "number", of: (row) => row.headcount }],
  covers: [
    { title: "Lets past", kind: "text", of: ({ letsPast }) => linesOf(letsPast?.subjects.map(({ name }) => name)) },
    { title: "Connection", kind: "text", of: ({ letsPast }) => letsPast?.connection ?? null },
    { title: COVERS.policy, kind: "text", of: ({ letsPast }) => letsPast?.policy ?? null },
    { title: COVERS.policyId, kind: "text", of: ({ letsPast }) => letsPast?.policyId ?? null },
    { title: COVERS.subjects, kind: "text", of: ({ letsPast }) => linesOf(letsPast?.subjects.map(({ kind, key }) => `${kind} ${key}`)) },
    { title: COVERS.until, kind: "text", of: ({ letsPast }) => letsPast?.until ?? null },
    { title: COVERS.asOf, kind: "text", of: (_, now) => now },
  ],
};

/** One a line. */
function linesOf(texts: readonly string[] | undefined): string | null {
  return texts?.map((text) => text.replaceAll(/\s+/gu, " ")).join("\n") ?? null;
}

/** As the register shows it: whole days, and only of what is in force. */
function daysLeft({ inForce, endsAt }: ExportedRow, now: Instant): number | null {
  if (!inForce || endsAt === null) return null;
  return Math.max(0, Math.floor(msBetween(now, endsAt as Instant) / DAY_MS));
}

export function fileColumns(keys: readonly ExportKey[]): readonly FileColumn[] {
  return keys.flatMap((key) => COLUMNS[key]);
}
