/**
 * As much of XML as models are written in: elements, attributes, comments, the five entities and characters by number. No
 * document type and so no entities of one's own: a model needs none, and files that do harm are made of them.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Why a text is no XML that we read, and in which line. */
export interface XmlFault {
  readonly detail: string;
  readonly line: number;
}

/** Deeper than any model, and shallow enough to be walked safely. */
const MOST_NESTED = 500;

const NAME = "[A-Za-z_:][\\w:.-]*";
const ATTRIBUTE = `\\s+(${NAME})\\s*=\\s*(?:"([^<"]*)"|'([^<']*)')`;
const ATTRIBUTES = new RegExp(ATTRIBUTE, "g");
const TEXT = "[^<]+";
const ASIDE = "<!--[^]*?-->|<\\?[^]*?\\?>|<!\\[CDATA\\[[^]*?\\]\\]>";
const TOKEN = new RegExp(
  `(?:${TEXT}|${ASIDE})|</(${NAME})\\s*>|<(${NAME})((?:${ATTRIBUTE.replaceAll(/\((?!\?)/g, "(?:")})*)\\s*(/?)>`,
  "y",
);
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly line: number;
}

export function parseXml(given: string): XmlElement | XmlFault {
  const text = given.startsWith("\uFEFF") ? given.slice(1) : given;
  const outside: Open = { name: "", attributes: new Map(), children: [], line: 1 };
  const trail: Open[] = [outside];
  let line = 1;
  const token = new RegExp(TOKEN);
  while (token.lastIndex < text.length) {
    const start = token.lastIndex;
    const match = tokenAt(token, text);
    if (match === undefined) return { detail: "one tag is longer than anything that is read", line };
    if (match === null) return { detail: whatIsThere(text, start), line };
    const [whole, closes, opens, given, closesItself] = match;
    const fault =
      closes !== undefined
        ? close(trail, closes)
        : opens !== undefined
          ? open(trail, opens, given!, closesItself === "/", line)
          : stray(trail, whole);
    if (fault !== undefined) return { detail: fault, line };
    for (let at = whole.indexOf("\n"); at >= 0; at = whole.indexOf("\n", at + 1)) line += 1;
  }
  if (trail.length > 1) return { detail: `<${trail.at(-1)!.name}> of line ${trail.at(-1)!.line} is never closed`, line };
  return outside.children[0] ?? { detail: "there is no element", line };
}

/** Undefined where it is too long for the expression to hold in mind. */
function tokenAt(token: RegExp, text: string): RegExpExecArray | null | undefined {
  try {
    return token.exec(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function whatIsThere(text: string, at: number): string {
  if (text.startsWith("<!DOCTYPE", at)) return "a document type is not read: remove it";
  return `this is no XML: ${JSON.stringify(text.slice(at, at + 30))}`;
}

function open(trail: Open[], name: string, given: string, closesItself: boolean, line: number): string | undefined {
  if (trail.length > MOST_NESTED) return `elements are nested more than ${MOST_NESTED} deep`;
  if (trail.length === 1 && trail[0]!.children.length > 0) return `<${name}> is a second outermost element`;
  const attributes = new Map<string, string>();
  for (const [, key, double, single] of given === "" ? [] : given.matchAll(ATTRIBUTES)) {
    if (attributes.has(key!)) return `<${name}> says ${key} twice`;
    const value = decoded(double ?? single!);
    if (value === undefined) return `${key} of <${name}> has an & that stands for nothing`;
    attributes.set(key!, value);
  }
  const element: Open = { name, attributes, children: [], line };
  trail.at(-1)!.children.push(element);
  if (!closesItself) trail.push(element);
  return undefined;
}

function close(trail: Open[], name: string): string | undefined {
  const element = trail.at(-1)!;
  if (trail.length === 1) return `</${name}> closes nothing`;
  if (element.name !== name) return `</${name}> where <${element.name}> of line ${element.line} is open`;
  trail.pop();
  return undefined;
}

/** Text between elements is only for people; outside of all of them there must be none. */
function stray(trail: readonly Open[], text: string): string | undefined {
  const isAside = /^<[!?]/.test(text) && !text.startsWith("<![CDATA[");
  return trail.length === 1 && !isAside && text.trim() !== ""
    ? `there is text outside of all elements: ${JSON.stringify(text.trim().slice(0, 30))}`
    : undefined;
}

function decoded(value: string): string | undefined {
  if (!value.includes("&")) return value;
  let isSound = true;
  const text = value.replaceAll(/&(?:#(\d+)|#x([\dA-Fa-f]+)|(\w+));|&/g, (_, decimal?: string, hex?: string, name?: string) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    const character = name === undefined ? (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined) : ENTITIES[name];
    isSound &&= character !== undefined;
    return character ?? "";
  });
  return isSound ? text : undefined;
}

/** For attribute values. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"'\n\t\r]/g, (each) => `&#${each.codePointAt(0)};`);
}
