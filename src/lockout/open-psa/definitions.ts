/** Everything a model file defines, by full name, wherever in the file it stands. */
import type { XmlElement } from "./xml.ts";

export type Kind = "gate" | "basic-event" | "house-event" | "parameter" | "group";
/** What a formula may name: `<event>` does not say which of them, so that no two share a name. */
export const EVENTS: readonly Kind[] = ["gate", "basic-event", "house-event"];

export interface Definition {
  readonly kind: Kind;
  /** With the path of its container where it is private to it. */
  readonly name: string;
  /** Names of the containers around it, joined: what its own formula looks names up in first. */
  readonly scope: string;
  readonly element: XmlElement;
}

export interface Problem {
  readonly code:
    | "lockout.constructUnknown"
    | "lockout.nameUndefined"
    | "lockout.nameTwice"
    | "lockout.countOutOfRange"
    | "lockout.probabilityOutOfRange";
  readonly detail: string;
  readonly line: number;
}

export type Report = (problem: Problem) => void;

const DEFINES: Readonly<Record<string, Kind>> = {
  "define-gate": "gate",
  "define-basic-event": "basic-event",
  "define-house-event": "house-event",
  "define-parameter": "parameter",
  "define-CCF-group": "group",
};
/** Said for people; the answer does not depend on it. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(["label", "attributes"]);

export type Definitions = ReadonlyMap<Kind, ReadonlyMap<string, Definition>>;

export function definitionsOf(root: XmlElement, report: Report): Definitions {
  const found = new Map(Object.values(DEFINES).map((kind) => [kind, new Map<string, Definition>()]));
  const collect = (element: XmlElement, scope: string, isPrivate: boolean): void => {
    for (const child of element.children) {
      const kind = DEFINES[child.name];
      const name = child.attributes.get("name") ?? "";
      const role = child.attributes.get("role");
      const hides = role === undefined ? isPrivate : role === "private";
      if (FOR_PEOPLE.has(child.name)) continue;
      if (kind !== undefined) define({ kind, name: hides ? `${scope}.${name}` : name, scope, element: child }, found, report);
      else if (child.name === "define-component") collect(child, scope === "" ? name : `${scope}.${name}`, hides);
      else if (child.name === "define-fault-tree") collect(child, name, false);
      else if (child.name === "model-data") collect(child, scope, isPrivate);
      else report({ code: "lockout.constructUnknown", detail: `<${child.name}> in <${element.name}> is not read`, line: child.line });
    }
  };
  collect(root, "", false);
  // A member that stands nowhere else is defined by its group.
  for (const { element, scope } of found.get("group")!.values()) {
    for (const member of membersOf(element)) {
      const name = member.attributes.get("name") ?? "";
      if (lookUp(found, "basic-event", name, scope) !== undefined) continue;
      define({ kind: "basic-event", name, scope, element: { ...member, children: [] } }, found, report);
    }
  }
  return found;
}

function define(definition: Definition, found: ReadonlyMap<Kind, Map<string, Definition>>, report: Report): void {
  const { name, element, kind } = definition;
  const before = (EVENTS.includes(kind) ? EVENTS : [kind]).map((each) => found.get(each)!.get(name)).find((each) => each !== undefined);
  if ((element.attributes.get("name") ?? "").trim() === "") {
    report({ code: "lockout.constructUnknown", detail: `<${element.name}> has no name`, line: element.line });
  } else if (before !== undefined) {
    const detail = `${name} is already defined as a ${before.kind} in line ${before.element.line}`;
    report({ code: "lockout.nameTwice", detail, line: element.line });
  } else found.get(kind)!.set(name, definition);
}

/** What a name means within a scope: what is private there, else what is public. */
export function lookUp(definitions: Definitions, kind: Kind, name: string, scope: string): Definition | undefined {
  const among = definitions.get(kind)!;
  for (let within = scope; within !== ""; within = within.slice(0, Math.max(0, within.lastIndexOf(".")))) {
    const found = among.get(`${within}.${name}`);
    if (found !== undefined) return found;
  }
  return among.get(name);
}

/** What an element says besides what is for people. */
export function contentOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => !FOR_PEOPLE.has(child.name));
}

/** Names of basic events that share causes, as a group says them. */
export function membersOf(group: XmlElement): readonly XmlElement[] {
  return group.children
    .filter(({ name }) => name === "members")
    .flatMap(contentOf)
    .filter(({ name }) => name === "basic-event");
}

/** True or false as an element says it; anything else is reported, because a guess would be an answer. */
export function truthIn({ name, attributes, line }: XmlElement, report: Report): boolean {
  const value = attributes.get("value")?.trim();
  if (value === "true" || value === "false") return value === "true";
  report({ code: "lockout.constructUnknown", detail: `<${name}> says "${value ?? ""}", which is neither true nor false`, line });
  return false;
}
