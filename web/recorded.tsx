import { useNow } from "./now.tsx";
import { instantWords } from "./parts/time-words.ts";
import { ROLE_CHOICES } from "./roles.ts";
import { roleWords } from "./words.ts";

const ROLES: ReadonlySet<string> = new Set(ROLE_CHOICES);

/** A sentence of the record with its instants in the organisation's zone and its roles as words. */
export function Recorded({ words }: { words: string }) {
  const { nowMs, zone } = useNow();
  const inZone = words.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, (at) => instantWords(Date.parse(at), nowMs, zone));
  return inZone.replaceAll(/(?<=\bas )[a-z_]+|\b[a-z]+(?:_[a-z]+)+\b/g, (word) => (ROLES.has(word) ? roleWords(word) : word));
}
