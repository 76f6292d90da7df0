import { useSyncExternalStore } from "react";

import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import styles from "./toast.module.css";
import type { Tone } from "./tone.ts";

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly words: string;
}

const SHOWN_MS = 7000;

let toasts: readonly Toast[] = [];
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
  replace([...toasts.slice(-2), { id, tone, words }]);
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
