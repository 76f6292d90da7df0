/**
 * What is typed, beside what the server holds of it. A draft is saved by itself when its writer pauses; what cannot be saved yet is
 * kept on this device. Where somebody else saved meanwhile, both are brought together before anything is written.
 */
import { useEffect, useRef, useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { isSame } from "../../../src/kernel/merge.ts";
import { type CallFailed, failureFrom } from "../../api.ts";
import { useKept } from "./kept-typing.ts";
import { type Conflict, type Held, isConflict, useDraftOnServer } from "./draft-on-server.ts";
import type { TypedRequest } from "./typed-request.ts";

/** Long enough not to save within a sentence, short enough that whoever walks away has saved. */
const PAUSE_MS = 2500;

/** `unopened`: nothing is on the server yet. `onDevice`: of a proposal there is no draft on the server. */
export type Savedness = "saved" | "unsaved" | "saving" | "failed" | "conflict" | "unopened" | "onDevice";

export interface DraftInHand {
  readonly typed: TypedRequest;
  readonly change: (part: Partial<TypedRequest>) => void;
  readonly savedness: Savedness;
  readonly failure: CallFailed | undefined;
  readonly conflict: Conflict | undefined;
  /** Names of the fields that somebody else changed and that were taken in since the page was opened. */
  readonly takenIn: readonly string[];
  /** True while something typed before the page was opened is not on the server. */
  readonly wasKept: boolean;
  /** Goes back to what the server holds. */
  readonly restart: () => void;
  readonly forget: () => void;
  /** From now on what is typed belongs to the draft with this id. */
  readonly keepAs: (id: string) => void;
  /** Saves now. Throws {@link CallFailed}; undefined where a conflict has to be settled first. */
  readonly save: () => Promise<ExceptionView | undefined>;
  /** Takes in what somebody else saved, without saving. */
  readonly rejoin: () => Promise<void>;
  /** Saves what was chosen of a conflict. */
  readonly settle: (settled: Conflict, choices: Partial<TypedRequest>) => void;
}

interface Beginning {
  readonly keptAs: string;
  readonly view: ExceptionView | undefined;
  readonly initial: TypedRequest;
  readonly isProposal: boolean;
}

export function useDraft({ keptAs, view, initial, isProposal }: Beginning): DraftInHand {
  const beginning: Held = { typed: initial, base: initial, version: view?.version ?? null };
  const { value: held, change: keep, forget, keepAs, wasKept } = useKept<Held>(keptAs, beginning);
  // What is saved in a moment is what is typed by then, not what was when it was asked for.
  const latest = useRef(held);
  const put = (part: Partial<Held>) => {
    latest.current = { ...latest.current, ...part };
    keep(part);
  };
  const [failure, setFailure] = useState<CallFailed>();
  const [conflict, setConflict] = useState<Conflict>();
  const [takenIn, setTakenIn] = useState<readonly string[]>([]);
  const [isSaving, setSaving] = useState(false);
  const noteTakenIn = (labels: readonly string[]) => setTakenIn((before) => [...new Set([...before, ...labels])]);
  const server = useDraftOnServer({ view, latest, put, onTakenIn: noteTakenIn });
  const isAsBegun = isSame(held.typed, held.base);
  const isSaved = held.version !== null && isAsBegun;

  const trying = async (act: () => Promise<ExceptionView | Conflict>) => {
    setSaving(true);
    setFailure(undefined);
    try {
      const answer = await act();
      setConflict(isConflict(answer) ? answer : undefined);
      if (isSame(latest.current.typed, latest.current.base)) forget();
      return isConflict(answer) ? undefined : answer;
    } catch (error) {
      setFailure(failureFrom(error));
      throw error;
    } finally {
      setSaving(false);
    }
  };
  const save = () => trying(server.write);
  // A request under decision is not edited by the way: that makes its votes void.
  const savesItself = view?.state === "draft" && !isProposal;
  const savedness = isProposal ? "onDevice" : savednessOf({ isSaved, isSaving, conflict, failure, isOpened: held.version !== null });
  const isWanted = savedness === "unsaved" || (savedness === "failed" && failure?.kind !== "refused");
  useSavingByItself(savesItself && isWanted, held.typed, save);

  return {
    typed: held.typed,
    change: (part) => {
      if (failure?.kind === "refused") setFailure(undefined);
      put({ typed: { ...latest.current.typed, ...part } });
    },
    savedness,
    failure,
    conflict,
    takenIn,
    wasKept: wasKept && !isAsBegun,
    restart: () => {
      put(beginning);
      setConflict(undefined);
      forget();
    },
    forget,
    keepAs,
    save,
    rejoin: async () => void (await trying(server.rejoin)),
    settle: ({ theirs, version }, choices) => {
      put({ typed: { ...latest.current.typed, ...choices }, base: theirs, version });
      setConflict(undefined);
      void save().catch(() => undefined);
    },
  };
}

interface Now {
  readonly isSaved: boolean;
  readonly isSaving: boolean;
  readonly isOpened: boolean;
  readonly conflict: Conflict | undefined;
  readonly failure: CallFailed | undefined;
}

function savednessOf({ isSaved, isSaving, isOpened, conflict, failure }: Now): Savedness {
  if (conflict !== undefined) return "conflict";
  if (isSaving) return "saving";
  if (failure !== undefined) return "failed";
  if (!isOpened) return "unopened";
  return isSaved ? "saved" : "unsaved";
}

/** Saves when its writer pauses, and at once when they look elsewhere. */
function useSavingByItself(isWanted: boolean, typed: TypedRequest, save: () => Promise<unknown>): void {
  const saveNow = useRef(save);
  useEffect(() => {
    saveNow.current = save;
  });
  const last = useRef(typed);
  useEffect(() => {
    // The pause is counted from the last change.
    last.current = typed;
    if (!isWanted) return undefined;
    const quietly = () => void saveNow.current().catch(() => undefined);
    const timer = setTimeout(quietly, PAUSE_MS);
    const leaving = () => {
      if (document.hidden) quietly();
    };
    document.addEventListener("visibilitychange", leaving);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", leaving);
    };
  }, [isWanted, typed]);
  // Another page of the console is opened: the pause never comes.
  const isLeft = useRef(isWanted);
  useEffect(() => {
    isLeft.current = isWanted;
  }, [isWanted]);
  useEffect(
    () => () => {
      if (isLeft.current) void saveNow.current().catch(() => undefined);
    },
    [],
  );
}
