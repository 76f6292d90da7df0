import { DEFAULT_RULES, RULE_SET_NAME } from "./rules/rule-file.ts";

/** What a decision point says of itself, and where each rule set's is found: RFC 8615 puts the well-known name before the path. */
export const WELL_KNOWN = "/.well-known/authzen-configuration";

/** Base URL of a rule set's decision point. */
export function baseOf(origin: string, ruleSet: string): string {
  return ruleSet === DEFAULT_RULES ? origin : `${origin}/rules/${ruleSet}`;
}

export function metadataOf(base: string, more: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    policy_decision_point: base,
    access_evaluation_endpoint: `${base}/access/v1/evaluation`,
    access_evaluations_endpoint: `${base}/access/v1/evaluations`,
    search_subject_endpoint: `${base}/access/v1/search/subject`,
    search_resource_endpoint: `${base}/access/v1/search/resource`,
    search_action_endpoint: `${base}/access/v1/search/action`,
    ...more,
  });
}

export interface Place {
  readonly ruleSet: string;
  /** `metadata`, or what follows `/access/v1/`. */
  readonly what: string;
}

const ACCESS = "/access/v1/";
const RULES = "/rules/";

/** Addresses that nearly all questions go to. */
const USUAL: ReadonlyMap<string, Place> = new Map(
  ["evaluation", "evaluations"].map((what) => [`${ACCESS}${what}`, { ruleSet: DEFAULT_RULES, what }]),
);

/** What an address means here; undefined where it is none of the decision point's. */
export function placeOf(url: string): Place | undefined {
  const usual = USUAL.get(url);
  if (usual !== undefined) return usual;
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  if (path.startsWith(ACCESS)) return { ruleSet: DEFAULT_RULES, what: path.slice(ACCESS.length) };
  if (path === WELL_KNOWN) return { ruleSet: DEFAULT_RULES, what: "metadata" };
  if (path.startsWith(`${WELL_KNOWN}${RULES}`)) return named(path.slice(WELL_KNOWN.length + RULES.length), "metadata");
  if (!path.startsWith(RULES)) return undefined;
  const end = path.indexOf("/", RULES.length);
  return end !== -1 && path.startsWith(ACCESS, end) ? named(path.slice(RULES.length, end), path.slice(end + ACCESS.length)) : undefined;
}

/** A name that no rule set can have is one that none has; `default` is answered for at its one address. */
function named(ruleSet: string, what: string): Place {
  return { ruleSet: RULE_SET_NAME.test(ruleSet) && ruleSet !== DEFAULT_RULES ? ruleSet : "", what };
}
