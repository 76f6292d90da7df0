/** Brings a list kept elsewhere into the register: as inherited and unverified, never as approved. */
import { parse } from "csv-parse/sync";

import type { Connector } from "../connectors/port.ts";
import { retryOnConflict, VersionConflict } from "../journal/append.ts";
import { refusal, type Refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, earliest, type Instant } from "../kernel/time.ts";
import { isDuplicate } from "../platform/db.ts";
import { type ImportRow, type Mapping, mapRows, type SourceRow } from "./import-rows.ts";
import { commitFolded, decideOn, type ExceptionDependencies, fold } from "./service.ts";
import type { FoldedChange } from "./store.ts";
import type { ConnectionId, DraftContent, PersonId, ScopeRequest } from "./version.ts";

export interface ImportRequest {
  /** Names the list; external ids are unique within it. */
  readonly source: string;
  readonly format: "csv" | "json";
  readonly text: string;
  readonly mapping: Mapping;
  readonly dryRun: boolean;
  readonly by: PersonId;
  readonly now: Instant;
}

export interface ImportReport {
  readonly rows: number;
  readonly new: number;
  readonly known: number;
  /** With any fault nothing is imported. */
  readonly faults: readonly Refusal[];
  readonly imported: readonly { readonly line: number; readonly externalId: string; readonly ref: string }[];
}

export interface ImportWorld {
  /** Connection id by its key. */
  connectionByKey(key: string): Promise<ConnectionId | undefined>;
  /** Person by key, e-mail or id, as lists name owners. */
  findPerson(text: string): Promise<PersonId | undefined>;
  applicationByKey(key: string): Promise<string | undefined>;
}

/** An inherited exception must be claimed, approved or removed within this time. */
const CLAIM_WITHIN = duration("P90D");

/** Imports, or with `dryRun` says what it would do. The same list again, also at the same moment, makes nothing twice. */
export function importExceptions(deps: ExceptionDependencies, world: ImportWorld, request: ImportRequest): Promise<ImportReport> {
  return retryOnConflict(async () => {
    try {
      return await importOnce(deps, world, request);
    } catch (error) {
      throw isDuplicate(error) ? new VersionConflict("The same list was imported meanwhile.") : error;
    }
  });
}

async function importOnce(deps: ExceptionDependencies, world: ImportWorld, request: ImportRequest): Promise<ImportReport> {
  const mapped = mapRows(readRows(request), request.mapping, await deps.world.zone());
  const known = await deps.store.findImported(
    request.source,
    mapped.rows.map((row) => row.externalId),
  );
  const fresh = mapped.rows.filter((row) => !known.has(row.externalId));
  const faults: Refusal[] = [...mapped.faults];
  const folded: { row: ImportRow; ref: string; change: FoldedChange }[] = [];
  for (const row of fresh) {
    try {
      folded.push(await importRow(deps, world, row, request));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      faults.push(...error.reasons.map((reason) => ({ ...reason, detail: `Line ${row.line}: ${reason.detail}`, at: `line ${row.line}` })));
    }
  }
  const report = { rows: mapped.rows.length, new: fresh.length, known: known.size, faults };
  if (request.dryRun || faults.length > 0) return { ...report, imported: [] };
  const noted = folded.map(({ row, change }): FoldedChange => ({
    ...change,
    alongside: async (tx) => {
      await change.alongside(tx);
      await deps.store.noteImported(tx, request.source, row.externalId, change.after.dossier.id);
    },
  }));
  await commitFolded(deps, noted, { actor: { kind: "person", id: request.by }, now: request.now });
  return { ...report, imported: folded.map(({ row, ref }) => ({ line: row.line, externalId: row.externalId, ref })) };
}

function readRows(request: ImportRequest): SourceRow[] {
  try {
    // What stands for a character that could not be read: a name would be kept wrong for ever.
    if (request.text.includes("\uFFFD")) throw new TypeError("it is not in UTF-8, save it so");
    if (request.format === "csv") return readCsv(request.text).map((cells, i) => ({ line: i + 2, cells }));
    const records = JSON.parse(request.text) as unknown;
    if (!Array.isArray(records)) throw new TypeError("a JSON list of objects is needed");
    return records.map((record, i) => ({ line: i + 1, cells: textCells(record) }));
  } catch (error) {
    const words = error instanceof Error ? error.message : "unreadable";
    throw new Refused([refusal("exceptions.importUnreadable", `The file cannot be read as ${request.format.toUpperCase()}: ${words}.`)]);
  }
}

