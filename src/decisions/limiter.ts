/**
 * Keeps one caller's questions from delaying another's. A caller gets as many questions a second as the file says; when all together ask
 * more than can be answered soon, those who ask the most are sent away first; and what waits in memory is bounded. A batch weighs as
 * much as it has questions.
 */
import type { Admission, SentAway } from "./admission.ts";
import type { CallerLimit } from "./caller-book.ts";

export interface AdmissionSettings {
  readonly nowMs: () => number;
  /** By name of the caller; undefined for one without a limit of its own. */
  readonly limitOf: (caller: string) => CallerLimit | undefined;
  /** How late this process is with everything, for some time now, in milliseconds. */
  readonly lagMs: () => number;
}

/** Later than that by questions, whoever asks the most is sent away. */
const BUSY_MS = 100;
/** Later than that, everybody is, before anything is read. */
const OVERLOADED_MS = 500;
/**
 * So many questions a second are answered however late everything is: they are a small part of what this process can do, so something
 * else makes it late (a machine that is shared, a long statement), and sending them away would help nobody.
 */
export const SURE_A_SECOND = 500;
const MOST_OPEN = 4096;
const MOST_OPEN_OF_ONE = 1024;
const MOST_BYTES = 67_108_864;
const MOST_BYTES_OF_ONE = 16_777_216;

/** What one caller has taken. */
interface Account {
  /** When all that was admitted is paid for, at the caller's rate. */
  paidMs: number;
  /** Questions in the second of `secondMs`, and in the one before. */
  secondMs: number;
  now: number;
  before: number;
  open: number;
  bytes: number;
}

export function createAdmission({ nowMs, limitOf, lagMs }: AdmissionSettings): Admission {
  const accounts = new Map<string, Account>();
  const all = newAccount();
  const accountOf = (name: string): Account => {
    let account = accounts.get(name);
    if (account === undefined) accounts.set(name, (account = newAccount()));
    return account;
  };
  const isLateByQuestions = (ms: number, atMs: number): boolean => lagMs() > ms && rateOf(all, atMs) >= SURE_A_SECOND;
  /** Above its share: as much as each would have if all asked the same. */
  const asksMost = (account: Account, atMs: number): boolean => {
    const own = rateOf(account, atMs);
    const active = [...accounts.values()].filter((each) => rateOf(each, atMs) > 0).length;
    return own > 0 && own * active >= rateOf(all, atMs);
  };

  return {
    overload: () => (isLateByQuestions(OVERLOADED_MS, nowMs()) ? OVERLOADED : undefined),
    enter({ name }, bytes) {
      const account = accountOf(name);
      const waitMs = waitOf(account, limitOf(name), 1, nowMs());
      if (waitMs > 0) return tooMany(waitMs);
      const isFull = all.open >= MOST_OPEN || all.bytes + bytes > MOST_BYTES;
      if (isFull || account.open >= MOST_OPEN_OF_ONE || account.bytes + bytes > MOST_BYTES_OF_ONE)
        return isFull ? OVERLOADED : TOO_MANY_OPEN;
      for (const each of [account, all]) {
        each.open++;
        each.bytes += bytes;
      }
      return undefined;
    },
    leave({ name }, bytes) {
      for (const each of [accountOf(name), all]) {
        each.open--;
        each.bytes -= bytes;
      }
    },
    admit({ name }, questions) {
      const atMs = nowMs();
      const account = accountOf(name);
      const waitMs = waitOf(account, limitOf(name), questions, atMs);
      if (waitMs > 0) return tooMany(waitMs);
      if (isLateByQuestions(BUSY_MS, atMs) && asksMost(account, atMs)) return OVERLOADED;
      count(account, questions, atMs);
      count(all, questions, atMs);
      pay(account, limitOf(name), questions, atMs);
      return undefined;
    },
  };
}

function newAccount(): Account {
  return { paidMs: 0, secondMs: 0, now: 0, before: 0, open: 0, bytes: 0 };
}

/**
 * How long until there is room for so many. A batch larger than what may come at once is admitted when nothing is owed, and paid off
 * afterwards: it would otherwise never be.
 */
function waitOf({ paidMs }: Account, limit: CallerLimit | undefined, questions: number, atMs: number): number {
  if (limit === undefined) return 0;
  const each = 1000 / limit.perSecond;
  const room = limit.atOnce * each;
  return Math.max(0, paidMs - atMs) + Math.min(questions * each, room) - room;
}

function pay(account: Account, limit: CallerLimit | undefined, questions: number, atMs: number): void {
  if (limit !== undefined) account.paidMs = Math.max(account.paidMs, atMs) + (questions * 1000) / limit.perSecond;
}

function turn(account: Account, atMs: number): void {
  const second = Math.floor(atMs / 1000) * 1000;
  if (second === account.secondMs) return;
  account.before = second === account.secondMs + 1000 ? account.now : 0;
  account.now = 0;
  account.secondMs = second;
}

function count(account: Account, questions: number, atMs: number): void {
  turn(account, atMs);
  account.now += questions;
}

function rateOf(account: Account, atMs: number): number {
  turn(account, atMs);
  return account.now + account.before;
}

function tooMany(waitMs: number): SentAway {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return { status: 429, code: "decisions.tooManyQuestions", words: "This caller asks more than it may.", retryAfterSeconds };
}

const TOO_MANY_OPEN: SentAway = {
  status: 429,
  code: "decisions.tooManyQuestions",
  words: "This caller has too many requests open at once.",
  retryAfterSeconds: 1,
};
const OVERLOADED: SentAway = {
  status: 503,
  code: "decisions.overloaded",
  words: "More is asked than can be answered soon.",
  retryAfterSeconds: 1,
};
