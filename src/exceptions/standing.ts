/** What makes an exception what it is for somebody who answers for its risk: whom it lets through to what, past what, guarded by what. Pure. */
import { canonicalText } from "../kernel/canonical.ts";
import { reachText } from "./content.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import { shownContent } from "./projection.ts";
import { END_STATES } from "./transitions.ts";
import type { DraftContent } from "./version.ts";

/** Of what is held; before anything is, of what is asked for. Its words, its dates and what it stands on are no part of it. */
export function standingOf(state: ExceptionState): { readonly text: string; readonly isOver: boolean } {
  const content: Partial<DraftContent> | undefined = versionInEffect(state.dossier)?.content ?? shownContent(state);
  const guarded = (content?.compensatingControls ?? []).map(({ statement }) => statement);
  const text = canonicalText([content === undefined ? null : reachText(content), guarded, content?.residualRisk ?? null]);
  return { text, isOver: END_STATES.some((end) => end === state.state) };
}