/** As spreadsheets write it: half of the world's separate with a semicolon, as their comma is the decimal one. */
function readCsv(text: string): Record<string, string>[] {
  const [header = ""] = text.split("\n", 1);
  const delimiter = [";", "\t"].find((each) => header.includes(each)) ?? ",";
  return parse<Record<string, string>>(text, { columns: distinct, delimiter, bom: true, skip_empty_lines: true, trim: true });
}

/** Of two columns of a name one would be dropped in silence. */
function distinct(header: string[]): string[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`two columns are called "${twice}"`);
  return header;
}

function textCells(record: unknown): Record<string, string> {
  if (record === null || typeof record !== "object") return {};
  const cells = Object.entries(record).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return Object.fromEntries(cells.map(([name, value]) => [name, String(value)]));
}

async function importRow(deps: ExceptionDependencies, world: ImportWorld, row: ImportRow, request: ImportRequest) {
  const content = await contentOf(deps, world, row, request);
  const limit = addDuration(request.now, CLAIM_WITHIN);
  const ref = await deps.store.nextRef(request.now);
  const command = {
    type: "importInherited",
    id: deps.ids.next("exception"),
    ref,
    category: row.category,
    unit: row.unit,
    content,
    externalId: `${request.source}:${row.externalId}`,
    importedBy: request.by,
    claimBy: row.until === null ? limit : earliest(limit, row.until),
    found: [],
  } as const;
  const actor = { kind: "person", id: request.by } as const;
  const decision = await decideOn(deps, undefined, { command, actor, now: request.now });
  if (!decision.accepted) throw new Refused(decision.reasons);
  return { row, ref, change: await fold(deps, undefined, decision.events) };
}

async function contentOf(deps: ExceptionDependencies, world: ImportWorld, row: ImportRow, request: ImportRequest): Promise<DraftContent> {
  const connection = await world.connectionByKey(row.connection);
  if (connection === undefined) throw new Refused([refusal("exceptions.importRow", `there is no connection "${row.connection}"`)]);
  const connector = await deps.world.connector(connection);
  const scope = await scopeOf(deps, world, connector, connection, row);
  const policy = connector.policies.find((each) => each.key === row.policy);
  if (policy === undefined) throw new Refused([refusal("exceptions.importRow", `${row.connection} has no policy "${row.policy}"`)]);
  const owner = row.owner === null ? undefined : await world.findPerson(row.owner);
  if (row.owner !== null && owner === undefined) throw new Refused([refusal("exceptions.importRow", `nobody is known as "${row.owner}"`)]);
  return {
    title: row.title,
    justification: row.justification,
    reasonClass: null,
    weakenedControl: { connection, policy: policy.key, lostMethod: policy.demands },
    fallbackMethodAllowed: policy.leaves,
    fallbackDependencies: [],
    scope: [scope],
    compensatingControls: [],
    inherentRisk: null,
    residualRisk: null,
    requestedFrom: request.now,
    requestedUntil: row.until,
    exitPlan: null,
    accountability: owner === undefined ? null : { businessOwner: owner, deputy: null, implementer: request.by, onCall: null },
    vendorContract: null,
    evidence: [],
    designIssue: null,
    riskAcceptance: null,
  };
}

async function scopeOf(
  deps: ExceptionDependencies,
  world: ImportWorld,
  connector: Connector,
  connection: ConnectionId,
  row: ImportRow,
): Promise<ScopeRequest> {
  const subject = await connector.findSubject(row.subject);
  if (subject === undefined) throw new Refused([refusal("exceptions.importRow", `${row.connection} knows nobody called "${row.subject}"`)]);
  const application = row.application === null ? undefined : await world.applicationByKey(row.application);
  if (row.application !== null && application === undefined)
    throw new Refused([refusal("exceptions.importRow", `there is no application "${row.application}"`)]);
  const kind = subject.kind === "service" ? "workload" : subject.kind;
  const person = (await deps.world.personOfSubject(connection, subject.key)) ?? null;
  return {
    subject: { kind, key: subject.key, name: subject.name, connection, person },
    resource: application === undefined ? { kind: "policy", id: row.policy } : { kind: "application", id: application },
    conditions: { networks: null, deviceClasses: null, hours: null },
    ceiling: Math.max(1, (await connector.accountsBehind(subject)).length),
  };
}
