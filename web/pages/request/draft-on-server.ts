/** Opening, revising and re-reading the draft on the server, one at a time, and bringing two writers together. */
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef } from "react";

import type { ContentView } from "../../../src/exceptions/contract-content.ts";
import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { getException, openDraft, reviseDraft } from "../../../src/exceptions/contract.ts";
import { isSame } from "../../../src/kernel/merge.ts";
import { refusal } from "../../../src/kernel/problem.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { call, CallFailed } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { read } from "../../queries.ts";
import { type Field, mergeTyped } from "./merge-typed.ts";
import { draftOf, instantOf, type TypedRequest, typedOf } from "./typed-request.ts";

/** Somebody else saved while this was typed, and both changed the same. */
export interface Conflict {
  /** Null where it is not known who. */
  readonly byName: string | null;
  readonly theirs: TypedRequest;
  /** Of theirs. */
  readonly version: number;
  readonly fields: readonly Field[];
}

export interface Held {
  readonly typed: TypedRequest;
  /** What the server held when this typing began, and its version; null before there is a draft. */
  readonly base: TypedRequest;
  readonly version: number | null;
}

interface OnServer {
  readonly view: ExceptionView | undefined;
  readonly latest: RefObject<Held>;
  readonly put: (part: Partial<Held>) => void;
  readonly onTakenIn: (labels: readonly string[]) => void;
}

type Answer = ExceptionView | Conflict;
export const isConflict = (answer: Answer): answer is Conflict => "fields" in answer;

/** Status of an answer that says: somebody changed it after it was read. */
export const CHANGED_MEANWHILE = 412;

export function useDraftOnServer({ view, latest, put, onTakenIn }: OnServer) {
  const { nowMs, zone: zoneText } = useNow();
  const zone = zoneText as Zone;
  const queries = useQueryClient();
  const last = useRef<Promise<unknown>>(Promise.resolve());
  // The same draft is opened once, however often the answer is lost on the way.
  const draftKey = useRef(crypto.randomUUID());
  const saved = useRef(view);

  const see = (after: ExceptionView) => {
    saved.current = after;
    queries.setQueryData(read(getException, { params: { id: after.id } }).queryKey, after);
  };
  const note = (part: Partial<Held>, after: ExceptionView): ExceptionView => {
    put({ ...part, version: after.version });
    see(after);
    return after;
  };
  const write = async (): Promise<Answer> => {
    const { typed, base, version } = latest.current;
    const before = saved.current;
    const content = draftOf(typed, zone, instantOf(nowMs));
    if (before === undefined || version === null) {
      const body = { category: typed.category, unit: typed.unit, content };
      return note({ base: typed }, await call(openDraft, { body }, { idempotencyKey: draftKey.current }));
    }
    if (before.state === "draft" && before.version === version && isSame(typed, base)) return before;
    try {
      return note({ base: typed }, await call(reviseDraft, { params: { id: before.id }, body: { content } }, { ifMatch: version }));
    } catch (error) {
      if (!(error instanceof CallFailed) || error.status !== CHANGED_MEANWHILE) throw error;
      const joined = await rejoin();
      return isConflict(joined) ? joined : write();
    }
  };
  const rejoin = async (): Promise<Answer> => {
    const before = saved.current!;
    const after = await call(getException, { params: { id: before.id } });
    const content = contentNow(after, before);
    const now = instantOf(nowMs);
    // As the server would give it back, so that a space at the end is nobody's change.
    const clean = (typed: TypedRequest) => typedOf(draftOf(typed, zone, now) as ContentView, typed, zone, now);
    const theirs = typedOf(content, after, zone, now);
    const { base, typed: onScreen } = latest.current;
    const { takenIn, conflicts, ...both } = mergeTyped(clean(base), clean(onScreen), theirs, onScreen);
    onTakenIn(takenIn.map(({ label }) => label));
    if (conflicts.length === 0) return note(both, after);
    // The version stays: whatever is saved before somebody has chosen, also after coming back, is refused and asks again.
    put(both);
    see(after);
    return { byName: lastWriter(after), theirs, version: after.version, fields: conflicts };
  };
  const inTurn = (act: () => Promise<Answer>) => {
    const next = last.current.then(act, act);
    last.current = next;
    return next;
  };
  return { write: () => inTurn(write), rejoin: () => inTurn(rejoin) };
}

/** What is being edited, as it is now. Throws where somebody took it out of the state it was edited in. */
function contentNow(after: ExceptionView, before: ExceptionView): ContentView {
  const content = after.draft ?? (after.state === "in_approval" ? after.versions.at(-1)?.content : undefined);
  if (content !== undefined && after.state === before.state) return content;
  const detail = `${after.ref} is ${after.state.replaceAll("_", " ")} now: somebody put it forward or took it back. What you typed is kept on this device.`;
  throw new CallFailed("refused", CHANGED_MEANWHILE, [refusal("exceptions.changedMeanwhile", detail)], "");
}

function lastWriter({ timeline }: ExceptionView): string | null {
  return timeline.findLast(({ type }) => type === "DraftRevised" || type === "ReturnedToDraft")?.actorName ?? null;
}
