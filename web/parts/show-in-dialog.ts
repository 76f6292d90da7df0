/** For what went wrong: in a dialog it may lie below the edge, and is brought into sight. A page is left where it is under the hand. */
export function showInDialog(told: HTMLElement | null): void {
  if (told?.closest("dialog") instanceof HTMLElement) told.scrollIntoView({ block: "nearest" });
}
