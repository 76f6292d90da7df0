import { useNow } from "./now.tsx";
import { instantWords } from "./parts/time-words.ts";
import { ROLES } from "../src/people/contract.ts";
import { roleWords } from "./words.ts";

const ROLES_KNOWN: ReadonlySet<string> = new Set(ROLES);

/** A sentence of the record with its instants in the organisation's zone and its roles as words. */
export function Recorded({ words }: { words: string }) {
  const { nowMs, zone } = useNow();
  const inZone = words.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, (at) => instantWords(Date.parse(at), nowMs, zone));
  return inZone.replaceAll(/(?<=\bas )[a-z_]+|\b[a-z]+(?:_[a-z]+)+\b/g, (word) => (ROLES_KNOWN.has(word) ? roleWords(word) : word));
}
