/** What people at Brightwater do without being asked: answer the reviews of what they own, and have its controls tested. */
import { createHash } from "node:crypto";

import { reviewAction } from "../exceptions/signing.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { dayOf } from "./calendar.ts";
import type { Shown, Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

const LIVE = ["active", "suspended"];

const STILL_NEEDED = [
  "Still needed: what replaces it is ordered, and the control was tried this month.",
  "Needed until it is replaced. The scope is as small as it can be; the milestone holds.",
  "Nothing has changed since the last time, and the control held when it was tried.",
];

interface Reviews {
  readonly items: readonly { readonly id: string }[];
}

export async function answerReviews(stage: Stage): Promise<void> {
  const { items } = await (await stage.as("farah.siddiqui")).ask<Reviews>("GET", "/api/v1/reviews?limit=200");
  const waiting = new Set(items.map(({ id }) => id));
  for (const { chapter, id } of stage.told.values()) {
    if (!waiting.has(id) || isSilent(stage, chapter) || isHeld(chapter, dayOf(stage))) continue;
    const words = STILL_NEEDED[(id.charCodeAt(id.length - 1) + waiting.size) % STILL_NEEDED.length] ?? "";
    await decideOpenReviews(stage, chapter.key, chapter.owner, "retain", words);
    stage.wait("PT4M");
  }
}

function isSilent(stage: Stage, { silentFrom }: Chapter): boolean {
  return silentFrom !== undefined && dayOf(stage) >= silentFrom;
}

/** What can be retained at all: whoever owns it waits until a control that failed has been mended. */
function isHeld({ later = [] }: Chapter, day: number): boolean {
  return later.some((one) => "controlFails" in one && one.on <= day);
}

/** Decides what is open, where the exception is still in a state in which anybody can. */
export async function decideOpenReviews(
  stage: Stage,
  key: string,
  by: string,
  verdict: "retain" | "revoke",
  sentence: string,
): Promise<void> {
  const { id, state, reviews }: Shown = await stage.show(key);
  if (!LIVE.includes(state)) return;
  const reviewer = await stage.as(by);
  for (const review of reviews.filter(({ decision, missedAt }) => decision === null && missedAt === null)) {
    const decided = { verdict, sentence, content: null };
    const assertion = await reviewer.sign(reviewAction(verdict), id, hashOf({ review: review.id, ...decided }));
    await reviewer.ask("POST", `/api/v1/exceptions/${id}/reviews/${review.id}/decide`, { ...decided, decidedInMs: 95_000, assertion });
  }
}

/** What is signed of a decision that has no hash of its own yet. */
export function hashOf(value: unknown): string {
  return `sha256:${createHash("sha256").update(canonicalText(value)).digest("hex")}`;
}

interface Register {
  readonly items: readonly { readonly id: string }[];
}

/** IAM tries the controls of what is in force; nobody those of what they asked for themselves. */
export async function testControls(stage: Stage): Promise<void> {
  const { items } = await (await stage.as("pavel.dvorak")).ask<Register>("GET", "/api/v1/exceptions?state=active&limit=200");
  const active = new Set(items.map(({ id }) => id));
  for (const { chapter, id } of stage.told.values()) {
    if (!active.has(id) || typeof chapter.term === "string" || isSilent(stage, chapter)) continue;
    const tester = await stage.as(chapter.asks === "pavel.dvorak" ? "mei.tanaka" : "pavel.dvorak");
    for (const [control] of chapter.controls.entries()) {
      const body = { control, result: "passed", evidence: "tried by hand", testedAt: stage.playing.clock.now() };
      await tester.ask("POST", `/api/v1/exceptions/${id}/control-tests`, body);
    }
  }
}
