/** An inventory as text for a terminal: the answer first, then the worst doors, then what is not known. Pure. */
import type { Instant } from "../kernel/time.ts";
import { formWords } from "./forms.ts";
import { type Door, type Finding, type Inventory, placeOf, type Source } from "./inventory.ts";

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
  const unknown = more ? inventory.unknown : inventory.unknown.slice(0, UNKNOWN_SHOWN);
  const parts = [
    [...wrap(headline(inventory), width, ""), ...wrap(figures(inventory), width, ""), "", ...sources(inventory.sources, more)],
    doors.length === 0 ? [] : doorTable(doors, inventory.sources.length > 1, width),
    rest(inventory.doorsInAll - doors.length, "door"),
    all === undefined || all.length === 0 ? [] : ["EVERY BYPASS", ...all.flatMap(bypassLines)],
    unknown.length === 0 ? [] : ["NOT KNOWN", ...unknown.flatMap((each) => wrap(`${each.source}: ${each.words}`, width, "  "))],
    rest(inventory.unknown.length - unknown.length, "thing"),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

/** `1 person`, `2 people`. */
function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

export function headline({ people, machines, atLeast, bypasses, unknown }: Inventory): string {
  if (bypasses === 0) {
    const but = unknown.length > 0 ? ", as far as this can tell: see what is not known" : "";
    return `No way around strong sign-in was found${but}.`;
  }
  const who = [counted(people, "person", "people"), ...(machines > 0 ? [counted(machines, "machine")] : [])].join(" and ");
  const verb = people + machines === 1 ? "gets" : "get";
  return `${atLeast ? "At least " : ""}${who} ${verb} in without a factor that cannot be phished.`;
}

function figures({ knownPeople, bypasses, critical, open, unowned, doorsInAll }: Inventory): string {
  if (bypasses === 0) return "";
  return [
    `${counted(bypasses, "bypass", "bypasses")} by ${counted(doorsInAll, "door")}: ${critical} critical, ${unowned} with nobody who answers for them`,
    ...(open < bypasses ? [`${bypasses - open} covered by an exception`] : []),
    ...(knownPeople === undefined ? [] : [`${counted(knownPeople, "person", "people")} known in all`]),
  ]
    .join("; ")
    .concat(".");
}

function sources(all: readonly Source[], more: boolean): string[] {
  const shown = more ? all : all.slice(0, SOURCES_SHOWN);
  const lines = shown.map(({ name, title }) => `read: ${name}${title === name ? "" : ` (${title})`}`);
  return [...lines, ...(shown.length < all.length ? [`read: ${all.length - shown.length} more`] : [])];
}

function rest(n: number, what: string): string[] {
  return n > 0 ? [`… and ${counted(n, `more ${what}`)}: --all shows all`] : [];
}

const [WHO, SINCE, OWNER] = [16, 10, 14];

function doorTable(doors: readonly Door[], namesSource: boolean, width: number): string[] {
  const room = Math.max(20, width - WHO - SINCE - OWNER - 6);
  const line = (who: string, door: string, since: string, owner: string) =>
    [who.padStart(WHO), fit(door, room), since.padEnd(SINCE), fit(owner, OWNER)].join("  ").trimEnd();
  return [
    line("WHO GETS IN", "BY WHICH DOOR", "SINCE", "WHO ANSWERS"),
    ...doors.flatMap((door) => {
      const where = [door.place, ...(namesSource ? [door.source] : [])].filter((text) => text !== "").join(" · ");
      const details = [where, whomOf(door), halfOwned(door)].filter((text) => text !== "").join("; ");
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

function whomOf({ whom }: Door): string {
  return whom.length === 0 ? "" : `for ${whom.join(", ")}`;
}

function halfOwned({ owners, unowned }: Door): string {
  return owners.length > 0 && unowned > 0 ? `nobody answers for ${unowned}` : "";
}

function sinceOf(since: Instant | undefined): string {
  return since?.slice(0, 10) ?? "unknown";
}

function ownersOf({ owners: [first, ...others] }: Door): string {
  if (first === undefined) return "nobody";
  return others.length === 0 ? first : `${first.slice(0, OWNER - 5)} +${others.length}`;
}

function bypassLines({ source, bypass, owner }: Finding): string[] {
  const { subject, form, critical, since } = bypass;
  const name = subject.kind === "everyone" ? "everyone" : subject.name;
  const place = placeOf(bypass);
  return [
    `${critical ? "!" : " "} ${name}: ${formWords(form).title}${place === "" ? "" : `, ${place}`}`,
    `    since ${sinceOf(since)}, ${owner ?? bypass.owner ?? "nobody"} answers for it, ${source.name}`,
  ];
}

/** Padded to a width, or cut to it with a sign that it is cut. */
function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}

function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== "") lines.push(`${indent}${word}`);
  }
  return lines;
}
