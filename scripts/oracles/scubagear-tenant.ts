/** Puts together the tenant of a case: the base configuration, patched as the case says, in the places it names. */
import type { Documented } from "../../src/bypasses/documented.ts";
import { isObject, textIn } from "../../src/connectors/entra/map-json.ts";
import type { Instant } from "../../src/kernel/time.ts";

export type Tenant = Readonly<Record<string, unknown>>;

/** Exceptions in force, as the case tells them. */
export interface Register {
  readonly documented: readonly Documented[];
  readonly now: Instant;
}

/** What is wrong; false where nothing is. */
export type Faults = readonly (string | false)[];
export type Setting = (tenant: Tenant, register: Register) => Faults;

export function said(faults: Faults): readonly string[] {
  return faults.filter((fault) => fault !== false);
}

/** One alone is a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function hasPremium(tenant: Tenant): boolean {
  return listOf(tenant["service_plans"])
    .filter(isObject)
    .some((plan) => (textIn(plan, "ServicePlanName") ?? "").startsWith("AAD_PREMIUM_P2"));
}

export interface Patch {
  readonly var: string;
  readonly base: string;
  /** Null: the case could not be taken apart by whoever extracted it. */
  readonly ops: readonly Operation[] | null;
}

export interface Operation {
  readonly op: "add" | "replace" | "remove";
  /** Steps joined by slashes; empty for the whole. */
  readonly path: string;
  readonly value?: unknown;
}

export interface Input {
  /** `input.privileged_users.User3`, `input.scuba_config.Aad["MS.AAD.1.1v1"].CapExclusions` */
  readonly path: string;
  readonly value?: unknown;
  readonly ref: string | null;
}

type Mutable = Record<string, unknown>;

/**
 * Places that hold a list of what was made of a part. Where a case names neither value nor variable, it is that list; in any
 * other place it is something that was not told, and stays away.
 */
const PARTS: ReadonlyMap<string, string> = new Map([
  ["conditional_access_policies", "ConditionalAccessPolicies"],
  ["authorization_policies", "AuthorizationPolicies"],
  ["directory_settings", "DirectorySettings"],
  ["authentication_method", "AuthenticationMethod"],
  ["default_app_management_policy", "AppManagementPolicy"],
]);

/** Undefined where a patch is not told: then nobody knows the tenant. */
export function tenantOf(base: Tenant, patches: readonly Patch[], inputs: readonly Input[]): Tenant | undefined {
  const made = new Map<string, unknown>(Object.entries(structuredClone(base)));
  for (const { var: name, base: from, ops } of patches) {
    if (ops === null || !made.has(from)) return undefined;
    made.set(name, ops.reduce(patched, structuredClone(made.get(from))));
  }
  const tenant: Mutable = {};
  for (const { path, value, ref } of inputs) {
    const steps = [...path.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(1);
    if (steps[0] === undefined) continue;
    put(tenant, steps, value ?? (ref === null ? variants(steps[0], patches, made) : structuredClone(made.get(ref))));
  }
  return tenant;
}

/** What was made of this part in the end, one or many; the part itself where the case leaves it alone. */
function variants(place: string, patches: readonly Patch[], made: ReadonlyMap<string, unknown>): unknown {
  const part = PARTS.get(place);
  if (part === undefined) return undefined;
  const isOfPart = (name: string): boolean => name === part || patches.some((patch) => patch.var === name && isOfPart(patch.base));
  const last = patches.filter((patch) => isOfPart(patch.var) && !patches.some(({ base }) => base === patch.var)).map((patch) => patch.var);
  const found = last.length > 0 ? last.map((name) => made.get(name)) : [made.get(part)];
  return structuredClone(found.length === 1 ? found[0] : found);
}

function put(tenant: Mutable, steps: readonly string[], value: unknown): void {
  const [step, ...rest] = steps;
  if (rest.length === 0) tenant[step!] = value;
  else put((tenant[step!] = isObject(tenant[step!]) ? tenant[step!] : {}) as Mutable, rest, value);
}

/** RFC 6902, but for a parent that is missing: it is made. */
function patched(document: unknown, { op, path, value }: Operation): unknown {
  const steps = path.split("/").filter((step) => step !== "");
  const last = steps.pop();
  if (last === undefined) return value;
  let parent = document as Mutable | unknown[];
  for (const step of steps) {
    const next = Array.isArray(parent) ? parent[Number(step)] : parent[step];
    if (typeof next === "object" && next !== null) parent = next as Mutable | unknown[];
    else parent = (parent as Mutable)[step] = {};
  }
  if (Array.isArray(parent))
    parent.splice(last === "-" ? parent.length : Number(last), op === "add" ? 0 : 1, ...(op === "remove" ? [] : [value]));
  else if (op === "remove") delete parent[last];
  else parent[last] = value;
  return document;
}
