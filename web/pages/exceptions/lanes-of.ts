/** The three clocks of an exception as lanes: what was decided, what that bought, what the provider was seen to hold. */
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import type { Happening, Lane, LaneRow, Span } from "../../parts/lanes.tsx";
import type { Tone } from "../../parts/tone.ts";

type TimelineEntry = ExceptionView["timeline"][number];

/** Events that say something went wrong or right; all others are neutral marks. */
const TONES: Readonly<Record<string, Tone>> = {
  VersionRejected: "bad",
  VoteDiscounted: "bad",
  RevocationFailed: "bad",
  SuspensionBroken: "bad",
  Reopened: "bad",
  ReviewMissed: "bad",
  EscalationRaised: "bad",
  OwnerFoundInvalid: "bad",
  PolicyOrphaned: "bad",
  GrantsCut: "wait",
  SuspensionBegun: "wait",
  RevocationBegun: "wait",
  ReviewOpened: "wait",
  SilenceNoted: "wait",
  VersionApproved: "open",
  Activated: "open",
  Closed: "ok",
  SuspensionConfirmed: "ok",
};

/** The lanes of an exception at a moment. Only what was read back makes a bar in the binding lane. */
export function lanesOf(view: ExceptionView, nowMs: number): Lane[] {
  return [
    {
      key: "decision",
      title: "Decision",
      explain: "who approved exactly what",
      rows: [
        { key: "decision", spans: view.versions.map((version) => askedSpan(version, view)), happenings: happeningsOf(view, "decision") },
      ],
    },
    {
      key: "grant",
      title: "Grant",
      explain: "what that bought",
      rows: [
        { key: "grant", spans: view.grants.flatMap((grant) => grantSpans(grant, endOf(view))), happenings: happeningsOf(view, "grant") },
      ],
    },
    {
      key: "binding",
      title: "Binding",
      explain: "what the provider holds",
      rows: bindingRows(view, nowMs),
    },
  ];
}

function happeningsOf(view: ExceptionView, lane: TimelineEntry["lane"]): Happening[] {
  return view.timeline
    .filter((entry) => entry.lane === lane)
    .map((entry) => ({ key: entry.entry, atMs: Date.parse(entry.at), words: entry.words, tone: TONES[entry.type] ?? "idle" }));
}

function askedSpan(version: ExceptionView["versions"][number], view: ExceptionView): Span {
  const isOpen = version.fate === "in_approval";
  const granted = view.grants.find((grant) => grant.version === version.n)?.grantedAt;
  const lastVote = version.votes.at(-1)?.at;
  const until = isOpen ? undefined : Date.parse(granted ?? lastVote ?? version.submittedAt);
  const fate = version.fate.replaceAll("_", " ");
  return {
    key: `version ${version.n}`,
    kind: "asked",
    fromMs: Date.parse(version.submittedAt),
    untilMs: until,
    words: `Version ${version.n} (${version.purpose}): ${fate}`,
  };
}

/** When it began to be taken away; infinity where it did not. Nothing granted counts after that. */
function endOf(view: ExceptionView): number {
  const begun = view.timeline.find(({ type }) => type === "RevocationBegun");
  return begun === undefined ? Infinity : Date.parse(begun.at);
}

function grantSpans(grant: ExceptionView["grants"][number], endedMs: number): Span[] {
  const end = Math.max(Date.parse(grant.validFrom), Math.min(Date.parse(grant.validUntil), endedMs));
  const planned = Date.parse(grant.originalValidUntil);
  const granted: Span = {
    key: `grant ${grant.seq}`,
    kind: "granted",
    fromMs: Date.parse(grant.validFrom),
    untilMs: end,
    words: `Grant ${grant.seq}, ${grant.kind}: from ${grant.validFrom} until, not including, ${grant.validUntil}`,
  };
  if (planned <= end) return [granted];
  return [
    granted,
    {
      key: `lost ${grant.seq}`,
      kind: "lost",
      fromMs: end,
      untilMs: planned,
      words: `Approved until ${grant.originalValidUntil}, then cut`,
    },
  ];
}

/** One row for each binding. Only with a single binding can an event of the lane be told to belong to it. */
function bindingRows(view: ExceptionView, nowMs: number): LaneRow[] {
  const happenings = happeningsOf(view, "binding");
  const [only, ...others] = view.bindings;
  if (only === undefined) return [{ key: "none", spans: [], happenings }];
  if (others.length === 0) return [{ key: only.id, spans: seenSpans(view, only, nowMs), happenings }];
  return view.bindings.map((binding, i) => ({
    key: binding.id,
    name: binding.subject.name,
    spans: seenSpans(view, binding, nowMs),
    happenings: i === 0 ? happenings : [],
  }));
}

type Binding = ExceptionView["bindings"][number];

/** What was seen when: from the reads told in the time line, with overstays laid over. */
function seenSpans(view: ExceptionView, binding: Binding, nowMs: number): Span[] {
  const overstays = binding.overstays.map((overstay): Span => ({
    key: `overstay ${overstay.from}`,
    kind: "overstay",
    fromMs: Date.parse(overstay.from),
    untilMs: overstay.to === null ? undefined : Date.parse(overstay.to),
    words: `On without the right for ${overstay.minutes} min${overstay.to === null ? ", and counting" : ""}`,
  }));
  const lookedUntil = binding.lastReadAt === null ? undefined : Date.parse(binding.lastReadAt);
  const seen = view.bindings.length === 1 ? readsOf(view) : lastReadOf(binding);
  const spans = seen.map((read, i): Span => {
    const untilMs = seen[i + 1]?.atMs ?? lookedUntil ?? nowMs;
    return {
      key: `seen ${i}`,
      kind: read.isOn ? "held" : "gone",
      fromMs: read.atMs,
      untilMs: Math.max(untilMs, read.atMs),
      words: read.words,
    };
  });
  return [...spans, ...overstays];
}

interface Read {
  readonly atMs: number;
  readonly isOn: boolean;
  readonly words: string;
}

/** Reads in order, those that changed nothing left out. */
function readsOf(view: ExceptionView): Read[] {
  const reads = view.timeline.flatMap((entry) => {
    const isOn = seenOn(entry);
    return isOn === undefined ? [] : [{ atMs: Date.parse(entry.at), isOn, words: entry.words }];
  });
  const inOrder = reads.toSorted((a, b) => a.atMs - b.atMs);
  return inOrder.filter((read, i) => inOrder[i - 1]?.isOn !== read.isOn);
}

function seenOn({ type, words }: TimelineEntry): boolean | undefined {
  if (type === "BindingApplied" || type === "Activated" || type === "Reopened") return true;
  if (type === "Closed" || type === "SuspensionConfirmed") return false;
  if (type !== "BindingRead") return undefined;
  if (words.startsWith("Read back: present")) return true;
  return words.startsWith("Read back: absent") ? false : undefined;
}

function lastReadOf(binding: Binding): Read[] {
  if (binding.lastReadAt === null || binding.observed === "unknown") return [];
  const isOn = binding.observed === "present";
  return [{ atMs: Date.parse(binding.lastReadAt), isOn, words: isOn ? "Last seen on" : "Last seen off" }];
}
