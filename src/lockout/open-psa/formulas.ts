/** What a gate says, as the solver takes it. */
import type { Formula } from "../solver/fault-tree.ts";
import { contentOf, type Definition, type Definitions, EVENTS, type Kind, lookUp, type Report, truthIn } from "./definitions.ts";
import type { XmlElement } from "./xml.ts";

/** Stands where something was reported; the tree is not used then. */
const NOTHING: Formula = { constant: false };

type Connective = (parts: readonly Formula[]) => Formula;

const CONNECTIVES: Readonly<Record<string, Connective>> = {
  and: (and) => ({ and }),
  or: (or) => ({ or }),
  xor: (xor) => ({ xor }),
  nand: (and) => ({ not: { and } }),
  nor: (or) => ({ not: { or } }),
  not: ([not]) => ({ not: not! }),
  imply: ([if_, then]) => ({ or: [{ not: if_! }, then!] }),
  iff: (parts) => ({ not: { xor: parts } }),
};
const TAKES: Readonly<Record<string, number>> = { not: 1, imply: 2, iff: 2 };
const REFERS: Readonly<Record<string, readonly Kind[]>> = {
  gate: ["gate"],
  "basic-event": ["basic-event"],
  "house-event": ["house-event"],
  event: EVENTS,
};

/** Gates that stand in the place of events, by name. */
export type StandsFor = ReadonlyMap<string, string>;

/** The one formula an element holds. */
export function formulaIn({ element, scope }: Definition, definitions: Definitions, standsFor: StandsFor, report: Report): Formula {
  const [formula, more] = contentOf(element);
  if (formula !== undefined && more === undefined) return read(formula);
  const detail = `${element.attributes.get("name") ?? element.name} has ${formula === undefined ? "no formula" : "more than one formula"}`;
  return unknown(element, detail);

  function read(given: XmlElement): Formula {
    const { name } = given;
    if (Object.hasOwn(REFERS, name)) return reference(given);
    if (name === "constant") return { constant: truthIn(given, report) };
    const parts = contentOf(given);
    if (name === "atleast") return counted(given, parts, count(given, "min"), parts.length);
    if (name === "cardinality") return counted(given, parts, count(given, "min"), count(given, "max"));
    const connective = Object.hasOwn(CONNECTIVES, name) ? CONNECTIVES[name] : undefined;
    if (connective === undefined) return unknown(given, `<${name}> is not read as a formula`);
    if (parts.length === 0 || parts.length !== (TAKES[name] ?? parts.length))
      return unknown(given, `<${name}> of ${parts.length} parts means nothing`);
    return connective(parts.map(read));
  }

  function reference(given: XmlElement): Formula {
    const name = given.attributes.get("name") ?? "";
    const type = given.attributes.get("type");
    const kinds = REFERS[given.name === "event" && type !== undefined && Object.hasOwn(REFERS, type) ? type : given.name]!;
    const found = kinds.map((kind) => lookUp(definitions, kind, name, scope)).find((each) => each !== undefined);
    if (found !== undefined) return formulaOf(found, standsFor, report);
    report({ code: "lockout.nameUndefined", detail: `the ${given.name} ${name} is not defined`, line: given.line });
    return NOTHING;
  }

  function counted(given: XmlElement, parts: readonly XmlElement[], least: number, most: number): Formula {
    const isSound = Number.isInteger(least) && Number.isInteger(most) && least >= 0 && least <= most && most <= parts.length;
    if (!isSound || parts.length === 0 || (given.name === "atleast" && least === 0)) {
      const detail = `<${given.name}> demands ${given.attributes.get("min") ?? "nothing"} of ${parts.length}`;
      report({ code: "lockout.countOutOfRange", detail, line: given.line });
      return NOTHING;
    }
    const of = parts.map(read);
    const enough: Formula = least === 0 ? { constant: true } : { atLeast: least, of };
    return most === parts.length ? enough : { and: [enough, { not: { atLeast: most + 1, of } }] };
  }

  function unknown({ line }: XmlElement, detail: string): Formula {
    report({ code: "lockout.constructUnknown", detail, line });
    return NOTHING;
  }
}

function count(given: XmlElement, attribute: string): number {
  const text = given.attributes.get(attribute)?.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function formulaOf({ kind, name, element }: Definition, standsFor: StandsFor, report: Report): Formula {
  if (kind === "gate") return { gate: name };
  const gate = standsFor.get(name);
  if (kind === "basic-event") return gate === undefined ? { event: name } : { gate };
  const [says, more] = contentOf(element);
  // A house event that says nothing is false.
  if (says === undefined) return NOTHING;
  if (says.name === "constant" && more === undefined) return { constant: truthIn(says, report) };
  report({
    code: "lockout.constructUnknown",
    detail: `the house event ${name} says something else than one <constant>`,
    line: element.line,
  });
  return NOTHING;
}
