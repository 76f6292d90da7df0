/** The same act on many exceptions. Each is decided and committed by itself: what is refused for one holds up no other. */
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type BulkAct, BULK_CAPS, bulkCommand, type BulkOrder, wouldWords } from "./bulk.ts";
import type { BulkPreviewRow, BulkResultRow } from "./contract-bulk.ts";
import { shownContent } from "./projection.ts";
import { decideOn, type ExceptionDependencies, load, perform } from "./service.ts";
import type { StoredException } from "./store.ts";

export interface BulkCaller {
  readonly personId: string;
  readonly now: Instant;
}

/** Stands for what is given when it is done: a preview asks for neither. */
const NOT_SIGNED_YET = "preview";
const NOT_SAID_YET = "not said yet";

/** Refuses `exceptions.bulkTooMany`; it costs nothing to ask before anything is signed. */
export function refuseTooMany(act: BulkAct, count: number): void {
  if (count <= BULK_CAPS[act]) return;
  const detail = `These are ${count}; at most ${BULK_CAPS[act]} are done at once, as many as one can look at before signing.`;
  throw new Refused([refusal("exceptions.bulkTooMany", detail)]);
}

export async function previewMany(
  deps: ExceptionDependencies,
  { act, reason, ids }: { act: BulkAct; reason: string; ids: readonly string[] },
  caller: BulkCaller,
): Promise<{ cap: number; rows: BulkPreviewRow[] }> {
  refuseTooMany(act, ids.length);
  const rows: BulkPreviewRow[] = [];
  for (const id of ids) rows.push(await previewOne(deps, act, reason === "" ? NOT_SAID_YET : reason, id, caller));
  return { cap: BULK_CAPS[act], rows };
}

async function previewOne(
  deps: ExceptionDependencies,
  act: BulkAct,
  reason: string,
  id: string,
  { personId, now }: BulkCaller,
): Promise<BulkPreviewRow> {
  const found = await attempt(() => load(deps, id));
  if (found.reasons !== undefined) return { id, ref: id, title: "", version: 0, allowed: false, words: "", reasons: found.reasons };
  const stored = found.value;
  const actor = { kind: "person", id: personId } as const;
  const order = { command: bulkCommand(act, reason), actor, now, assertion: NOT_SIGNED_YET };
  const outcome = await decideOn(deps, stored, order);
  const about = { ...namesOf(stored), version: stored.version };
  if (!outcome.accepted) return { ...about, allowed: false, words: "", reasons: outcome.reasons.map(shown) };
  return { ...about, allowed: true, words: wouldWords(act, stored.exception, outcome.events), reasons: [] };
}

/** Does it to each that is still as it was looked at, in this order, and tells what came of each. */
export async function performMany(
  deps: ExceptionDependencies,
  order: BulkOrder,
  assertion: string,
  { personId, now }: BulkCaller,
): Promise<{ results: BulkResultRow[] }> {
  const count = order.rows.length;
  // Each exception's own entries lead to what was signed for all of them.
  const reason = order.reason === "" ? "" : `${order.reason} (one of ${count} at once, signed ${assertion})`;
  const command = bulkCommand(order.act, reason);
  const results: BulkResultRow[] = [];
  for (const { id, version } of order.rows) {
    const actor = { kind: "person", id: personId } as const;
    const done = await attempt(async () => {
      const { dossier } = (await load(deps, id)).exception;
      return perform(deps, dossier.id, { command, actor, now, assertion, ifMatch: version });
    });
    results.push(
      done.reasons === undefined
        ? { id, ref: done.value.exception.dossier.ref, done: true, state: done.value.exception.state, reasons: [] }
        : { ...(await refusedRow(deps, id)), reasons: done.reasons },
    );
  }
  return { results };
}

async function refusedRow(deps: ExceptionDependencies, id: string): Promise<Omit<BulkResultRow, "reasons">> {
  const found = await deps.store.find(id);
  return { id, ref: found?.exception.dossier.ref ?? id, done: false, state: found?.exception.state ?? null };
}

function namesOf({ exception }: StoredException): { id: string; ref: string; title: string } {
  const { id, ref } = exception.dossier;
  return { id, ref, title: shownContent(exception)?.title ?? "" };
}

type Attempted<T> = { readonly value: T; readonly reasons?: undefined } | { readonly reasons: BulkResultRow["reasons"] };

/** A refusal is an answer about one row; a fault stays a fault. */
async function attempt<T>(act: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { reasons: error.reasons.map(shown) };
  }
}

const shown = ({ code, detail }: Refusal) => ({ code, detail });
