/**
 * What an exception grants, as rows to be looked up: whom it lets through on what, and the half-open stretches of time in which
 * `whyNotOpen`, the one predicate, finds nothing against it. The predicate's answer changes at a few known instants only; it is asked at
 * each of them, and never again. Pure.
 */
import { type ExceptionState, grantedUntil, type StateName, versionInEffect } from "../exceptions/exception.ts";
import { covering, isHeld, type WhyNot, whyNotOpen } from "../exceptions/in-force.ts";
import type { Conditions, ScopeItem, Version } from "../exceptions/version.ts";
import { epochMs, type Instant, instantOfEpochMs, parseInstant } from "../kernel/time.ts";
import type { SubjectKey } from "./register.ts";

/** What a row says of its stretch of time. Only `open` lets anybody through. */
export const STANDS = ["open", "not_begun", "not_held", "not_in_use", "suspended", "review_missed", "ended"] as const;
export type Stand = (typeof STANDS)[number];

/** Without beginning, and without end, in milliseconds since 1970. */
export const ALWAYS = 0;
export const NEVER = 253_402_300_799_999;

export interface GrantRow {
  readonly exception: string;
  readonly ref: string;
  readonly owner: string | null;
  readonly subject: SubjectKey;
  /** Whom the exception takes the subject for. */
  readonly person: string | null;
  readonly resource: { readonly kind: string; readonly id: string };
  readonly method: string;
  readonly conditions: Conditions;
  /** Half open: `from` is in it, `until` is not. */
  readonly from: number;
  readonly until: number;
  readonly stand: Stand;
  /** When all that was granted ends; what a denial tells. */
  readonly ends: number;
}

interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly stand: Stand;
  readonly version: Version;
}

/** Empty where nothing was ever granted. */
export function rowsOf(state: ExceptionState): readonly GrantRow[] {
  const { dossier } = state;
  const end = grantedUntil(dossier);
  if (end === undefined) return [];
  const ends = msOf(end) ?? ALWAYS;
  return stretchesOf(state).flatMap(({ version, ...stretch }) =>
    version.content.scope.map((item) => ({
      exception: dossier.id,
      ref: dossier.ref,
      owner: dossier.owner,
      ...itemOf(item),
      method: version.content.fallbackMethodAllowed,
      ...stretch,
      stand: stretch.stand === "open" && !isHeld(dossier, version, item) ? "not_held" : stretch.stand,
      ends,
    })),
  );
}

function itemOf({ subject, resource, conditions }: ScopeItem): Pick<GrantRow, "subject" | "person" | "resource" | "conditions"> {
  const { connection, kind, key, person } = subject;
  return { subject: { connection, kind, key }, person, resource, conditions };
}

function stretchesOf(state: ExceptionState): readonly Stretch[] {
  if (state.state !== "active") return closedStretch(state);
  const starts = startsOf(state);
  const found: Stretch[] = [];
  for (const [i, from] of starts.entries()) {
    const at = instantOfEpochMs(from);
    const version = covering(state.dossier, at);
    const stand = standOf(whyNotOpen(state, at)?.reason ?? null);
    if (version === undefined || stand === undefined) continue;
    const until = starts[i + 1] ?? NEVER;
    const last = found.at(-1);
    if (last !== undefined && last.until === from && last.stand === stand && last.version === version) {
      found[found.length - 1] = { ...last, until };
    } else found.push({ from, until, stand, version });
  }
  return found;
}

/** All instants at which the predicate's answer may change, and the beginning of time. */
function startsOf({ dossier }: ExceptionState): readonly number[] {
  const instants = [
    ...dossier.grants.flatMap(({ validFrom, validUntil }) => [validFrom, validUntil]),
    ...dossier.reviews.map(({ dueAt }) => dueAt),
  ];
  const read = instants.flatMap((at) => msOf(at) ?? []);
  return [...new Set([ALWAYS, ...read])].sort((a, b) => a - b);
}

/** What cannot be read is no instant to the predicate either. */
function msOf(at: Instant): number | undefined {
  return parseInstant(at) === at ? Math.max(ALWAYS, epochMs(at)) : undefined;
}

function closedStretch(state: ExceptionState): readonly Stretch[] {
  const version = versionInEffect(state.dossier);
  const stand = STAND_OF_STATE[state.state];
  return version === undefined || stand === undefined ? [] : [{ from: ALWAYS, until: NEVER, stand, version }];
}

const STAND_OF_STATE: Partial<Record<StateName, Stand>> = {
  approved: "not_begun",
  activating: "not_held",
  suspending: "suspended",
  suspended: "suspended",
  revoking: "ended",
  verifying: "ended",
  revoke_failed: "ended",
  closed: "ended",
};

/** Outside of its grants an exception needs no row: before one it has not begun, after one it has ended. */
function standOf(reason: WhyNot | null): Stand | undefined {
  if (reason === null) return "open";
  if (reason === "not_in_use" || reason === "review_missed") return reason;
  return undefined;
}
