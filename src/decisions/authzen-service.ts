/** From a body that is JSON to the text of an answer: reads, decides, tells the log, writes. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

import { refusal, Refused } from "../kernel/problem.ts";
import { type Admission, orRefuse } from "./admission.ts";
import type { Asked, DecisionLog } from "./asked.ts";
import { createWriter, writeBatch, writeFaults, writeSnapshot, writeVerdict } from "./authzen-answer.ts";
import { type Fault, type Page, readBatch, readItem, readQuestion, readSearch, type Search, type Semantic } from "./authzen-read.ts";
import { candidatesOf, canonical, placeAfter, questionOf, writeFound } from "./authzen-search.ts";
import { believed, type Caller, mayAsk, OUT_OF_SCOPE, seen } from "./caller.ts";
import { decide } from "./decide.ts";
import type { Extensions, Offering } from "./extension.ts";
import type { Question } from "./question.ts";
import type { RuleSet } from "./rule-set.ts";
import { isTooOld, type Snapshot } from "./snapshot.ts";
import type { Verdict } from "./verdict.ts";

/** All that the questions of one request have in common. */
export interface Work {
  readonly caller: Caller;
  readonly rules: RuleSet;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
  readonly offering: Offering;
  readonly asked: Asked;
  readonly admission: Admission;
  readonly decisionLog: DecisionLog;
  readonly extensions: Extensions;
}

/** So many names that come into question are asked about by one search at most. */
const MOST_CANDIDATES = 20_000;
/** Between so many, others get their turn. */
const CANDIDATES_A_TURN = 500;
const MOST_RESULTS = 1_000;
const USUAL_RESULTS = 100;

/** Bytes that are no text would be read as other names than were sent. */
export function readJson(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw new Refused([MALFORMED], 400);
  try {
    return JSON.parse((body as Buffer).toString()) as unknown;
  } catch {
    throw new Refused([MALFORMED], 400);
  }
}

export function answerEvaluation(work: Work, body: unknown): string {
  const faults: Fault[] = [];
  const question = readQuestion(body, faults);
  if (question === undefined) throw refused(faults);
  admit(work, 1);
  return answerOne(work, question, writeSnapshot(work.snapshot, work.nowMs));
}

export function answerBatch(work: Work, body: unknown): string {
  const faults: Fault[] = [];
  const batch = readBatch(body, faults);
  if (batch === undefined) throw refused(faults);
  const told = writeSnapshot(work.snapshot, work.nowMs);
  if (!("items" in batch)) {
    admit(work, 1);
    return answerOne(work, batch, told);
  }
  admit(work, batch.items.length);
  const writer = createWriter(told);
  const answers: string[] = [];
  for (const item of batch.items) {
    const own: Fault[] = [];
    const sent = readItem(item, batch.defaults, own);
    let permit = false;
    if (sent === undefined) {
      answers.push(writeFaults(own, told));
    } else {
      const question = believed(work.caller.scope, sent);
      const verdict = verdictOf(work, question);
      ({ permit } = verdict);
      answers.push(writer(seen(work.caller.scope, verdict), offerWith(work, question, verdict)));
    }
    if (isEnough(batch.semantic, permit)) break;
  }
  return writeBatch(answers);
}

function isEnough(semantic: Semantic, permit: boolean): boolean {
  return permit ? semantic === "permit_on_first_permit" : semantic === "deny_on_first_deny";
}

function answerOne(work: Work, sent: Question, told: string): string {
  const question = believed(work.caller.scope, sent);
  const verdict = verdictOf(work, question);
  return writeVerdict(seen(work.caller.scope, verdict), told, offerWith(work, question, verdict));
}

/** `question`: as far as its caller is believed. */
function verdictOf({ caller, rules, snapshot, nowMs, decisionLog, asked }: Work, question: Question): Verdict {
  const verdict = mayAsk(caller.scope, question) ? decide(question, rules, snapshot, nowMs) : OUT_OF_SCOPE;
  decisionLog.record(question, verdict, asked, nowMs);
  return verdict;
}

