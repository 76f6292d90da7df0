/** How a need is written: a component's key, or `all`, `any`, `atLeast … of` over needs. Read by hand, so that each fault has its place. */
import { z } from "zod";

import type { Expression } from "./expression.ts";

const KEY = /^[a-z][a-z0-9-]{1,60}$/;

/** Deeper or longer than anybody reads; without an end a hostile one would exhaust the stack. */
const DEEPEST = 16;
const MOST_PARTS = 2000;

interface Fault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

interface Reader {
  readonly faults: Fault[];
  parts: number;
}

const SHAPE = "a component's key, { all: […] }, { any: […] } or { atLeast: k, of: […] }";

/** A need as the API and estate files write it. Whether it is empty, or names what is not there, the decision says. */
export const expressionShape = z
  .unknown()
  .transform((value, context): Expression => {
    const reader: Reader = { faults: [], parts: 0 };
    const read = readExpression(value, reader, []);
    for (const { message, path } of reader.faults) context.addIssue({ code: "custom", message, path: [...path] });
    return read ?? z.NEVER;
  })
  .meta({
    description: "A component's key, or an object { all }, { any } or { atLeast, of } whose lists hold needs in turn",
    type: ["string", "object"],
  });

function readExpression(value: unknown, reader: Reader, path: Fault["path"]): Expression | undefined {
  reader.parts += 1;
  if (path.length > DEEPEST * 2 || reader.parts > MOST_PARTS) return fault(reader, "This need is larger than anybody can check", path);
  if (typeof value === "string") return KEY.test(value) ? value : fault(reader, `"${value.slice(0, 80)}" is no key of a component`, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fault(reader, `Write ${SHAPE}`, path);
  const words = Object.keys(value).toSorted().join(" ");
  const { all, any, atLeast, of } = value as Readonly<Record<string, unknown>>;
  if (words === "all") return wrapped(readParts(all, reader, [...path, "all"]), (parts) => ({ all: parts }));
  if (words === "any") return wrapped(readParts(any, reader, [...path, "any"]), (parts) => ({ any: parts }));
  if (words !== "atLeast of") return fault(reader, `Write ${SHAPE}`, path);
  if (typeof atLeast !== "number") return fault(reader, "A number is expected here", [...path, "atLeast"]);
  return wrapped(readParts(of, reader, [...path, "of"]), (parts) => ({ atLeast, of: parts }));
}

function wrapped<Parts, Whole>(parts: Parts | undefined, make: (parts: Parts) => Whole): Whole | undefined {
  return parts && make(parts);
}

function readParts(value: unknown, reader: Reader, path: Fault["path"]): readonly Expression[] | undefined {
  if (!Array.isArray(value)) return fault(reader, "A list is expected here", path);
  const read = value.slice(0, MOST_PARTS).map((each, i) => readExpression(each, reader, [...path, i]));
  const present = read.filter((each) => each !== undefined);
  return present.length === value.length ? present : undefined;
}

function fault(reader: Reader, message: string, path: Fault["path"]): undefined {
  // Beyond the limit every part would say the same.
  if (reader.parts <= MOST_PARTS + 1) reader.faults.push({ message, path });
  return undefined;
}
