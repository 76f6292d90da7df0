/** A fault tree as an Open-PSA model, for other tools. */
import type { FaultTree, Formula } from "../solver/fault-tree.ts";
import { escapeXml } from "./xml.ts";

export function writeFaultTree(tree: FaultTree): string {
  // The top comes first: tools that ask about the first gate ask about the right one.
  const gates = [...tree.gates].toSorted(([a], [b]) => Number(b === tree.top) - Number(a === tree.top));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<opsa-mef>",
    `<define-fault-tree ${named(tree.name)}>`,
    ...gates.map(([name, formula]) => `<define-gate ${named(name)}>${written(formula)}</define-gate>`),
    "</define-fault-tree>",
    "<model-data>",
    ...[...tree.events].map(([name, p]) => (p === null ? `<define-basic-event ${named(name)}/>` : basicEvent(name, p))),
    "</model-data>",
    "</opsa-mef>",
    "",
  ].join("\n");
}

function basicEvent(name: string, p: number): string {
  return `<define-basic-event ${named(name)}><float value="${p}"/></define-basic-event>`;
}

function named(name: string): string {
  return `name="${escapeXml(name)}"`;
}

function written(formula: Formula): string {
  const all = (tag: string, parts: readonly Formula[], more = "") => `<${tag}${more}>${parts.map(written).join("")}</${tag}>`;
  if ("event" in formula) return `<basic-event ${named(formula.event)}/>`;
  if ("gate" in formula) return `<gate ${named(formula.gate)}/>`;
  if ("not" in formula) return all("not", [formula.not]);
  if ("constant" in formula) return `<constant value="${formula.constant}"/>`;
  if ("xor" in formula) return several("xor", formula.xor);
  if ("and" in formula) return several("and", formula.and);
  if ("or" in formula) return several("or", formula.or);
  return formula.atLeast === 1 || formula.atLeast === formula.of.length
    ? written(formula.atLeast === 1 ? { or: formula.of } : { and: formula.of })
    : all("atleast", formula.of, ` min="${formula.atLeast}"`);

  /** Some tools want two arguments at least, and exactly two of xor. */
  function several(tag: "and" | "or" | "xor", parts: readonly Formula[]): string {
    if (parts.length === 0) return `<constant value="${tag === "and"}"/>`;
    if (parts.length === 1) return written(parts[0]!);
    if (tag !== "xor" || parts.length === 2) return all(tag, parts);
    return all("xor", [{ xor: parts.slice(0, -1) }, parts.at(-1)!]);
  }
}
