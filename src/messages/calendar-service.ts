/** A calendar of what is due, for programs that can carry nothing but an address. */
import { createHash, randomBytes } from "node:crypto";

import ical, { ICalCalendarMethod, ICalEventBusyStatus, ICalEventTransparency } from "ical-generator";

import type { Drill } from "../drills/drill.ts";
import type { ExceptionState } from "../exceptions/index.ts";
import { grantedUntil } from "../exceptions/exception.ts";
import { type DesignIssue, issueDueAt } from "../governance/design-issue.ts";
import { isAcceptedAt, type RiskAcceptance } from "../governance/risk-acceptance.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { CalendarAddress, CalendarStore } from "./calendar-store.ts";
import { mattersFor, type MattersWorld } from "./load-matters.ts";
import type { MatterKind } from "./matter.ts";
import type { Language } from "./notification.ts";
import type { MessageStore } from "./store.ts";
import { type DueKind, TEXTS } from "./texts.ts";

export interface CalendarWorld extends MattersWorld {
  isActive(person: string): Promise<boolean>;
  /** What a person answers for. */
  ownedBy(person: string): Promise<readonly ExceptionState[]>;
  /** When somebody is on point in the weeks to come, with what the rota is called in files. */
  shiftsOf(person: string, now: Instant): Promise<readonly OwnShift[]>;
  answeredBy(person: string): Promise<{ readonly issues: readonly DesignIssue[]; readonly risks: readonly RiskAcceptance[] }>;
  /** Drills to come of the plans that a person answers for. */
  drillsOf(person: string): Promise<readonly Drill[]>;
}

export interface OwnShift {
  readonly rota: string;
  readonly key: string;
  readonly from: Instant;
  readonly until: Instant;
}

export interface CalendarDependencies {
  readonly origin: string;
  readonly world: CalendarWorld;
  readonly calendars: CalendarStore;
  readonly messages: Pick<MessageStore, "subjectsOf" | "preferences">;
}

/** What is asked of somebody at once; more would be read by nobody, and is slow to find. */
const MAX_SUBJECTS = 200;
/** What is entered into a calendar has a length, or some programs do not show it. */
const ENTRY_LENGTH = duration("PT15M");

const SUFFIX = ".ics";

export type CalendarService = ReturnType<typeof createCalendarService>;

export function createCalendarService({ origin, world, calendars, messages }: CalendarDependencies) {
  return {
    find: (person: string): Promise<CalendarAddress | undefined> => calendars.find(person),
    /** The address, which is kept nowhere: what is stored is its digest. */
    async make(person: string, now: Instant): Promise<string> {
      const secret = randomBytes(32).toString("base64url");
      await calendars.save(person, digestOf(secret), now);
      return `${origin}/api/v1/calendars/${secret}${SUFFIX}`;
    },
    end: (person: string) => calendars.remove(person),
    /** The calendar behind an address. Who left has none any more; their address is answered like one that never was. */
    async read(file: string, now: Instant): Promise<string> {
      const secret = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file;
      const person = await calendars.use(digestOf(secret), now);
      if (person === undefined || !(await world.isActive(person))) {
        throw new Refused(
          [refusal("messages.calendarNotFound", "This calendar address was ended, or never was one. Make a new one.")],
          404,
        );
      }
      const { language } = await messages.preferences(person);
      const asked = await askedOf(world, person, await messages.subjectsOf(person, MAX_SUBJECTS), now);
      const ends = (await world.ownedBy(person)).flatMap((state) => endOf(state, now));
      const drills = (await world.drillsOf(person)).map(drillDue);
      const shifts = (await world.shiftsOf(person, now)).map(entryOfShift);
      const due = dueOf(await world.answeredBy(person), now);
      return written([...asked, ...ends, ...drills, ...due, ...shifts], language, origin, now);
    },
  };
}

interface Entry {
  readonly key: string;
  readonly kind: DueKind;
  /** Left out where it would be a name. */
  readonly ref?: string;
  readonly path: string;
  readonly due: Instant;
  /** Where it lasts. */
  readonly until?: Instant;
}

/** What is asked of somebody under no name of their own. The rest of what is due follows from what they answer for. */
const ASKED: readonly MatterKind[] = ["decide", "review", "bypasses"] satisfies DueKind[];

async function askedOf(world: CalendarWorld, person: string, subjects: readonly string[], now: Instant): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const subject of subjects) {
    for (const { matter, line, persons } of await mattersFor(world, subject, now)) {
      const { key, until: due, path } = matter;
      const kind = matter.kind as DueKind;
      if (!ASKED.includes(matter.kind) || due === null || !persons.includes(person)) continue;
      entries.push({ key, kind, path, due, ...(kind !== "bypasses" && { ref: line.ref }) });
    }
  }
  return entries;
}

function entryOfShift({ rota, key, from, until }: OwnShift): Entry {
  return { key: `${rota} ${from}`, kind: "onPoint", ref: key, path: `/rotas/${rota}`, due: from, until };
}

function endOf({ state, dossier }: ExceptionState, now: Instant): readonly Entry[] {
  const due = grantedUntil(dossier);
  if (due === undefined || due <= now || (state !== "active" && state !== "suspended")) return [];
  return [{ key: `${dossier.id} end`, kind: "ends", ref: dossier.ref, path: `/exceptions/${dossier.id}`, due }];
}

function drillDue({ id, dueAt }: Drill): Entry {
  return { key: `${id} due`, kind: "drill", path: `/drills/${id}`, due: dueAt };
}

function dueOf({ issues, risks }: Awaited<ReturnType<CalendarWorld["answeredBy"]>>, now: Instant): readonly Entry[] {
  return [
    ...issues.map((issue): Entry => ({ key: `${issue.id} due`, kind: "issue", path: `/issues/${issue.id}`, due: issueDueAt(issue) })),
    ...risks
      .filter((risk) => isAcceptedAt(risk, now))
      .map(({ id, until }): Entry => ({ key: `${id} ends`, kind: "riskEnds", path: `/risks/${id}`, due: until })),
  ];
}

/** Whoever gets hold of the address reads this: a reference, what is due, a link that asks to sign in. No title, no name. */
function written(entries: readonly Entry[], language: Language, origin: string, now: Instant): string {
  const calendar = ical({
    name: "Postern",
    prodId: { company: "Postern", product: "Postern", language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
  });
  const words = TEXTS[language].due;
  for (const { key, kind, ref, path, due, until } of entries) {
    calendar.createEvent({
      id: `${digestOf(key).slice(0, 32)}@${new URL(origin).hostname}`,
      stamp: new Date(now),
      start: new Date(due),
      end: new Date(until ?? addDuration(due, ENTRY_LENGTH)),
      summary: ref === undefined ? words[kind] : `${ref}: ${words[kind]}`,
      url: `${origin}${path}`,
      transparency: ICalEventTransparency.TRANSPARENT,
      busystatus: ICalEventBusyStatus.FREE,
    });
  }
  return calendar.toString();
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
