import { type Call, callerOf, type Route, route } from "../platform/http.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import * as contract from "./contract.ts";
import { mayReadKind } from "./readers.ts";
import { type JournalService, noEntry } from "./service.ts";
import type { EntryRow } from "./store.ts";
import type { Streams } from "./streams.ts";
import { parseTilePath, type TileName } from "./tile.ts";

/** Tiles never change; a checkpoint does within a second. */
const FOREVER = "public, max-age=31536000, immutable";

/** What people call those who act and what entries are about, by id; who has no name is left out. */
export type NamesOf = (entries: readonly Pick<EntryRow, "subject_kind" | "subject" | "actor">[]) => Promise<ReadonlyMap<string, string>>;

export function journalRoutes(service: JournalService, namesOf: NamesOf): readonly Route[] {
  return [
    route(contract.journalKey, async () => ({ verifierKey: await service.verifierKey() })),
    route(contract.journalCheckpoint, async () => text(await service.checkpoint(), { "Cache-Control": "no-store" })),
    route(contract.listCheckpoints, async ({ query }) => service.checkpoints(query.order, query.cursor, query.limit)),
    route(contract.journalEntryBundle, async ({ params }) =>
      bytes(await service.tile(parseTilePath(`tile/entries/${params.path}`)), "private, max-age=31536000, immutable"),
    ),
    route(contract.journalTile, async ({ params }) => bytes(await service.tile(hashTile(params.path)), FOREVER)),
    route(contract.listEntries, async ({ query: { cursor, limit, ...filter } }) => {
      const { items, ...rest } = await service.search(filter, cursor, limit);
      const names = await namesOf(items);
      return { ...rest, items: items.map((entry) => namedView(entry, names)) };
    }),
    route(contract.getEntry, async ({ params }, call) => {
      const entry = readable(await service.entry(params.id), call);
      const proof = await service.proof(entry);
      return { ...view(entry), ...(proof !== undefined && { proof }) };
    }),
    route(contract.getEntryProof, async ({ params }, call) => {
      const entry = readable(await service.entry(params.id), call);
      const proof = await service.proof(entry);
      if (proof === undefined)
        throw new Refused([refusal("journal.notCoveredYet", "The entry gets its proof within a second. Ask again.")], 409);
      return text(proof.text, { "Content-Disposition": `attachment; filename="${entry.id}.tlog-proof"`, "Cache-Control": "no-store" });
    }),
    route(contract.listSubjectEntries, async ({ params, query }, call) => {
      const { items, ...rest } = await service.subjectEntries(params.subject, query.cursor, query.limit);
      return { ...rest, items: items.map((entry) => view(readable(entry, call))) };
    }),
    route(contract.listStoredStates, async ({ query }) => service.states(query.cursor, query.limit)),
  ];
}

export function changeRoutes(streams: Streams): readonly Route[] {
  return [route(contract.watchChanges, (_, call) => streams.open(callerOf(call), call.lastEventId))];
}

function readable(entry: EntryRow, call: Call): EntryRow {
  if (mayReadKind(entry.subject_kind, callerOf(call).roles)) return entry;
  throw noEntry();
}

/** Bundles hold what entries say and have an endpoint of their own; here are hashes only, whatever the order of the routes. */
function hashTile(path: string): TileName | undefined {
  const tile = parseTilePath(`tile/${path}`);
  return tile?.level === "entries" ? undefined : tile;
}

function view(entry: EntryRow): contract.EntryView {
  return {
    id: entry.id,
    kind: entry.subject_kind,
    subject: entry.subject,
    version: entry.subject_version,
    type: entry.type,
    at: entry.at,
    actor: entry.actor,
    ...(entry.leaf_index !== null && { leaf: entry.leaf_index }),
    body: entry.body,
  };
}

function namedView(entry: EntryRow, names: ReadonlyMap<string, string>): contract.NamedEntryView {
  const [actorName, subjectName] = [names.get(entry.actor), names.get(entry.subject)];
  return { ...view(entry), ...(actorName !== undefined && { actorName }), ...(subjectName !== undefined && { subjectName }) };
}

function text(content: string, headers: Record<string, string>): Response {
  return new Response(content, { headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });
}

function bytes(content: Uint8Array, cacheControl: string): Response {
  return new Response(Uint8Array.from(content), { headers: { "Content-Type": "application/octet-stream", "Cache-Control": cacheControl } });
}
