/**
 * A list that the server pages by position, while it changes. Each page is asked for from the last one read on: where that one has
 * moved, what came before it was created or removed, and it is looked for around where it was, so that nobody who was there the
 * whole time is passed over. Who was removed or created meanwhile may be seen or not.
 */
import { type Progress, ProviderFault } from "../port.ts";

interface Item {
  readonly id: string;
}

/** Up to `max` items, without the `first` ones. */
type ReadPage<T> = (first: number, max: number) => Promise<readonly T[]>;

/** After so many items, the last of which this is. */
interface Place {
  readonly count: number;
  readonly last: string;
}

interface Follow<T> {
  readonly items: readonly T[];
  readonly before: number;
  readonly isLast: boolean;
}

/** How often one place is looked for, and how often all begins anew, before a list is said to change too fast. */
const MOST_TRIES = 3;

export async function* listed<T extends Item>(
  page: ReadPage<T>,
  path: string,
  pageSize: number,
  progress: Progress | undefined,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  let [place, begun, stale] = [placeIn(progress?.from), 0, 0];
  for (;;) {
    if (place === undefined && ++begun > MOST_TRIES)
      throw new ProviderFault("fault", `${path}: the list changes faster than it can be read.`);
    const next = place === undefined ? await firstPage(page, pageSize) : await pageAfter(page, place, pageSize);
    place = undefined;
    if (next === undefined) continue;
    const fresh = unseenOf(next.items, seen);
    // Who begins anew meets those again who were seen before, and no more of them.
    stale = fresh.length === 0 ? stale + next.items.length : 0;
    if (stale > seen.size) throw new ProviderFault("fault", `${path}: the server gives the same page again and again.`);
    yield* fresh;
    if (next.isLast) return;
    place = { count: next.before + next.items.length, last: next.items.at(-1)!.id };
    await progress?.reached(`${place.count} ${place.last}`);
  }
}

/** Those not seen yet, who then are. */
function unseenOf<T extends Item>(items: readonly T[], seen: Set<string>): readonly T[] {
  const unseen: T[] = [];
  for (const item of items) {
    if (seen.has(item.id)) continue;
    seen.add(item.id);
    unseen.push(item);
  }
  return unseen;
}

async function firstPage<T>(page: ReadPage<T>, pageSize: number): Promise<Follow<T>> {
  const items = await page(0, pageSize);
  return { items, before: 0, isLast: items.length < pageSize };
}

/** Undefined: whoever stood last is not there any more, and tells nothing of how many would be passed over. */
async function pageAfter<T extends Item>(page: ReadPage<T>, { count, last }: Place, pageSize: number): Promise<Follow<T> | undefined> {
  let before = count;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const [first, ...items] = await page(before - 1, pageSize + 1);
    if (first?.id === last) return { items, before, isLast: items.length < pageSize };
    const from = Math.max(0, before - 1 - pageSize);
    const index = (await page(from, 2 * pageSize + 1)).findIndex(({ id }) => id === last);
    if (index === -1) return undefined;
    before = from + index + 1;
  }
  return undefined;
}

function placeIn(checkpoint: string | undefined): Place | undefined {
  const [, count, last] = /^([1-9]\d*) (.+)$/.exec(checkpoint ?? "") ?? [];
  return count === undefined || last === undefined ? undefined : { count: Number(count), last };
}
