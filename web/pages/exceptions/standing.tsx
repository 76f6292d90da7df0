import type { ReactNode } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { useNow } from "../../now.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import type { Tone } from "../../parts/tone.ts";
import { Recorded } from "../../recorded.tsx";
import { rolesWords } from "../../words.ts";
import { isOnStandby, reallyOff } from "./really-off.ts";

/** Where it stands, in one sentence, worst first: what is open without the right comes before everything else. */
export function Standing({ view }: { view: ExceptionView }) {
  const { nowMs } = useNow();
  const { tone, title, more } = standingOf(view, nowMs);
  return (
    <Notice tone={tone} title={title}>
      {more}
    </Notice>
  );
}

interface StandingWords {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly more?: ReactNode;
}

function standingOf(view: ExceptionView, nowMs: number): StandingWords {
  if (isOnStandby(view, nowMs)) return onStandby(view);
  if (!view.inForce && view.observed === "present") return overstaying(view, nowMs);
  if (view.approval !== null && !view.inForce) return deciding(view.approval);
  if (view.inForce) return inForce(view);
  return over(view);
}

function onStandby(view: ExceptionView): StandingWords {
  return {
    tone: "open",
    title: "Held ready; it lets nobody through until a use of it begins",
    more: view.endsAt !== null && (
      <>
        It ends <Time at={view.endsAt} />.
      </>
    ),
  };
}

function overstaying(view: ExceptionView, nowMs: number): StandingWords {
  const failed = view.bindings.find((binding) => binding.outcome.reason !== undefined)?.outcome.reason;
  return {
    tone: "bad",
    title: `Not in force, but the provider still holds it (${reallyOff(view, nowMs).detail ?? "just now"})`,
    more: `The decision already says no. ${failed === undefined ? "Postern is taking it away and reads back until it is gone." : `Taking it away did not work: ${failed}`}`,
  };
}

function deciding(approval: NonNullable<ExceptionView["approval"]>): StandingWords {
  return {
    tone: "wait",
    title: `Waits for ${rolesWords(approval.awaits, "and")}`,
    more: (
      <>
        Nobody is let through by it yet. To be answered <Time at={approval.answerBy} />; without an answer it lapses.
      </>
    ),
  };
}

function inForce(view: ExceptionView): StandingWords {
  const ends = view.endsAt === null ? null : <Time at={view.endsAt} />;
  const isUnseen = view.observed !== "present" || view.isStale;
  return {
    tone: isUnseen ? "unknown" : "open",
    title: <>In force; it ends {ends}</>,
    more: isUnseen
      ? view.isStale
        ? "The provider was not read back for over an hour: what it holds now is not known."
        : "The provider was not yet seen to hold it."
      : "At that instant it is no longer in force, whether or not Postern, the provider or anyone is awake.",
  };
}

function over(view: ExceptionView): StandingWords {
  const isSeenGone = view.observed === "absent" && view.state === "closed";
  return {
    tone: isSeenGone ? "ok" : view.observed === "unknown" ? "unknown" : "idle",
    title: isSeenGone ? "Closed: the provider was read back and it is gone" : "Not in force",
    more: isSeenGone || view.whyNotInForce === null ? undefined : <Recorded words={view.whyNotInForce} />,
  };
}
