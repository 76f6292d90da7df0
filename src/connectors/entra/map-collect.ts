/**
 * What a file holds, whatever wrote it: a single object, a list, an answer of Graph, an export of many things. Objects are known
 * by their marks, not by where they stand.
 */
import { booleanIn, hasMember, isObject, type JsonObject, member, textIn } from "./map-json.ts";
import { isMethod, isMethodsPolicy } from "./map-methods.ts";
import { isPolicy } from "./map-policies.ts";

export interface Contents {
  readonly found: Readonly<Record<Kind, readonly Owned[]>>;
  /** Whether it lists policies, be it none. */
  readonly hasListOfPolicies: boolean;
  /** Whether a list goes on elsewhere. */
  readonly isOnePage: boolean;
}

export type Kind =
  | "policy"
  | "method"
  | "methodsPolicy"
  | "defaults"
  | "role"
  | "pass"
  | "location"
  | "group"
  | "privileged"
  | "user"
  | "name";

export interface Owned {
  readonly json: JsonObject;
  /** The key it stood below, where that says whose it is. */
  readonly owner: string;
}

/** Exports nest: tenant, list, object, its methods. */
const DEEPEST = 6;

/** Of those that fit the first counts; what has been recognised is not looked into any further. */
const KINDS: readonly (readonly [Kind, (json: JsonObject, type: string, trail: readonly string[]) => boolean])[] = [
  ["privileged", (_, __, trail) => /^privileged_?users$/i.test(trail.at(-2) ?? "")],
  ["user", isUser],
  ["policy", isPolicy],
  ["method", isMethod],
  ["methodsPolicy", isMethodsPolicy],
  ["defaults", isSecurityDefaults],
  ["role", isRole],
  ["pass", isPass],
  ["location", isLocation],
  ["group", isGroup],
  ["name", isNaming],
];

export function contentsOf(json: unknown): Contents {
  const found = Object.fromEntries(KINDS.map(([kind]) => [kind, [] as Owned[]])) as Record<Kind, Owned[]>;
  const pages = { further: 0 };
  const collect = (value: unknown, trail: readonly string[], lists = 0): void => {
    for (const each of itemsIn(value, lists)) collect(each, trail, lists + 1);
    if (!isObject(value) || trail.length > DEEPEST) return;
    if (hasMember(value, "@odata.nextLink")) pages.further += 1;
    const type = textIn(value, "@odata.type")?.toLowerCase() ?? "";
    const kind = KINDS.find(([, fits]) => fits(value, type, trail))?.[0];
    if (kind !== undefined) found[kind].push({ json: value, owner: ownerOf(kind, trail) });
    for (const [key, each] of kind === undefined ? Object.entries(value) : passesOf(kind, value)) collect(each, [...trail, key]);
  };
  collect(json, []);
  return { found, hasListOfPolicies: hasListOfPolicies(json), isOnePage: pages.further === 0 };
}

function itemsIn(value: unknown, depth: number): readonly unknown[] {
  return Array.isArray(value) && depth < DEEPEST ? value : [];
}

/** An empty list of policies is a finding too. */
function hasListOfPolicies(json: unknown): boolean {
  if (Array.isArray(json)) return json.some(isPolicy);
  if (!isObject(json)) return false;
  const named = ["conditional_access_policies", "conditionalAccessPolicies", "policies"].some((name) => Array.isArray(member(json, name)));
  const isAnswer = /conditionalAccess\/policies(\?|$)/.test(textIn(json, "@odata.context") ?? "");
  const value = member(json, "value");
  return (
    named ||
    (Array.isArray(value) && (isAnswer || value.some(isPolicy))) ||
    Object.values(json).some((each) => Array.isArray(each) && each.some(isPolicy))
  );
}

/** A user may hold passes of its own, as Graph expands them. */
function passesOf(kind: Kind, json: JsonObject): readonly (readonly [string, unknown])[] {
  if (kind !== "user") return [];
  const authentication = member(json, "authentication");
  const parts = [json, ...(isObject(authentication) ? [authentication] : [])];
  const lists = parts.flatMap((part) => [member(part, "temporaryAccessPassMethods"), member(part, "methods")]);
  return [[`${PASSES_OF}${textIn(json, "id")!}`, lists.filter((list) => list !== undefined)]];
}

const PASSES_OF = "passes of ";

function ownerOf(kind: Kind, trail: readonly string[]): string {
  const last = trail.at(-1) ?? "";
  if (kind === "privileged") return last;
  return kind === "pass" && last.startsWith(PASSES_OF) ? last.slice(PASSES_OF.length) : "";
}

function isSecurityDefaults(json: JsonObject, type: string, trail: readonly string[]): boolean {
  const isNamed = /security_?defaults/i.test(trail.at(-1) ?? "") || type.endsWith("identitysecuritydefaultsenforcementpolicy");
  const isTheOne =
    textIn(json, "id") === "00000000-0000-0000-0000-000000000005" || /securityDefaults/i.test(textIn(json, "@odata.context") ?? "");
  return booleanIn(json, "isEnabled") !== undefined && (isNamed || isTheOne);
}

function isRole(json: JsonObject): boolean {
  return textIn(json, "roleTemplateId") !== undefined && textIn(json, "displayName") !== undefined;
}

function isPass(json: JsonObject, type: string): boolean {
  return (
    type.endsWith("temporaryaccesspassauthenticationmethod") || (hasMember(json, "isUsableOnce") && hasMember(json, "lifetimeInMinutes"))
  );
}

function isLocation(json: JsonObject, type: string): boolean {
  return (
    type.endsWith("namedlocation") ||
    (textIn(json, "id") !== undefined && (hasMember(json, "countriesAndRegions") || hasMember(json, "ipRanges")))
  );
}

function isGroup(json: JsonObject, type: string): boolean {
  return type.endsWith("microsoft.graph.group") || (hasMember(json, "securityEnabled") && textIn(json, "displayName") !== undefined);
}

function isUser(json: JsonObject): boolean {
  return textIn(json, "userPrincipalName") !== undefined && textIn(json, "id") !== undefined;
}

/** The table of a migration: what ids of another tenant are called. */
function isNaming(json: JsonObject, _: string, trail: readonly string[]): boolean {
  return trail.at(-1) === "Objects" && textIn(json, "id") !== undefined && textIn(json, "displayName") !== undefined;
}
