/** Reads estate.yaml: either all of it, or everything that is wrong with it, each with line and column. */
import type { Refusal } from "../kernel/problem.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { inOrder, readLocatedYaml, type YamlFaultCodes } from "../platform/located-yaml.ts";
import { estateFile } from "./contract-file.ts";
import type { EstateFile, PlaceOf } from "./file.ts";
import { modelOfFile } from "./model-of-file.ts";
import type { EstateRefusal } from "./refusals.ts";

/** What the file says, and where it says it. */
export interface ReadFile {
  readonly file: EstateFile;
  readonly placeOf: PlaceOf;
}

const CODES = {
  unreadable: "estate.yamlUnreadable",
  aliasUsed: "estate.aliasUsed",
  keyUnknown: "estate.keyUnknown",
  missing: "estate.missing",
  valueInvalid: "estate.valueInvalid",
} satisfies Record<keyof YamlFaultCodes, EstateRefusal>;

export type Reading = { readonly ok: true; readonly read: ReadFile } | { readonly ok: false; readonly faults: readonly Refusal[] };

export function readEstateFile(text: string): Reading {
  const reading = readLocatedYaml(text, "estate.yaml", estateFile, CODES);
  return reading.ok ? { ok: true, read: { file: reading.value, placeOf: reading.placeOf } } : reading;
}

export type ModelReading =
  | { readonly ok: true; readonly model: LockoutModel }
  | { readonly ok: false; readonly faults: readonly Refusal[] };

/** The model that an estate file tells, without a server: all of it, or everything that is wrong with it. */
export function readModelFile(text: string): ModelReading {
  const reading = readEstateFile(text);
  if (!reading.ok) return reading;
  const { model, faults } = modelOfFile(reading.read.file, reading.read.placeOf);
  return faults.length === 0 ? { ok: true, model } : { ok: false, faults: inOrder(faults) };
}
