/** What the model of the estate says about the subject of a drill. */
import type { Tier } from "../estate/estate.ts";
import { keysOf } from "../estate/expression.ts";
import type { Operation } from "../estate/operation.ts";
import type { LockoutModel } from "../lockout/model.ts";
import type { Subject } from "./plan.ts";

const LEAST: Tier = 4;

/** The name of a subject and how critical it is; undefined where the model has none. */
export function lookUp(model: LockoutModel, { kind, key }: Subject): { readonly name: string; readonly tier: Tier } | undefined {
  if (kind === "component") {
    const component = model.components.find((each) => each.key === key);
    return component && { name: component.name, tier: tierOf(model, key) };
  }
  const [of, way, ...rest] = key.split("/");
  const operation = model.operations.find((each) => each.key === of);
  if (operation === undefined || rest.length > 0 || (kind === "path") !== (way !== undefined)) return undefined;
  if (way === undefined) return { name: operation.name, tier: operation.criticality };
  const path = operation.paths.find((each) => each.key === way);
  return path && { name: `${operation.name}: ${path.name}`, tier: operation.criticality };
}

/** Of the most critical operation that hangs on a component, however far away. */
function tierOf(model: LockoutModel, component: string): Tier {
  const hanging = hangingOn(model, component);
  const needs = ({ paths }: Operation) => paths.some((path) => keysOf(path.needs).some((key) => hanging.has(key)));
  return model.operations.filter(needs).reduce<Tier>((least, { criticality }) => (criticality < least ? criticality : least), LEAST);
}

/** A component and whatever needs it in turn. */
function hangingOn({ components }: LockoutModel, component: string): ReadonlySet<string> {
  const found = new Set([component]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { key, requires } of components) if (keysOf(requires).some((each) => found.has(each))) found.add(key);
  }
  return found;
}
