/** Verifying a pack on the machine of whoever does not trust the server: no network, no database, only the file and a key. */
import type { JournalEntry } from "../journal/entry.ts";
import type { VerifierKey } from "../journal/note.ts";
import { formatProof, verifyProof } from "../journal/proof.ts";
import { readEntry } from "../journal/read-entry.ts";
import { openCheckpoint, sha256 } from "../journal/signing.ts";
import { decodeBase64 } from "../kernel/base64.ts";
import { readZip, writeZip, type ZipFile } from "../platform/zip.ts";
import { checkPack, type PackFault, type PackTools, type PackVerification } from "./check.ts";
import { type Pack, type PackEntry, packText } from "./pack.ts";
import { readPack } from "./pack-view.ts";
import { filesOf } from "./service.ts";

/** Why an assertion record does not hold for the passkey a `registered` entry tells of; the access module's. */
export type AssertionFault = (record: unknown, registered: unknown) => string | undefined;

/** Verifies an archive as Postern makes it, or the JSON file out of one. Never throws for what is in the file. */
export function verifyPack(file: Uint8Array, key: VerifierKey, assertionFault: AssertionFault): PackVerification {
  const files = readZip(file);
  const json = files === undefined ? file : (files.find(({ name }) => name.endsWith(".json"))?.bytes ?? new Uint8Array());
  const form = files === undefined ? "json" : "archive";
  const pack = parse(json);
  if (typeof pack === "string") return unreadable(form, pack);
  const check = checkPack(pack, toolsOf(key, assertionFault));
  const faults = [...check.faults, ...(files === undefined ? [] : archiveFaults(pack, files, file))];
  return { ...check, isSound: faults.length === 0, faults, form, pack };
}

function unreadable(form: PackVerification["form"], detail: string): PackVerification {
  const faults: PackFault[] = [{ code: "not_a_pack", detail }];
  return { isSound: false, faults, logSize: 0, entries: 0, subjects: 0, signed: [], state: undefined, people: {}, form, pack: undefined };
}

function parse(bytes: Uint8Array): Pack | string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return packText(value) === text
      ? readPack(value)
      : "its JSON is not written as Postern writes it: something was changed between the values";
  } catch {
    return "neither an archive as Postern makes it nor its JSON file. Unpacked and packed again? Give the JSON file";
  }
}

/** The page and the archive follow from the JSON: they are made again and compared. */
function archiveFaults(pack: Pack, files: readonly ZipFile[], archive: Uint8Array): PackFault[] {
  const made = attempt(() => filesOf(pack));
  if (made === undefined) return [{ code: "page_differs", detail: "no page can be made from the JSON file" }];
  const changed = made.filter(({ name, bytes }) => !files.some((file) => file.name === name && bytes.equals(file.bytes)));
  if (changed.length > 0) {
    return changed.map(({ name }) => ({ code: "page_differs", detail: `${name} is not what the JSON file makes: do not read it` }));
  }
  return writeZip(made).equals(archive) ? [] : [{ code: "archive", detail: "the archive holds something beside its two files" }];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    // What was changed may have lost its shape; that it was changed is said by its proof.
    return undefined;
  }
}

function toolsOf(key: VerifierKey, assertionFault: AssertionFault): PackTools {
  return {
    openCheckpoint: (note) => openCheckpoint(note, key),
    inclusionFault: (entry, checkpoint) => inclusionFault(entry, checkpoint, key),
    readEntry: (body): JournalEntry | undefined => readEntry(Buffer.from(body)),
    hash: (text) => `sha256:${Buffer.from(sha256(Buffer.from(text))).toString("hex")}`,
    assertionFault,
  };
}

function inclusionFault({ leaf, body, inclusion }: PackEntry, checkpoint: string, key: VerifierKey): string | undefined {
  const hashes = inclusion.map(decodeBase64);
  if (hashes.includes(undefined)) return "its proof is not base 64";
  const proof = formatProof({ entry: Buffer.from(body), index: leaf, inclusion: hashes as Uint8Array[], checkpoint });
  const proven = verifyProof(proof, key);
  return typeof proven === "string" ? proven : undefined;
}