/** What is offered with an answer, as members with a comma before each. */
function offerWith({ extensions, offering }: Work, question: Question, verdict: Verdict): string {
  const offered = extensions.offer(question, verdict, offering);
  return offered === undefined ? "" : `,${JSON.stringify(offered).slice(1, -1)}`;
}

export async function answerSearch(kind: Search["kind"], work: Work, body: unknown): Promise<string> {
  const faults: Fault[] = [];
  const read = readSearch(kind, body, faults);
  if (read === undefined) throw refused(faults);
  const { search, page } = read;
  const { rules, snapshot, nowMs } = work;
  const bound = digestOf(search, rules.name);
  const after = page.token === "" ? undefined : placeInToken(page, bound);
  const candidates = candidatesOf(search, rules, snapshot.register, MOST_CANDIDATES);
  admit(work, Math.max(1, Math.ceil((candidates?.length ?? MOST_CANDIDATES) / CANDIDATES_A_TURN)));
  if (candidates === undefined) throw new Refused([TOO_BROAD], 400);
  const limit = Math.min(page.limit ?? USUAL_RESULTS, MOST_RESULTS);
  const found = await findPermitted(work, search, candidates, after === undefined ? 0 : placeAfter(candidates, after), limit + 1);
  const results = found.slice(0, limit);
  // With a limit of none the page after this one begins where this one did.
  const next = found.length > limit ? tokenOf(bound, results.at(-1) ?? after ?? "") : "";
  const told = writeSnapshot(snapshot, nowMs);
  const why = isTooOld(snapshot, nowMs) ? `"reason":${TOO_OLD},` : "";
  const list = results.map((name) => writeFound(search, name)).join(",");
  return `{"results":[${list}],"page":{"next_token":"${next}","count":${results.length}},"context":{${why}${told}}}`;
}

/** Looks at every candidate from a place on until enough are found. Others are answered in between. */
async function findPermitted(
  { caller, rules, snapshot, nowMs }: Work,
  search: Search,
  candidates: readonly string[],
  from: number,
  enough: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let i = from; i < candidates.length && found.length < enough; i++) {
    if (i > from && (i - from) % CANDIDATES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    const question = believed(caller.scope, questionOf(search, candidates[i]!));
    if (mayAsk(caller.scope, question) && decide(question, rules, snapshot, nowMs).permit) found.push(candidates[i]!);
  }
  return found;
}

/** What a page's token is good for: the same search with the same rules. */
function digestOf(search: Search, ruleSet: string): string {
  return createHash("sha256")
    .update(canonical([ruleSet, search]))
    .digest("base64url")
    .slice(0, 22);
}

/** It says after whom the next page begins, so that it holds on every replica and whatever is written in between. */
function tokenOf(bound: string, last: string): string {
  return bound + Buffer.from(last).toString("base64url");
}

function placeInToken({ token }: Page, bound: string): string {
  if (!token.startsWith(bound) || !/^[\w-]*$/.test(token)) throw new Refused([NOT_ITS_TOKEN], 400);
  return Buffer.from(token.slice(bound.length), "base64url").toString();
}

/** Nobody is found then, and whoever asks is told that it is not because there is nobody. */
const TOO_OLD = JSON.stringify({
  code: "snapshot_too_old",
  words: "The register was not heard of for too long; nobody is found by what it said then.",
});
const MALFORMED = refusal("http.malformedJson", "The body is not readable JSON.");
const NOT_ITS_TOKEN = refusal("decisions.pageTokenInvalid", "This token is of another search. Ask for the first page again.", {
  at: "/page/token",
});
const TOO_BROAD = refusal("decisions.searchTooBroad", `More than ${MOST_CANDIDATES} names come into question. Search for less.`);

function refused(faults: readonly Fault[]): Refused {
  return new Refused(
    faults.map(({ at, words }) => refusal("decisions.invalidQuestion", `${at === "" ? "The body" : at} ${words}.`, { at })),
    400,
  );
}

function admit({ admission, caller }: Work, questions: number): void {
  orRefuse(admission.admit(caller, questions));
}
