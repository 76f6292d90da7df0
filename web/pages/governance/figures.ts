/** The figures of the register in words: what each is called, what it means, and what it says now. Null is not known. */
import type { FiguresView } from "../../../src/exceptions/contract-figures.ts";
import { lengthWords } from "../../parts/time-words.ts";
import type { Tone } from "../../parts/tone.ts";

export interface Figure {
  readonly name: string;
  readonly means: string;
  readonly value: string | null;
  /** What was left out of it, or is unknown about it. */
  readonly note?: string;
  readonly tone?: Tone;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

const percent = (share: number | null) => (share === null ? null : `${Math.round(share * 100)} %`);
const days = (count: number | null) => (count === null ? null : `${Math.round(count)} days`);
const minutes = (count: number | null) => (count === null ? null : lengthWords(count * 60_000));
const decimal = (count: number | null) => (count === null ? null : String(Math.round(count * 100) / 100));
const badly = (count: number): { tone?: Tone } => (count > 0 ? { tone: "bad" } : {});

export function figureGroups(of: FiguresView): readonly FigureGroup[] {
  return [
    { title: "How old it is", figures: ages(of) },
    { title: "How it ends", figures: endings(of) },
    { title: "How it is watched", figures: care(of) },
    { title: "Whom it concerns", figures: people(of) },
  ];
}

function ages(of: FiguresView): readonly Figure[] {
  return [
    {
      name: "True age, median",
      means:
        "Half of what is in force is older than this, counted from the first grant of its lineage: renewing or asking again under another name does not make it younger.",
      value: days(of.trueAgeDays.median),
    },
    { name: "True age, oldest tenth", means: "A tenth of what is in force is older than this.", value: days(of.trueAgeDays.p90) },
    {
      name: "Renewals a lineage",
      means: "How often an exception that was granted was granted again, on average.",
      value: decimal(of.renewalsPerLineage),
    },
    {
      name: "Repeats",
      means: "The share of all requests that came within 365 days of one by the same subject for the same thing.",
      value: percent(of.repeatRate),
    },
    { name: "New in 30 days", means: "Exceptions opened in the last 30 days, drafts included.", value: String(of.newLast30Days) },
  ];
}

function endings(of: FiguresView): readonly Figure[] {
  const { open, count, minutes: length } = of.overstays;
  return [
    { name: "Ended in 30 days", means: "Closed, rejected or withdrawn in the last 30 days.", value: String(of.endedLast30Days) },
    {
      name: "Overstaying now",
      means: "Bypasses that a provider still holds although the right to them has ended.",
      value: String(open),
      ...badly(open),
    },
    {
      name: "Overstays ever",
      means: "How often a bypass outlived the right to it, and for how long in all.",
      value: String(count),
      note: count === 0 ? "none" : `${minutes(length)} in all`,
    },
    {
      name: "Time to revoke, median",
      means: "From the end of the right until the provider was seen to hold it no more.",
      value: minutes(of.minutesToRevoke.p50),
    },
    {
      name: "Time to revoke, slowest twentieth",
      means: "One of twenty removals took longer than this.",
      value: minutes(of.minutesToRevoke.p95),
    },
    {
      name: "Removals not supported",
      means: "Bypasses that the provider does not let Postern take away: somebody has to do it by hand.",
      value: String(of.removalsNotSupported),
      ...badly(of.removalsNotSupported),
    },
  ];
}

function care(of: FiguresView): readonly Figure[] {
  const { onTime, overdue, unanswered } = of.reviews;
  return [
    {
      name: "Reviews on time",
      means: "Reviews that were answered before their deadline, of all that were answered or missed theirs.",
      value: onTime + overdue + unanswered === 0 ? null : `${onTime} of ${onTime + overdue + unanswered}`,
    },
    {
      name: "Reviews overdue",
      means: "Reviews past their deadline that still wait for an answer.",
      value: String(overdue),
      ...badly(overdue),
    },
    {
      name: "Reviews unanswered",
      means: "Reviews that nobody ever answered. Their exceptions were revoked or suspended, as their category says.",
      value: String(unanswered),
    },
    {
      name: "Reviews that revoke",
      means: "The share of answered reviews whose answer was to revoke. Near zero, people may be waving them through.",
      value: percent(of.revokeShare),
    },
    {
      name: "With a tested control",
      means: "The share of what is in force whose every compensating control passed a test that is still fresh.",
      value: percent(of.shareWithTestedControl),
    },
    {
      name: "Exit on track",
      means: "The share of what is in force that has milestones, none of which has passed.",
      value: percent(of.shareWithExitOnTrack),
    },
  ];
}

function people(of: FiguresView): readonly Figure[] {
  const { count, share, exceptionsNotCounted } = of.peopleExposed;
  const { share: unused, unknown } = of.unused30Days;
  return [
    {
      name: "People exposed",
      means: "Distinct identities under an exception in force. Members of groups are not counted here.",
      value: count === null ? null : String(count),
      note: [
        exceptionsNotCounted > 0 ? `${exceptionsNotCounted} exceptions not counted` : "",
        share === null ? "share of all: not known" : `${percent(share)} of all`,
      ]
        .filter((each) => each !== "")
        .join("; "),
    },
    {
      name: "Unused for 30 days",
      means: "The share of what is in force that nobody signed in through for 30 days, of those whose use is known.",
      value: percent(unused),
      note: unknown === 0 ? "" : `use not known of ${unknown}`,
    },
    {
      name: "Nobody answers",
      means: "Exceptions in force whose owner has left or lost the role.",
      value: String(of.invalidOwners),
      ...badly(of.invalidOwners),
    },
    {
      name: "Unregistered bypasses",
      means: "Ways around that providers hold and nobody answers for.",
      value: String(of.unregisteredBypasses),
      ...badly(of.unregisteredBypasses),
    },
    {
      name: "Decided by delegates",
      means: "Votes that somebody cast in the place of somebody else.",
      value: String(of.decisionsByDelegate),
    },
    {
      name: "Busiest approver",
      means: "The share of all votes that one person cast. Near all of them, there is no second pair of eyes.",
      value: percent(of.shareOfBusiestApprover),
    },
  ];
}
