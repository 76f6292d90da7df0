/** Several entries with their proofs under one checkpoint. */
import { encodeBase64 } from "../kernel/base64.ts";
import { inclusionPath, proofOf } from "../kernel/merkle.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Db } from "../platform/db.ts";
import { sha256 } from "./signing.ts";
import * as store from "./store.ts";

export interface Bundle {
  /** Signed note. */
  readonly checkpoint: string;
  /** In the order of the log. `inclusion`: base 64, nearest the leaf first. */
  readonly entries: readonly { readonly leaf: number; readonly body: string; readonly inclusion: readonly string[] }[];
}

/** Proofs of all of these under the newest checkpoint. Refuses `journal.notCoveredYet` while it does not cover one of them. */
export async function bundleEntries(db: Db, rows: readonly store.EntryRow[]): Promise<Bundle> {
  const tip = await store.findTip(db);
  const read = tip && store.readStoredNodes(db, tip.size);
  const entries: Bundle["entries"][number][] = [];
  for (const row of rows.toSorted((a, b) => (a.leaf_index ?? Infinity) - (b.leaf_index ?? Infinity))) {
    const leaf = row.leaf_index;
    if (tip === undefined || read === undefined || leaf === null || leaf >= tip.size) throw notCoveredYet();
    const inclusion = await proofOf(sha256, inclusionPath(leaf, { start: 0, end: tip.size }), read);
    entries.push({ leaf, body: row.body, inclusion: inclusion.map(encodeBase64) });
  }
  return { checkpoint: tip?.note ?? "", entries };
}

function notCoveredYet(): Refused {
  const detail = "Something that happened a moment ago has no proof yet; it gets one within a second. Ask again.";
  return new Refused([refusal("journal.notCoveredYet", detail)], 409);
}

const PAGE = 500;

/** All rows of one subject, oldest first. */
export async function rowsOfSubject(db: Db, subject: string): Promise<store.EntryRow[]> {
  const rows: store.EntryRow[] = [];
  for (;;) {
    const more = await store.listSubjectEntries(db, subject, rows.at(-1)?.subject_version ?? 0, PAGE);
    rows.push(...more);
    if (more.length < PAGE) return rows;
  }
}
