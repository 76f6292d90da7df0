/** Whether Postern answers. Told by every call, asked again while it does not. */
import { useSyncExternalStore } from "react";

const ASK_AGAIN_MS = 3000;

let isAway = false;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function set(away: boolean): void {
  if (isAway === away) return;
  isAway = away;
  clearInterval(timer);
  if (away) timer = setInterval(() => void askAgain(), ASK_AGAIN_MS);
  for (const listener of listeners) listener();
}

/** An answer came, whatever it was. */
export const noteAnswer = (): void => set(false);

/** No answer came. */
export const noteSilence = (): void => set(true);

/** Asks for what needs no session and costs nothing. */
export async function askAgain(): Promise<void> {
  await fetch("/healthz", { cache: "no-store" }).then(noteAnswer, noteSilence);
}

addEventListener("offline", noteSilence);
addEventListener("online", () => void askAgain());

export function onReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const isOutOfReach = (): boolean => isAway;

export function useIsOutOfReach(): boolean {
  return useSyncExternalStore(onReach, isOutOfReach);
}
