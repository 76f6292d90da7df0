/** An inventory as text for a terminal: the answer first, then the worst doors, then what is not known. Pure. */
import { isExclusion } from "../bypasses/documented.ts";
import type { Instant } from "../kernel/time.ts";
import { formWords } from "./forms.ts";
import { type Cover, type Door, type Finding, type Inventory, placeOf, type Source, type Unknown } from "./inventory.ts";
import { counted, fit, onOneLine, shortNames, wrap } from "./text.ts";

export interface ReportOptions {
  /** Columns of the terminal; tables fit, sentences are broken. */
  readonly width: number;
  /** Every door, and these bypasses one by one. */
  readonly all?: readonly Finding[];
}

/** With the summary and what is unknown they fill a screen. */
const DOORS_SHOWN = 8;
const SOURCES_SHOWN = 3;
const UNKNOWN_SHOWN = 6;

export function reportOf(inventory: Inventory, { width, all }: ReportOptions): string {
  const more = all !== undefined;
  const doors = more ? inventory.doors : inventory.doors.slice(0, DOORS_SHOWN);
  const unknown = unknownLines(inventory.unknown);
  const unknownShown = more ? unknown : unknown.slice(0, UNKNOWN_SHOWN);
  const parts = [
    [...wrap(headline(inventory), width), ...wrap(figures(inventory), width), "", ...sourceLines(inventory.sources, more, width)],
    doors.length === 0 ? [] : doorTable(doors, inventory, width),
    rest(inventory.doorsInAll - doors.length, "door"),
    all === undefined || all.length === 0 ? [] : ["EVERY BYPASS", ...all.flatMap(bypassLines)],
    unknownShown.length === 0 ? [] : ["NOT KNOWN", ...unknownShown.flatMap((line) => wrap(line, width, "  "))],
    rest(unknown.length - unknownShown.length, "thing"),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

/** What is not known of many files in the same way is said once; what of most, first. */
function unknownLines(unknown: readonly Unknown[]): string[] {
  const short = shortNames(unknown.map(({ source }) => source));
  const byWords = [...Map.groupBy(unknown, ({ words }) => words)].sort(([, a], [, b]) => b.length - a.length);
  return byWords.map(([words, of]) => `${of.length === 1 ? short.get(of[0]!.source) : counted(of.length, "file")}: ${words}`);
}

export function headline({ people, machines, atLeast, bypasses, unknown }: Inventory): string {
  if (bypasses === 0) {
    const but = unknown.length > 0 ? ", as far as this can tell: see what is not known" : "";
    return `No way around strong sign-in was found${but}.`;
  }
  if (people + machines === 0 && atLeast) return "Nobody can count how many get in without a factor that cannot be phished.";
  const who = [counted(people, "person", "people"), ...(machines > 0 ? [counted(machines, "machine")] : [])].join(" and ");
  const verb = people + machines === 1 ? "gets" : "get";
  return `${atLeast ? "At least " : ""}${who} ${verb} in without a factor that cannot be phished.`;
}

function figures({ knownPeople, bypasses, critical, checked, open, unowned, doorsInAll }: Inventory): string {
  if (bypasses === 0) return "";
  return [
    `${counted(bypasses, "bypass", "bypasses")} by ${counted(doorsInAll, "door")}: ${critical} critical, ${unowned} with nobody who answers for them`,
    ...(checked ? [`${bypasses - open} covered by an exception in force, ${open} by none`] : []),
    ...(knownPeople === undefined ? [] : [`${counted(knownPeople, "person", "people")} known in all`]),
  ]
    .join("; ")
    .concat(".");
}

function sourceLines(all: readonly Source[], more: boolean, width: number): string[] {
  if (!more && all.length > SOURCES_SHOWN) {
    const kinds = [...Map.groupBy(all, ({ kind }) => kind)].map(([kind, of]) => `${filesIn(of)} ${kind}`);
    return wrap(`read: ${counted(filesIn(all), "file")} (${kinds.join(", ")})`, width);
  }
  return all.flatMap(({ name, title, parts = [] }) => {
    const others = parts.length === 0 ? "" : ` and ${counted(parts.length, "more part")}`;
    return wrap(`read: ${name}${others}${title === name ? "" : ` (${title})`}`, width);
  });
}

function filesIn(sources: readonly Source[]): number {
  return sources.reduce((sum, { parts = [] }) => sum + 1 + parts.length, 0);
}

function rest(n: number, what: string): string[] {
  return n > 0 ? [`… and ${counted(n, `more ${what}`)}: --all shows all`] : [];
}

const [WHO, SINCE, OWNER] = [16, 10, 14];

function doorTable(doors: readonly Door[], { sources, checked }: Inventory, width: number): string[] {
  const room = Math.max(20, width - WHO - SINCE - OWNER - 6);
  const short = shortNames(doors.map(({ source }) => source));
  const line = (who: string, door: string, since: string, owner: string) =>
    [who.padStart(WHO), fit(door, room), since.padEnd(SINCE), fit(owner, OWNER)].join("  ").trimEnd();
  return [
    line("WHO GETS IN", "BY WHICH DOOR", "SINCE", "WHO ANSWERS"),
    ...doors.flatMap((door) => {
      const where = whereOf(door, sources.length > 1 ? short.get(door.source)! : "");
      const details = [where, whomOf(door), halfOwned(door), checked ? coverOf(door) : ""].filter((text) => text !== "").join("; ");
      const indent = " ".repeat(WHO + 2);
      return [
        line(whoOf(door), `${door.critical ? "! " : ""}${door.title}`, sinceOf(door.since), ownersOf(door)),
        ...(details === "" ? [] : wrap(details, width, indent)),
      ];
    }),
    ...(doors.some(({ critical }) => critical) ? ["", "! critical   + at least   ? nobody can count them"] : []),
  ];
}

function whoOf({ people, machines, uncounted, opens }: Door): string {
  if (!opens) return "(weakens)";
  if (people + machines === 0) return uncounted > 0 ? "?" : "nobody now";
  const plus = uncounted > 0 ? "+" : "";
  if (machines === 0) return `${people}${plus}`;
  return `${people === 0 ? "" : `${people}, `}${counted(machines, "machine")}${plus}`;
}

/** An export of one policy is often called like the policy. */
function whereOf({ place }: Door, source: string): string {
  return source.replace(/\.[a-z]+$/, "") === place ? place : [place, source].filter((text) => text !== "").join(" · ");
}

/** An id tells a person nothing; that there is one does. */
function whomOf({ whom }: Door): string {
  const names = whom.filter((name) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name));
  const nameless = whom.length - names.length;
  const all = [...names, ...(nameless > 0 ? [`${nameless} of whom only the id is known`] : [])];
  return all.length === 0 ? "" : `for ${all.join(", ")}`;
}

function halfOwned({ owners, unowned }: Door): string {
  return owners.length > 0 && unowned > 0 ? `nobody answers for ${unowned}` : "";
}

const EXCEPTIONS_NAMED = 3;

function coverOf({ form, bypasses, covered, exceptions }: Door): string {
  if (covered === 0) return uncovered(form);
  const by = exceptions.length <= EXCEPTIONS_NAMED ? exceptions.join(", ") : counted(exceptions.length, "exception");
  return covered === bypasses ? `covered by ${by}` : `${covered} of ${bypasses} covered by ${by}, the others by none`;
}

function sinceOf(since: Instant | undefined): string {
  return since?.slice(0, 10) ?? "unknown";
}

function ownersOf({ owners: [first, ...others] }: Door): string {
  if (first === undefined) return "nobody";
  return others.length === 0 ? first : `${first.slice(0, OWNER - 5)} +${others.length}`;
}

function bypassLines({ source, bypass, owner, cover }: Finding): string[] {
  const { subject, form, critical, since } = bypass;
  const name = subject.kind === "everyone" ? "everyone" : onOneLine(subject.name);
  const place = onOneLine(placeOf(bypass));
  const answers = onOneLine(owner ?? bypass.owner ?? "nobody");
  return [
    `${critical ? "!" : " "} ${name}: ${formWords(form).title}${place === "" ? "" : `, ${place}`}`,
    `    since ${sinceOf(since)}, ${answers} answers for it, ${source.name}`,
    ...(cover === undefined ? [] : [`    ${cover === null ? uncovered(form) : coverWords(cover)}`]),
  ];
}

function coverWords({ exception, until }: Cover): string {
  return `covered by ${exception} until ${until.slice(0, 16)}Z`;
}

/** An exclusion can be documented; of a weak method that everybody may use there is nothing to document, only to change. */
function uncovered(form: string): string {
  return isExclusion(form) ? "undocumented: no exception in force covers it" : "no exception in force covers it";
}
