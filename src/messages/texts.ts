/** The words of messages in each language. A sentence says what is asked or what happened, never why somebody asked for it. */
import type { PlainDate } from "../kernel/time.ts";
import type { MatterKind } from "./matter.ts";
import type { Language } from "./notification.ts";

export type DueKind = Extract<MatterKind, "decide" | "review" | "ends" | "bypasses" | "drill" | "issue" | "riskEnds"> | "onPoint";

export interface Texts {
  readonly sentence: Readonly<Record<MatterKind, string>>;
  /** What is entered at the moment it is due. */
  readonly due: Readonly<Record<DueKind, string>>;
  /** Behind a sentence that has an end: day and time of day in the organisation's zone. */
  readonly until: (day: PlainDate, time: string, zone: string) => string;
  readonly digestSubject: (count: number) => string;
  readonly incidentSubject: (refs: readonly string[]) => string;
  readonly trialSubject: string;
  readonly digestOpening: string;
  readonly incidentOpening: string;
  readonly trialOpening: string;
  readonly openLink: string;
  /** What a digest says about the rest, and where to mute. */
  readonly rest: string;
  readonly settings: string;
  /** Of an incident: muting does not hold it back. */
  readonly incidentWhy: string;
}

const EN: Texts = {
  sentence: {
    decide: "is waiting for your decision",
    review: "is waiting for your review",
    ends: "ends soon",
    escalation: "was escalated to you: nobody has dealt with it",
    overstay: "has ended, and the provider still lets it through",
    revokeFailed: "could not be taken out of the provider",
    reappeared: "had ended and was put back in the provider",
    suspended: "was suspended and is switched off",
    used: "was used: an emergency access is open",
    ended: "has ended",
    granted: "was approved",
    rejected: "was not approved",
    returned: "was sent back: changes are asked for",
    bypasses: "shows ways past strong sign-in that nobody answers for: claim or remove them",
    bypassesOpen: "still shows ways past strong sign-in that nobody answers for: this was escalated to you",
    drift: "was changed by others than Postern in what it governs: look who it was",
    driftWhole: "had something that Postern governs changed or deleted by others: look whether strong sign-in is still asked for",
    drill: "is a drill that is due soon: hold it",
    drillOverdue: "is a drill that nobody held in time: the control has failed",
    drillFailed: "is a drill that did not pass: the control has failed until one does",
    issue: "keeps needing exceptions: say what becomes of its design",
    issueOverdue: "keeps needing exceptions, and nobody has said in time what becomes of its design",
    accept: "is to rest on a risk that you are asked to answer for",
    riskAccepted: "rests on a risk that is now answered for",
    riskWithdrawn: "does not rest on an accepted risk: the proposal was withdrawn",
    riskEnds: "rests on an accepted risk whose time ends soon",
    riskEnded: "rested on an accepted risk whose time is over",
    riskReopened: "rested on a risk that you answer for, and is not as it was when you accepted it: look at it again",
    accessRequested: "turned away somebody who gave your name: ask for an exception if it was you, or say that it was not",
    emergency: "passed on an emergency: somebody waits to be let in by what was approved in advance",
    findings: "finding(s) are yours: say what is being done about them",
    findingsDue: "finding(s) of yours are due soon",
    findingsOverdue: "finding(s) are overdue: this was escalated to governance",
  },
  due: {
    decide: "decision due",
    review: "review due",
    ends: "ends",
    bypasses: "Bypasses to claim or remove",
    drill: "Drill due",
    issue: "Design issue due",
    riskEnds: "Accepted risk ends",
    onPoint: "you are on point",
  },
  until: (day, time, zone) => `by ${day} ${time} (${zone})`,
  digestSubject: (count) => (count === 1 ? "Postern: one thing for you" : `Postern: ${count} things for you`),
  incidentSubject: (refs) => `Postern: act now on ${refs.join(", ")}`,
  trialSubject: "Postern: a trial message",
  digestOpening: "New for you since the last message:",
  incidentOpening: "This cannot wait:",
  trialOpening: "This is a trial. Messages from Postern reach you.",
  openLink: "Open",
  rest: "There is at most one such message a day. Everything that waits for you:",
  settings: "Language, quiet and calendar:",
  incidentWhy: "Incidents are sent also to those who muted their messages.",
};

