/** Evidence packs: what they are made of, and how one is verified with nothing but a key. */
import { verifyAssertionRecord } from "./access/index.ts";
import type { Services } from "./compose-services.ts";
import { createEvidenceService, verifyPack } from "./evidence/index.ts";
import { loadException } from "./exceptions/index.ts";
import { bundleEntries, loadVerifierKey, rowsOfSubject } from "./journal/index.ts";
import type { VerifierKey } from "./journal/note.ts";
import type { EntryRow } from "./journal/store.ts";
import type { Db } from "./platform/db.ts";

export function createEvidence({ access, connections, exceptions, people }: Services, db: Db) {
  return createEvidenceService<EntryRow>({
    idOf: async (idOrRef) => (await loadException(exceptions, idOrRef)).exception.dossier.id,
    rowsOf: (subject) => rowsOfSubject(db, subject),
    bundle: (rows) => bundleEntries(db, rows),
    passkeyOf: async (digest) => (await access.assertions.find(digest))?.passkey,
    connectionName: async (id) => (await connections.list()).find(({ connection }) => connection.id === id)?.connection.name,
    personName: async (id) => (await people.findPerson(id))?.displayName ?? id,
    logName: async () => (await loadVerifierKey(db)).name,
    hash: exceptions.hash,
  });
}

export function verifyEvidence(file: Uint8Array, key: VerifierKey) {
  return verifyPack(file, key, (record, registered) => {
    const verdict = verifyAssertionRecord(record, registered as never);
    return verdict.ok ? undefined : verdict.fault;
  });
}
