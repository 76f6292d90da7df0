/** In whose shoes one walks through the example: kept for this tab, so that a session that has ended is opened again as the same person. */
const KEPT = "example-persona";

export function personaKept(): string {
  return sessionStorage.getItem(KEPT) ?? "governance";
}

export function keepPersona(key: string): void {
  sessionStorage.setItem(KEPT, key);
}