const DE: Texts = {
  sentence: {
    decide: "wartet auf Ihre Entscheidung",
    review: "wartet auf Ihre Überprüfung",
    ends: "endet bald",
    escalation: "wurde an Sie eskaliert: niemand hat sich darum gekümmert",
    overstay: "ist zu Ende, und der Anbieter lässt es noch immer zu",
    revokeFailed: "konnte beim Anbieter nicht entfernt werden",
    reappeared: "war zu Ende und wurde beim Anbieter wieder eingesetzt",
    suspended: "wurde ausgesetzt und ist abgeschaltet",
    used: "wurde benutzt: ein Notzugang ist offen",
    ended: "ist zu Ende",
    granted: "wurde bewilligt",
    rejected: "wurde nicht bewilligt",
    returned: "kam zurück: Änderungen sind gewünscht",
    bypasses: "zeigt Wege an der starken Anmeldung vorbei, für die niemand einsteht: übernehmen oder entfernen",
    bypassesOpen: "zeigt noch immer Wege an der starken Anmeldung vorbei, für die niemand einsteht: an Sie eskaliert",
    drift: "wurde von anderen als Postern in dem geändert, was es regelt: sehen Sie, wer es war",
    driftWhole:
      "hat etwas, das Postern regelt und das andere geändert oder gelöscht haben: prüfen Sie, ob die starke Anmeldung noch verlangt wird",
    drill: "ist eine Übung, die bald fällig ist: halten Sie sie ab",
    drillOverdue: "ist eine Übung, die niemand rechtzeitig abgehalten hat: die Kontrolle hat versagt",
    drillFailed: "ist eine Übung, die nicht bestanden wurde: die Kontrolle hat versagt, bis eine besteht",
    issue: "braucht immer wieder Ausnahmen: sagen Sie, was aus der Bauweise wird",
    issueOverdue: "braucht immer wieder Ausnahmen, und niemand hat rechtzeitig gesagt, was aus der Bauweise wird",
    accept: "soll auf einem Risiko ruhen, für das Sie einstehen sollen",
    riskAccepted: "ruht auf einem Risiko, für das nun jemand einsteht",
    riskWithdrawn: "ruht auf keinem angenommenen Risiko: der Vorschlag wurde zurückgezogen",
    riskEnds: "ruht auf einem angenommenen Risiko, dessen Zeit bald endet",
    riskEnded: "ruhte auf einem angenommenen Risiko, dessen Zeit um ist",
    riskReopened: "ruhte auf einem Risiko, für das Sie einstehen, und ist nicht mehr, wie Sie es angenommen haben: sehen Sie es neu an",
    accessRequested:
      "hat jemanden abgewiesen, der Ihren Namen nannte: beantragen Sie eine Ausnahme, wenn Sie es waren, oder sagen Sie, dass Sie es nicht waren",
    emergency: "hat einen Notfall gemeldet: jemand wartet darauf, durch das im Voraus Bewilligte eingelassen zu werden",
    findings: "Befund(e) sind Ihre: sagen Sie, was dagegen getan wird",
    findingsDue: "Ihrer Befunde sind bald fällig",
    findingsOverdue: "Befund(e) sind überfällig: an die Governance eskaliert",
  },
  due: {
    decide: "Entscheidung fällig",
    review: "Überprüfung fällig",
    ends: "endet",
    bypasses: "Umgehungen zu übernehmen oder zu entfernen",
    drill: "Übung fällig",
    issue: "Bauweise zu klären",
    riskEnds: "Angenommenes Risiko endet",
    onPoint: "Sie haben Pikett",
  },
  until: (day, time, zone) => `bis ${germanDay(day)}, ${time} Uhr (${zone})`,
  digestSubject: (count) => (count === 1 ? "Postern: eine Sache für Sie" : `Postern: ${count} Sachen für Sie`),
  incidentSubject: (refs) => `Postern: jetzt handeln bei ${refs.join(", ")}`,
  trialSubject: "Postern: eine Probenachricht",
  digestOpening: "Neu für Sie seit der letzten Nachricht:",
  incidentOpening: "Das kann nicht warten:",
  trialOpening: "Dies ist eine Probe. Nachrichten von Postern erreichen Sie.",
  openLink: "Öffnen",
  rest: "Eine solche Nachricht kommt höchstens einmal am Tag. Alles, was auf Sie wartet:",
  settings: "Sprache, Ruhe und Kalender:",
  incidentWhy: "Vorfälle werden auch denen gemeldet, die ihre Nachrichten stumm geschaltet haben.",
};

function germanDay(day: PlainDate): string {
  const [year, month, date] = day.split("-");
  return `${date}.${month}.${year}`;
}

export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, de: DE };
