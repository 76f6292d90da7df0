/**
 * The pack as a page for people: one file without a script that opens anywhere and prints. It is made from the pack alone, so that
 * a verifier makes it again and compares; whatever is on it was said by a proven entry, or is marked as not proven.
 */
import { canonicalText } from "../kernel/canonical.ts";
import type { Binding, Dossier, Ending, ExceptionState, Grant, Review } from "../exceptions/exception.ts";
import { LANES, sentenceOf } from "../exceptions/timeline.ts";
import type { Version, Vote } from "../exceptions/version.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { definitions, escaped, list, section, table, time } from "./html.ts";
import { eventOf, type Pack, packName } from "./pack.ts";
import { PAGE_STYLE } from "./page-style.ts";

type People = Readonly<Record<string, string>>;

interface Telling {
  readonly pack: Pack;
  readonly state: ExceptionState;
  readonly people: People;
  readonly entries: readonly { readonly leaf: number; readonly entry: JournalEntry }[];
}

/** The page. Throws SyntaxError when an entry is no JSON. */
export function pageOf(pack: Pack): string {
  const entries = pack.entries.map(({ leaf, body }) => ({ leaf, entry: JSON.parse(body) as JournalEntry }));
  const telling: Telling = { pack, state: pack.claims.state, people: pack.claims.people, entries };
  const { ref } = pack.claims.state.dossier;
  const parts = [masthead(telling), inShort(telling), versions(telling), grants(telling), endings(telling), bindings(telling)];
  const rest = [reviews(telling), happened(telling), behind(telling), notProven(telling)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(packName(ref))}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${[...parts, ...rest].join("\n")}
</main>
</body>
</html>
`;
}

function nameOf(people: People, id: string | null): string {
  if (id === null) return "nobody";
  return people[id] ?? id;
}

function titleOf({ dossier, ...state }: ExceptionState): string {
  const content = dossier.versions.at(-1)?.content ?? ("content" in state ? state.content : undefined);
  return content === undefined || content.title === "" ? "without a title" : content.title;
}

function masthead({ pack, state }: Telling): string {
  const { ref } = state.dossier;
  return `<header>
<p class="kind">Evidence · ${escaped(pack.log)}</p>
<h1>${escaped(ref)} <span>${escaped(titleOf(state))}</span></h1>
<p class="state">${escaped(words(state.state))} since ${time(state.since)}</p>
<p>This page proves nothing by itself. The file <code>${escaped(packName(ref))}.json</code> beside it holds every entry it tells of, with its proof.
Verify both, offline, with a key you were given by somebody you trust:</p>
<pre>postern verify --pack ${escaped(packName(ref))}.zip --key KEY</pre>
</header>`;
}

function inShort({ pack, state, people, entries }: Telling): string {
  const { dossier } = state;
  const end = dossier.endings.at(-1);
  const facts: [string, string][] = [
    ["Category", escaped(words(dossier.category))],
    ["Unit", escaped(dossier.unit)],
    ["Requester", escaped(nameOf(people, dossier.requester))],
    ["Owner", escaped(nameOf(people, dossier.owner))],
    ["Opened", time(dossier.openedAt)],
    ["Ended", end === undefined ? "not yet" : time(end.rightEndedAt)],
    ["Seen to be gone", end?.closedAt == null ? "not yet" : time(end.closedAt)],
    ["Entries", `${entries.length}, under the checkpoint of size ${escaped(pack.checkpoint.split("\n", 2)[1] ?? "")}`],
  ];
  return section("In short", definitions(facts));
}

function versions({ state, people, entries }: Telling): string {
  const all = state.dossier.versions.map((version) => versionPart(version, people, entries));
  return section("Who approved what", all.length === 0 ? "<p>Nothing was put forward.</p>" : all.join("\n"));
}

function versionPart(version: Version, people: People, entries: Telling["entries"]): string {
  const rows = version.votes.map((vote) => voteRow(vote, people, entries));
  const votes = table(["Who", "Decided", "As", "When", "Said", "Signed, at leaf"], rows, "Nobody voted on it.");
  return `<article><h3>Version ${version.n}: ${escaped(words(version.purpose))}, ${escaped(words(version.fate))}</h3>
<p>Put forward by ${escaped(nameOf(people, version.submittedBy))}, ${time(version.submittedAt)}. What was signed: <code>${escaped(version.contentHash)}</code></p>
${votes}
${contentOf(version.content, people)}</article>`;
}

function voteRow(vote: Vote, people: People, entries: Telling["entries"]): string[] {
  const behalf = vote.onBehalfOf === null ? "" : ` in the place of ${escaped(nameOf(people, vote.onBehalfOf))}`;
  const gone = vote.discounted === null ? "" : ` <em>not counted since ${time(vote.discounted.at)}: ${escaped(vote.discounted.why)}</em>`;
  const signed = entries.find(({ entry }) => entry.type === "signed" && (entry.data as { digest?: unknown }).digest === vote.assertion);
  return [
    `${escaped(nameOf(people, vote.person))}${behalf}`,
    `${escaped(words(vote.decision))}${gone}`,
    escaped(words(vote.seat)),
    time(vote.at),
    escaped(vote.reason),
    signed === undefined ? "<strong>not in this pack</strong>" : String(signed.leaf),
  ];
}

/** What a reader looks for first; the rest follows as it is written. */
const FIRST_SHOWN = ["title", "justification", "scope", "weakenedControl", "fallbackMethodAllowed", "requestedFrom", "requestedUntil"];

/** Everything that was decided on. */
function contentOf(content: object, people: People): string {
  const first = Object.fromEntries(FIRST_SHOWN.map((name): [string, unknown] => [name, undefined]));
  const ordered = Object.fromEntries(Object.entries({ ...first, ...content }).filter(([, value]) => value !== undefined));
  return `<details open><summary>Content</summary>${list(ordered, (text) => people[text] ?? text)}</details>`;
}

function grants({ state }: Telling): string {
  const body = table(["", "What", "From", "Until, not included", "Cut short"], state.dossier.grants.map(grantRow), "Nothing was granted.");
  return section("What was granted, and until when", body);
}

function grantRow(grant: Grant): string[] {
  return [
    String(grant.seq),
    `${escaped(words(grant.kind))}, version ${grant.version}`,
    time(grant.validFrom),
    time(grant.validUntil),
    grant.cuts.map((cut) => `from ${time(cut.from)} to ${time(cut.to)}: ${escaped(cut.why)}`).join("<br>"),
  ];
}

function endings({ state, people }: Telling): string {
  const row = (ending: Ending): string[] => [
    escaped(words(ending.cause)),
    time(ending.rightEndedAt),
    time(ending.orderedAt),
    ending.closedAt === null ? "<strong>not yet</strong>" : time(ending.closedAt),
    `${escaped(ending.words)} (${escaped(nameOf(people, ending.by.id))})`,
  ];
  const heads = ["Cause", "The right ended", "Removal ordered", "Seen to be gone", "Why, and by whom"];
  return section("When it ended", table(heads, state.dossier.endings.map(row), "It has not ended."));
}

function bindings({ state }: Telling): string {
  const heads = ["Subject", "Policy", "Should be", "Was seen", "Other ways through", "Held without right"];
  return section("What the providers held", table(heads, state.dossier.bindings.map(bindingRow), "Nothing was ordered or found."));
}

function bindingRow(binding: Binding): string[] {
  return [
    escaped(binding.subject.name),
    `${escaped(binding.policy)} at <code>${escaped(binding.connection)}</code>`,
    escaped(binding.desired),
    `${escaped(binding.observed)}${binding.lastReadAt === null ? ", never read" : `, read ${time(binding.lastReadAt)}`}`,
    binding.otherWays.map((way) => escaped(way.words)).join("<br>"),
    binding.overstays.map((stay) => `${time(stay.from)} to ${stay.to === null ? "now" : time(stay.to)}`).join("<br>"),
  ];
}

function reviews({ state, people }: Telling): string {
  const row = (review: Review): string[] => [
    escaped(review.id),
    escaped(review.cause),
    `${time(review.openedAt)}, due ${time(review.dueAt)}`,
    reviewAnswer(review, people),
  ];
  return section("Reviews", table(["", "Cause", "Opened", "Answer"], state.dossier.reviews.map(row), "None was opened."));
}

function reviewAnswer({ decision, missedAt, settled }: Dossier["reviews"][number], people: People): string {
  if (decision !== null)
    return `${escaped(words(decision.verdict))} by ${escaped(nameOf(people, decision.by))}, ${time(decision.at)}: ${escaped(decision.sentence)}`;
  if (missedAt !== null) return `missed, ${time(missedAt)}`;
  return settled === null ? "awaited" : `settled, ${time(settled.at)}: ${escaped(settled.why)}`;
}

function happened({ pack, people, entries }: Telling): string {
  const own = entries.filter(({ entry }) => entry.subject === pack.exception);
  const rows = own.map(({ leaf, entry }) => [
    String(entry.version),
    time(entry.at),
    escaped(LANES[eventOf(entry).type]),
    escaped(sentenceOf(eventOf(entry))),
    escaped(nameOf(people, entry.actor.id)),
    `${leaf}<br><code>${escaped(entry.id)}</code>`,
  ]);
  return section("Everything that happened", table(["", "When", "Clock", "What", "Who", "Leaf and entry"], rows, ""));
}

function behind({ pack, people, entries }: Telling): string {
  const others = entries.filter(({ entry }) => entry.subject !== pack.exception);
  const rows = others.map(({ leaf, entry }) => [
    time(entry.at),
    `${escaped(words(entry.kind))}${entry.kind === "person" ? ` ${escaped(nameOf(people, entry.subject))}` : ""}`,
    `${escaped(words(entry.type))}<br>${gist(entry, people)}`,
    `${leaf}<br><code>${escaped(entry.id)}</code>`,
  ]);
  return section(
    "What it rests on: people, their passkeys and what they signed",
    table(["When", "About", "What", "Leaf and entry"], rows, ""),
  );
}

/** The heart of an entry in a line or two. All of it is in the JSON file. */
function gist({ type, data }: JournalEntry, people: People): string {
  const facts = data as { person?: string; label?: string; record?: { preimage?: Readonly<Record<string, string>> } };
  if (type === "signed") {
    const { action = "", contentHash = "", person = "" } = facts.record?.preimage ?? {};
    return `${escaped(action)} over <code>${escaped(contentHash)}</code>, by ${escaped(nameOf(people, person))}`;
  }
  if (type === "registered") return `${escaped(facts.label ?? "")}, the passkey of ${escaped(nameOf(people, facts.person ?? null))}`;
  return `<code>${escaped(shortened(canonicalText(data)))}</code>`;
}

function notProven({ pack }: Telling): string {
  const { madeAt, madeBy, connections } = pack.unproven;
  const named = Object.entries(connections).map(([id, name]): [string, string] => [`Connection ${escaped(id)}`, escaped(name)]);
  const facts: [string, string][] = [["Made at", time(madeAt)], ["Made by", escaped(madeBy)], ...named];
  return `<section class="unproven"><h2>Not proven by this pack</h2>
<p>Only the server that made it says so:</p>
${definitions(facts)}
<ul>
<li>Whether anything happened after the last entry here. The whole log shows that: <code>postern verify --url</code>.</li>
<li>Whether what an entry says was true when it was written; for what somebody signed, their passkey vouches.</li>
<li>Whether a person's name or a passkey was changed in an entry that is not here.</li>
</ul></section>`;
}

const LONGEST_SHOWN = 240;

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}… (all of it is in the JSON file)` : text;
}

/** `legacy_application`, `validUntil` → words. */
function words(key: string): string {
  return key
    .replaceAll("_", " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
