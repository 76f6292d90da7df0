/** The same act on many exceptions: what can be done so, to how many at once, and what exactly is signed. Pure. */
import { canonicalText } from "../kernel/canonical.ts";
import type { ExceptionCommand } from "./commands.ts";
import type { ExceptionEvent } from "./events.ts";
import type { ExceptionState } from "./exception.ts";

/** None that each exception's journal needs a signature of its own for: one signature is of one decision. */
export const BULK_ACTS = ["end", "suspend", "claim"] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/**
 * As many as somebody can look at one by one before signing. What takes something away from people is capped lower: a slip of
 * fifty is undone by fifty requests.
 */
export const BULK_CAPS: Readonly<Record<BulkAct, number>> = { end: 50, suspend: 50, claim: 100 };

export interface BulkRow {
  readonly id: string;
  /** As it was when it was looked at. What changed since is left alone. */
  readonly version: number;
}

export interface BulkOrder {
  readonly act: BulkAct;
  readonly reason: string;
  readonly rows: readonly BulkRow[];
}

/** What the passkey signs: `exceptions.endMany`. */
export function bulkAction(act: BulkAct): string {
  return `exceptions.${act}Many`;
}

/** The text whose hash is signed: the act, the reason, and each exception as it was looked at, in this order. */
export function bulkText({ act, reason, rows }: BulkOrder): string {
  return canonicalText({ v: "postern-bulk-1", act, reason, rows: rows.map(({ id, version }) => ({ id, version })) });
}

export function bulkCommand(act: BulkAct, reason: string): ExceptionCommand {
  switch (act) {
    case "end":
      return { type: "revokeNow", reason };
    case "suspend":
      return { type: "suspend", why: reason, dueAt: null };
    case "claim":
      return { type: "claimInherited" };
  }
}

/** What would come of it, for one exception, in a sentence. */
export function wouldWords(act: BulkAct, state: ExceptionState, events: readonly ExceptionEvent[]): string {
  const held = state.dossier.bindings.filter(({ desired }) => desired === "present").length;
  const away =
    held === 0 ? "nothing has to be taken out of a provider" : `${held === 1 ? "one bypass is" : `${held} bypasses are`} taken out`;
  const withdrawn = events.some(({ type }) => type === "RequestWithdrawn");
  const words: Readonly<Record<BulkAct, string>> = {
    end: withdrawn ? "The request ends before it is granted." : `Not in force from now on; ${away}.`,
    suspend: `Switched off until a review has decided; ${away}.`,
    claim: "You answer for it; it still needs to be approved.",
  };
  return words[act];
}
