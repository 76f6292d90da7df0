/** Making a pack: the exception's entries, what they rest on, and one proof for each. Nothing here changes anything. */
import type { Bundle } from "../journal/bundle.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Instant } from "../kernel/time.ts";
import { writeZip } from "../platform/zip.ts";
import { belongs, foldException, namesIn, type Pack, PACK_FORMAT, packName, packText, peopleNamedIn, subjectsBehind } from "./pack.ts";
import { pageOf } from "./page.ts";
import { signedDecisions } from "./signatures.ts";

/** A row of the journal, as far as a pack looks at it. */
interface Row {
  readonly body: string;
}

export interface EvidenceDependencies<R extends Row = Row> {
  /** Id of an exception by its id or reference. Throws `exceptions.notFound`. */
  readonly idOf: (idOrRef: string) => Promise<string>;
  readonly rowsOf: (subject: string) => Promise<readonly R[]>;
  readonly bundle: (rows: readonly R[]) => Promise<Bundle>;
  /** The passkey that made a kept assertion. */
  readonly passkeyOf: (digest: string) => Promise<string | undefined>;
  readonly connectionName: (id: string) => Promise<string | undefined>;
  readonly personName: (id: string) => Promise<string>;
  readonly logName: () => Promise<string>;
  readonly hash: (text: string) => string;
}

export type EvidenceService = ReturnType<typeof createEvidenceService>;

export function createEvidenceService<R extends Row>(deps: EvidenceDependencies<R>) {
  return {
    /** The pack of one exception as an archive. Refuses `exceptions.notFound`, `journal.notCoveredYet`. */
    async download(idOrRef: string, madeBy: string, now: Instant): Promise<{ name: string; bytes: Uint8Array }> {
      const pack = await makePack(deps, await deps.idOf(idOrRef), await deps.personName(madeBy), now);
      const name = packName(pack.claims.state.dossier.ref);
      return { name: `${name}.zip`, bytes: writeZip(filesOf(pack)) };
    },
  };
}

/** The page for people, then the file for machines. */
export function filesOf(pack: Pack) {
  const name = packName(pack.claims.state.dossier.ref);
  return [
    { name: `${name}.html`, bytes: Buffer.from(pageOf(pack)) },
    { name: `${name}.json`, bytes: Buffer.from(packText(pack)) },
  ];
}

async function makePack<R extends Row>(deps: EvidenceDependencies<R>, exception: string, madeBy: string, madeAt: Instant): Promise<Pack> {
  const own = await deps.rowsOf(exception);
  const state = foldException(own.map(entryOf));
  const related = (await Promise.all(subjectsBehind(state).map((subject) => deps.rowsOf(subject)))).flat();
  const told = [...own, ...related];
  const people = await Promise.all(peopleNamedIn(told.map(({ body }) => body)).map((person) => deps.rowsOf(person)));
  const digests = new Set(
    signedDecisions(
      told.map((row, leaf) => ({ leaf, entry: entryOf(row) })),
      deps.hash,
    ).map(({ digest }) => digest),
  );
  const passkeys = new Set((await Promise.all([...digests].map((digest) => deps.passkeyOf(digest)))).filter((id) => id !== undefined));
  const signing = await Promise.all([...passkeys].map((passkey) => deps.rowsOf(passkey)));
  const rows = [...told, ...people.flat(), ...signing.flat()].filter((row) => belongs(entryOf(row), digests));
  const { checkpoint, entries } = await deps.bundle(rows);
  return {
    format: PACK_FORMAT,
    log: await deps.logName(),
    exception,
    checkpoint,
    entries,
    claims: { state, people: namesIn(entries.map(entryOf)) },
    unproven: {
      madeAt,
      madeBy,
      connections: await connectionNames(
        deps,
        state.dossier.bindings.map(({ connection }) => connection),
      ),
    },
  };
}

async function connectionNames<R extends Row>(deps: EvidenceDependencies<R>, ids: readonly string[]): Promise<Record<string, string>> {
  const names = await Promise.all(
    [...new Set(ids)].map(async (id): Promise<[string, string]> => [id, (await deps.connectionName(id)) ?? "not known"]),
  );
  return Object.fromEntries(names);
}

function entryOf({ body }: Row): JournalEntry {
  return JSON.parse(body) as JournalEntry;
}
