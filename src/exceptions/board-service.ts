/** The board's figures, counted over every exception there is, in one reading. */
import type { Instant } from "../kernel/time.ts";
import { boardSampleOf, type OwnerShare, sharesByOwner, type Stay, worstFirst } from "./board.ts";
import type { BoardView } from "./contract-board.ts";
import { countRegister, type FiguresDependencies } from "./figures-service.ts";
import { historyOf, type Month, type Span, trendOf } from "./trend.ts";

export interface BoardDependencies extends FiguresDependencies {
  readonly nameOf: (person: string) => Promise<string | undefined>;
  /** For which times executives answered for a risk. */
  readonly acceptedRisks: () => Promise<readonly Span[]>;
}

/** A year and the month before it, so that the running one can be held against the same one of last year. */
const MONTHS = 13;
const OWNERS_SHOWN = 12;
const STAYS_SHOWN = 8;

export async function registerBoard(deps: BoardDependencies, now: Instant): Promise<BoardView> {
  const { figures, parts } = await countRegister(deps, now, (state) => ({ sample: boardSampleOf(state, now), history: historyOf(state) }));
  const samples = parts.map(({ sample }) => sample);
  const histories = parts.map(({ history }) => history);
  const since = histories.reduce<Instant | undefined>(
    (first, { openedAt }) => (first === undefined || openedAt < first ? openedAt : first),
    undefined,
  );
  const shares = sharesByOwner(samples);
  const others = shares.slice(OWNERS_SHOWN);
  const stays = worstFirst(samples.flatMap((sample) => sample.stays));
  return {
    at: now,
    recordedSince: since ?? null,
    figures,
    owners: await Promise.all(shares.slice(0, OWNERS_SHOWN).map((share) => named(deps, share))),
    otherOwners: { owners: others.length, exceptions: others.reduce((sum, { exceptions }) => sum + exceptions, 0) },
    overstays: await Promise.all(stays.slice(0, STAYS_SHOWN).map((stay) => named(deps, stay))),
    overstaysInAll: stays.length,
    notReadBack: samples.filter(({ isUnseen }) => isUnseen).length,
    months: trendOf(histories, await deps.acceptedRisks(), { now, since, count: MONTHS }).map(monthView),
  };
}

async function named<T extends OwnerShare | Stay>({ nameOf }: BoardDependencies, one: T): Promise<T & { ownerName: string | null }> {
  return { ...one, ownerName: one.owner === null ? null : ((await nameOf(one.owner)) ?? null) };
}

function monthView({ month, isWhole, figures }: Month): BoardView["months"][number] {
  if (figures === undefined) return { month, isWhole, figures: null };
  return { month, isWhole, figures: { ...figures, minutesToRevoke: figures.minutesToRevoke ?? null } };
}
