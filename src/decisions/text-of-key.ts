import type { SubjectKey } from "./register.ts";

/** Two keys are the same where these texts are. */
export function textOfKey({ connection, kind, key }: SubjectKey): string {
  return `${connection.length}:${connection}${kind}:${key}`;
}
