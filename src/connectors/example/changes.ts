/** The example directory's change log, page by page. Pure. */
import type { Page, ProviderChange } from "../port.ts";
import { ProviderFault } from "../port.ts";
import { type Change, type Directory, subjectOf } from "./directory.ts";

const PAGE_ENTRIES = 50;

/** A cursor names the directory it belongs to by when that was made: of another one (the file was deleted since) it means the beginning. */
export function changesIn(directory: Directory, cursor: string | undefined): Page<ProviderChange> {
  const from = positionOf(directory, cursor);
  const entries = directory.changes.slice(from, from + PAGE_ENTRIES);
  const next = from + entries.length;
  return {
    items: entries.map((entry) => describe(directory, entry)),
    cursor: `${directory.madeAt}/${next}`,
    more: next < directory.changes.length,
  };
}

function positionOf({ madeAt, changes }: Directory, cursor: string | undefined): number {
  if (cursor === undefined || cursor === "") return 0;
  const [, made, count] = /^(\S+)\/(\d{1,9})$/.exec(cursor) ?? [];
  if (made === undefined) throw new ProviderFault("fault", "The cursor is none that this connector gave.");
  if (made !== madeAt) return 0;
  return Math.min(Number(count), changes.length);
}

function describe(directory: Directory, { at, object, action, subject: key, by, ours }: Change): ProviderChange {
  const subject = key === undefined ? undefined : subjectOf(directory, key);
  return { at, object, action, ...(subject !== undefined && { subject }), by, ours };
}
