/** What came of verifying an evidence pack, in words: who approved what, when it ended, and what no pack can show. */
import type { PackFault, PackVerification } from "../evidence/check.ts";
import type { SignedDecision } from "../evidence/signatures.ts";

export const many = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

export function packWords(result: PackVerification, log: string): string {
  if (!result.isSound) return [`NOT SOUND: ${many(result.faults.length, "fault")}`, ...result.faults.map(faultWords)].join("\n");
  const { state, pack, signed, people } = result;
  if (state === undefined || pack === undefined) return "NOT SOUND: it tells of no exception";
  const { dossier } = state;
  const grant = dossier.grants.at(-1);
  const end = dossier.endings.at(-1);
  return [
    `sound: ${dossier.ref}, ${state.state.replaceAll("_", " ")} since ${state.since}`,
    `  ${many(result.entries, "entry").replace("entrys", "entries")} of ${many(result.subjects, "subject")} are in the log of ${log}, under its checkpoint of size ${result.logSize}`,
    ...signed.map((decision) => `  ${signedWords(decision, people)}`),
    grant === undefined ? "  nothing was granted" : `  granted from ${grant.validFrom} until ${grant.validUntil}`,
    end === undefined
      ? "  it has not ended by the last entry here"
      : `  ended ${end.rightEndedAt} (${end.cause.replaceAll("_", " ")}), ${end.closedAt === null ? "not yet seen to be gone" : `seen to be gone ${end.closedAt}`}`,
    result.form === "archive" ? "  the page is what these entries say" : "  there was no page to compare: give the whole archive for that",
    `Not proven by any pack: whether something happened after its last entry (postern verify --url shows that), and what only the server says: made ${pack.unproven.madeAt} by ${pack.unproven.madeBy}, names of connections.`,
  ].join("\n");
}

function signedWords({ person, words, leaf }: SignedDecision, people: PackVerification["people"]): string {
  const said = words.replaceAll(/per_[0-9a-z]{26}/g, (id) => people[id] ?? id);
  return `${people[person] ?? person} ${said}: signed with their passkey, leaf ${leaf}`;
}

function faultWords({ code, detail, leaf, entry }: PackFault): string {
  const places = [leaf !== undefined && `leaf ${leaf}`, entry !== undefined && `entry ${entry}`].filter((place) => place !== false);
  return `${code}${places.length > 0 ? ` at ${places.join(", ")}` : ""}: ${detail}`;
}
