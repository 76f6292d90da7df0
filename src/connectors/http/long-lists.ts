/**
 * Long lists one after the other, that a later reading can go on with. What is short is read anew each time and does not belong here.
 */
import { createHash } from "node:crypto";

import type { Progress } from "../port.ts";

export interface LongList<T> {
  /** What is listed: another list under the same place would be gone on with as if it were this one. */
  readonly key: string;
  readonly read: (progress: Progress | undefined) => AsyncIterable<T>;
}

/** A checkpoint is good for these lists in this order. With one more, or one less, nobody knows what was passed over: all begins anew. */
export async function* readOn<T>(lists: readonly LongList<T>[], progress: Progress | undefined): AsyncGenerator<T> {
  const scope = createHash("sha256")
    .update(JSON.stringify(lists.map(({ key }) => key)))
    .digest("base64url");
  const [, of, begin, from] = /^(\S+) (\d+) (.+)$/s.exec(progress?.from ?? "") ?? [];
  const first = of === scope ? Number(begin) : 0;
  for (const [index, list] of lists.entries()) {
    if (index < first) continue;
    yield* list.read(
      progress && {
        from: of === scope && index === first ? from : undefined,
        reached: (cursor) => progress.reached(`${scope} ${index} ${cursor}`),
      },
    );
  }
}
