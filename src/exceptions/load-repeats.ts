/** What was asked for before in the same need: counted when something is put forward. */
import { type Instant, subtractDuration } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { fingerprintTexts } from "./fingerprint-texts.ts";
import { shownContent } from "./projection.ts";
import { fingerprintsOf, isForDrills, REPEAT_WINDOW, type RepeatRecord } from "./repeats.ts";
import type { ExceptionStore } from "./store.ts";
import type { DraftContent, ExceptionId } from "./version.ts";

export interface AskedFor {
  readonly id: ExceptionId;
  readonly category: string;
  readonly content: DraftContent;
  readonly openedAt: Instant;
}

/**
 * Everything of the last 365 days that shares a fingerprint with what is asked for, and itself as such a record. `counted`
 * is all of it but what was for subjects that exist to be tried by drills: that counts against nobody.
 */
export async function loadRepeats(
  store: ExceptionStore,
  { id, category, content, openedAt }: AskedFor,
  headcount: number,
  now: Instant,
  drills: ReadonlySet<string>,
): Promise<{ readonly records: readonly RepeatRecord[]; readonly counted: readonly RepeatRecord[]; readonly mine: RepeatRecord }> {
  const found = await store.withFingerprints(fingerprintTexts(category, content), subtractDuration(now, REPEAT_WINDOW));
  const fingerprints = fingerprintsOf(category, content);
  return {
    records: found.map(({ exception }) => recordOf(exception)),
    counted: found.filter(({ exception }) => !isForDrills(shownContent(exception), drills)).map(({ exception }) => recordOf(exception)),
    mine: { exception: id, askedAt: openedAt, refused: false, fingerprints, headcount },
  };
}

export function recordOf(state: ExceptionState): RepeatRecord {
  const content = shownContent(state);
  const scope = state.dossier.versions.at(-1)?.content.scope ?? [];
  return {
    exception: state.dossier.id,
    askedAt: state.dossier.openedAt,
    refused: state.state === "rejected",
    fingerprints: content === undefined ? [] : fingerprintsOf(state.dossier.category, content),
    headcount: scope.reduce((sum, item) => sum + item.headcountAtApproval, 0),
  };
}
