/**
 * Plays the invented year into an empty instance: every move is a request by somebody with a passkey, or what the clock alone
 * demands. Nothing is written past the services. The clock is the player's; it stands still while a move is made.
 */
import { setImmediate } from "node:timers/promises";

import type { App } from "../compose.ts";
import { tickExceptions } from "../exceptions/index.ts";
import { dueAt } from "../exceptions/schedule.ts";
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import { ENDED, NOW } from "./chapters-short.ts";
import { COMING_BACK, STANDING } from "./chapters.ts";
import { PERSONAS } from "./company.ts";
import { ABOVE, FOUND } from "./happenings.ts";
import { beginChapter, continueChapter } from "./lives.ts";
import { answerReviews, testControls } from "./habits.ts";
import { happen } from "./events.ts";
import { openTheHouse, type Playing, type Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

export const DAYS = 364;

export interface Facts {
  /** Reference of each chapter's exception: EXC-… */
  readonly refs: Readonly<Record<string, string>>;
  readonly ids: Readonly<Record<string, string>>;
  /** Id of the person behind each persona. */
  readonly personas: Readonly<Record<string, string>>;
  /** Account name of everybody who has a passkey, by their id. */
  readonly names: Readonly<Record<string, string>>;
  readonly begunAt: Instant;
}

interface Move {
  readonly at: Instant;
  readonly words: string;
  readonly make: () => Promise<void>;
}

const CHAPTERS: readonly Chapter[] = [...STANDING, ...COMING_BACK, ...ENDED, ...NOW];
/** What follows at once from a commit; the readings of whole directories have their own day. */
const AT_ONCE = ["converge", "wake", "issues"];

export async function playYear(playing: Playing): Promise<{ readonly stage: Stage; readonly facts: Facts }> {
  const begunAt = startOf(playing.until);
  playing.clock.set(begunAt);
  const stage = await openTheHouse(playing, begunAt);
  await readDirectories(playing);
  const moves = movesOf(stage);
  let done = 0;
  for (const move of moves) {
    await passTo(playing, stage, move.at);
    // What people took their time for may have gone on until after it was due.
    if (move.at > playing.clock.now()) playing.clock.set(move.at);
    await move.make().catch((error: unknown) => {
      throw new Error(`the story does not play on: ${move.words}, ${move.at}`, { cause: error });
    });
    await playing.workOff(AT_ONCE);
    done += 1;
    playing.progress?.(done / moves.length);
    // Who else is served by this process gets their turn.
    await setImmediate();
  }
  await passTo(playing, stage, playing.until);
  playing.clock.set(playing.until);
  // Whoever has a persona has a passkey, also who had nothing to decide all year.
  for (const { person } of PERSONAS) await stage.as(person);
  await readDirectories(playing);
  return { stage, facts: factsOf(stage, begunAt) };
}

/** Midnight before the first day, so that people work in the daytime. */
function startOf(until: Instant): Instant {
  const [day = ""] = subtractDuration(until, duration(`P${DAYS}D`)).split("T");
  return `${day}T00:00:00.000Z` as Instant;
}

/** Lets everything fall due that lies between, each at its instant. */
async function passTo(playing: Playing, { app }: Stage, to: Instant): Promise<void> {
  for (;;) {
    const next = await nextDue(app, to);
    if (next === undefined) return;
    if (next > playing.clock.now()) playing.clock.set(next);
    const now = playing.clock.now();
    await tickExceptions(app.exceptions, now, (exception, error) => {
      throw new Error(`${exception} could not be ticked at ${now}`, { cause: error });
    });
    await playing.workOff(AT_ONCE);
  }
}

async function nextDue({ exceptions, categories }: App, to: Instant): Promise<Instant | undefined> {
  const [first] = await exceptions.store.due(to, 1);
  if (first === undefined) return undefined;
  const policy = await categories.find(first.exception.dossier.category);
  return policy && dueAt(first.exception, policy);
}

/** A whole tick, and the reading of every directory it asks for. */
async function readDirectories({ app, clock, workOff }: Playing): Promise<void> {
  const report = await app.tick.tickOnce(clock.now());
  if (report.failed.length > 0) throw new Error(`the tick failed: ${report.failed.join(", ")}`);
  await workOff([...AT_ONCE, "scan"]);
}

function movesOf(stage: Stage): readonly Move[] {
  const { playing } = stage;
  const at = (day: number, minutes: number) => stage.at(day, minutes);
  const moves: Move[] = [];
  CHAPTERS.forEach((chapter, index) => {
    const minutes = (index * 7) % 200;
    moves.push({ at: at(chapter.on, 8 * 60 + minutes), words: chapter.key, make: () => beginChapter(stage, chapter) });
    for (const later of chapter.later ?? []) {
      moves.push({
        at: at(later.on, 9 * 60 + minutes),
        words: `${chapter.key} goes on`,
        make: () => continueChapter(stage, chapter, later),
      });
    }
  });
  for (const one of [...FOUND, ...ABOVE]) {
    moves.push({ at: at(one.on, "trouble" in one ? 60 : 7 * 60), words: Object.keys(one).join(" "), make: () => happen(stage, one) });
    if ("trouble" in one && one.hours !== undefined) {
      moves.push({
        at: at(one.on, 60 + one.hours * 60),
        words: "trouble ends",
        make: async () => stage.endTrouble(one.directory, one.trouble),
      });
    }
  }
  for (let day = 5; day < DAYS; day += 5) moves.push({ at: at(day, 14 * 60), words: "reviews", make: () => answerReviews(stage) });
  for (let day = 28; day < DAYS; day += 28) moves.push({ at: at(day, 15 * 60), words: "control tests", make: () => testControls(stage) });
  for (let day = 28; day < DAYS; day += 28)
    moves.push({ at: at(day, 6 * 60), words: "directories are read", make: () => readDirectories(playing) });
  return moves.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function factsOf(stage: Stage, begunAt: Instant): Facts {
  const told = [...stage.told.entries()];
  return {
    refs: Object.fromEntries(told.map(([key, { ref }]) => [key, ref])),
    ids: Object.fromEntries(told.map(([key, { id }]) => [key, id])),
    personas: Object.fromEntries(PERSONAS.map(({ key, person }) => [key, stage.idOf(person)])),
    names: Object.fromEntries([...stage.authenticators.keys()].map((name) => [stage.idOf(name), name])),
    begunAt,
  };
}
