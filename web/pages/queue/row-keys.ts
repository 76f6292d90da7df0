import type { KeyboardEvent } from "react";

const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/**
 * Moves the focus from row to row of the tables inside: j and k, or the arrows. Only while the focus is in them, so that nobody
 * who speaks or types elsewhere is moved. What opens a row is its first link; Enter follows it.
 */
export function moveByRows(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")].flatMap((row) => row.querySelector("a") ?? []);
  const here = rows.findIndex((link) => link.closest("tr")?.contains(document.activeElement) === true);
  if (here === -1) return;
  event.preventDefault();
  rows[Math.min(Math.max(here + step, 0), rows.length - 1)]?.focus();
}
