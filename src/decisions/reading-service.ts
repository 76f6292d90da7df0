/** Reading the log for people, and asking what would be answered. Nothing asked here is counted as a use. */
import { readCursor, writeCursor } from "../kernel/paging.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { duration, epochMs, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { writeSnapshot, writeVerdict } from "./authzen-answer.ts";
import { type Fault, readQuestion } from "./authzen-read.ts";
import type { DecisionView, DeniedView, ExplanationView, StandingView } from "./contract-log.ts";
import { decideAt } from "./explaining.ts";
import { draftFor } from "./explaining-view.ts";
import type { DecisionLogService } from "./log-service.ts";
import type { LogFilter } from "./logged.ts";
import type { Question } from "./question.ts";
import { createReadingStore } from "./reading-store.ts";
import { decisionView, deniedView, namesOf, type Naming, saysConnection } from "./reading-view.ts";
import type { Snapshot } from "./snapshot.ts";

export interface ReadingDependencies {
  readonly db: Db;
  readonly log: DecisionLogService;
  /** What questions are answered from; undefined while nothing was loaded. */
  readonly snapshot: () => Snapshot | undefined;
  readonly naming: Naming;
  /** Entries that one page looks through at most. */
  readonly lookedThrough?: number;
}

export interface ExplainAsked {
  readonly question: unknown;
  readonly ruleSet: string;
  readonly at: Instant | null;
}

export type ReadingService = ReturnType<typeof createReadingService>;

const WEEK = duration("P7D");
/** A replica says every minute that it is there. */
const SILENT = duration("PT3M");
const DENIED_SHOWN = 50;

export function createReadingService(deps: ReadingDependencies) {
  const store = createReadingStore(deps.db, deps.lookedThrough);
  return {
    explain: (asked: ExplainAsked, now: Instant) => explain(deps, asked, now),
    find: (id: number) => store.find(id),
    async list(filter: LogFilter, page: { limit: number; cursor?: string | undefined }): Promise<{ items: DecisionView[]; next?: string }> {
      const { rows, goOn } = await store.list(filter, placeOf(page.cursor), page.limit + 1);
      const shown = rows.slice(0, page.limit);
      const names = await namesOf(deps.naming, shown);
      const items = shown.map((row) => decisionView(row, names));
      const next = rows.length > shown.length ? shown.at(-1)?.id : goOn;
      return { items, ...(next !== undefined && { next: writeCursor([String(next)]) }) };
    },
    async denied(now: Instant): Promise<{ items: DeniedView[]; hasMore: boolean }> {
      const rows = await store.denied(subtractDuration(now, WEEK), DENIED_SHOWN + 1);
      const shown = rows.slice(0, DENIED_SHOWN);
      const names = await namesOf(deps.naming, shown);
      return { items: shown.map((row) => deniedView(row, names)), hasMore: rows.length > DENIED_SHOWN };
    },
    async standing(now: Instant): Promise<StandingView> {
      const since = subtractDuration(now, WEEK);
      const { setting, keepDays, ...standing } = deps.log.standing();
      return {
        setting: { kind: setting.kind, every: setting.kind === "sampled" ? setting.every : null },
        keepDays,
        here: { ...recentOf(deps.log, now), ...standing, ...snapshotOf(deps.snapshot(), epochMs(now)) },
        callers: [...(await store.callers(since))],
        lost: await store.lost(since),
        cutOff: [...(await store.cutOff(since, subtractDuration(now, SILENT)))],
      };
    },
  };
}

function recentOf(log: DecisionLogService, now: Instant) {
  const { perSecond, ...recent } = log.recent(epochMs(now));
  return { perSecond: [...perSecond], ...recent };
}

function snapshotOf(snapshot: Snapshot | undefined, nowMs: number): Pick<StandingView["here"], "snapshot" | "ruleSets"> {
  if (snapshot === undefined) return { snapshot: null, ruleSets: [] };
  const { register, freshAtMs, maxAgeMs, ruleSets } = snapshot;
  const ageMs = Math.max(0, Math.trunc(nowMs - freshAtMs));
  return { snapshot: { sequence: register.sequence, grants: register.size, ageMs, maxAgeMs }, ruleSets: [...ruleSets.keys()] };
}

function placeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [place = ""] = readCursor(cursor, 1);
  if (/^\d{1,15}$/.test(place)) return Number(place);
  throw new Refused(
    [refusal("http.invalidInput", "This cursor is not one of ours. Start again from the first page.", { at: "query:/cursor" })],
    400,
  );
}

async function explain({ snapshot: read, naming }: ReadingDependencies, asked: ExplainAsked, now: Instant): Promise<ExplanationView> {
  const snapshot = read();
  if (snapshot === undefined) throw new Refused([refusal("decisions.notReady", "The register is not loaded yet. Ask again soon.")], 503);
  const faults: Fault[] = [];
  const question = readQuestion(asked.question, faults);
  if (question === undefined) throw unreadable(faults);
  const rules = snapshot.ruleSets.get(asked.ruleSet);
  if (rules === undefined) {
    const detail = `There is no rule set "${asked.ruleSet}".`;
    throw new Refused([refusal("decisions.ruleSetUnknown", detail, { at: "/ruleSet" })]);
  }
  const nowMs = epochMs(now);
  const atMs = asked.at === null ? nowMs : epochMs(asked.at);
  const verdict = decideAt(question, rules, snapshot, { atMs, nowMs });
  const { grant } = verdict;
  const ownerName = grant?.owner == null ? null : ((await naming.person(grant.owner)) ?? null);
  return {
    permit: verdict.permit,
    code: verdict.code,
    words: verdict.words,
    rule: verdict.rule ?? null,
    ruleSet: { name: rules.name, digest: rules.digest },
    grant: grant === undefined ? null : { ...grant, ownerName },
    obligations: verdict.obligations.map((each) => ({ ...each })),
    at: asked.at ?? now,
    answer: writeVerdict(verdict, writeSnapshot(snapshot, nowMs)),
    draft: verdict.requestable ? await draftOf(question, snapshot, naming, now) : null,
  };
}

async function draftOf(question: Question, snapshot: Snapshot, naming: Naming, now: Instant): Promise<ExplanationView["draft"]> {
  const { subject, resource } = question;
  const who = saysConnection(question) ? undefined : await naming.subject(subject.type, subject.id);
  const resourceName = (await naming.resource(resource.type, resource.id)) ?? resource.id;
  const subjectName = who?.name ?? subject.id;
  return draftFor(question, snapshot, { from: now, person: who?.person ?? null, subjectName, resourceName });
}

function unreadable(faults: readonly Fault[]): Refused {
  return new Refused(
    faults.map(({ at, words }) =>
      refusal("decisions.invalidQuestion", `${at === "" ? "The question" : at} ${words}.`, { at: `/question${at}` }),
    ),
  );
}
