import { useSyncExternalStore } from "react";

import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Time } from "./time.tsx";
import styles from "./toast.module.css";
import type { Tone } from "./tone.ts";

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly words: string;
  readonly at: string;
}

const SHOWN_MS = 7000;
/** Of this visit, to read again. */
const KEPT = 50;

let toasts: readonly Toast[] = [];
let said: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function replace(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says in passing that something worked. What failed is said where it failed, never in passing. */
export function say(words: string, tone: Tone = "ok"): void {
  lastId += 1;
  const id = lastId;
  const toast = { id, tone, words, at: new Date().toISOString() };
  said = [toast, ...said.slice(0, KEPT - 1)];
  replace([...toasts.slice(-2), toast]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  replace(toasts.filter((toast) => toast.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where {@link say} shows up; mounted once. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <span className={styles.mark} data-tone={toast.tone}>
            <Icon name={toast.tone === "ok" ? "check" : "info"} />
          </span>
          <p>{toast.words}</p>
          <Button look="quiet" icon="cross" iconOnly="Dismiss" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}

/** What was said in passing, newest first, for whoever looked elsewhere meanwhile. */
export function Said({ onClose }: { onClose: () => void }) {
  const all = useSyncExternalStore(subscribe, () => said);
  return (
    <Dialog title="Confirmations" onClose={onClose}>
      {all.length === 0 ? (
        <p>Nothing was said yet. What you do here is confirmed in passing, and kept in this list until you close the window.</p>
      ) : (
        <ol className={styles.said}>
          {all.map(({ id, tone, words, at }) => (
            <li key={id}>
              <span className={styles.mark} data-tone={tone}>
                <Icon name={tone === "ok" ? "check" : "info"} />
              </span>
              <p>{words}</p>
              <Time at={at} />
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
