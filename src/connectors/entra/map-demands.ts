/** How strong a sign-in a policy's grant controls demand. */
import type { Grant, Strength } from "./map-policies.ts";

/**
 * From the weakest to the strongest. `other`: a device, an application, terms of use: nothing that proves who signs in.
 * `mfa`: a second factor that can be phished.
 */
export const DEMANDS = ["nothing", "other", "mfa", "phishing_resistant", "block"] as const;
export type Demand = (typeof DEMANDS)[number];

export interface DemandRange {
  readonly atLeast: Demand;
  readonly atMost: Demand;
}

const RESISTANT: ReadonlySet<string> = new Set(["windowshelloforbusiness", "fido2", "x509certificatemultifactor"]);
/** Methods that count as two factors by themselves. */
const TWO_FACTORS: ReadonlySet<string> = new Set([
  ...RESISTANT,
  "devicebasedpush",
  "temporaryaccesspassonetime",
  "temporaryaccesspassmultiuse",
  "federatedmultifactor",
]);

/** Microsoft's own strengths, known by their ids in every tenant. */
const BUILT_IN: ReadonlyMap<string, Demand> = new Map([
  ["00000000-0000-0000-0000-000000000002", "mfa"],
  ["00000000-0000-0000-0000-000000000003", "mfa"],
  ["00000000-0000-0000-0000-000000000004", "phishing_resistant"],
]);

const CONTROLS: ReadonlyMap<string, Demand> = new Map([
  ["block", "block"],
  ["mfa", "mfa"],
  ["compliantdevice", "other"],
  ["domainjoineddevice", "other"],
  ["approvedapplication", "other"],
  ["compliantapplication", "other"],
  ["passwordchange", "other"],
  ["riskremediation", "other"],
]);

export function stronger(a: Demand, b: Demand): Demand {
  return DEMANDS.indexOf(a) >= DEMANDS.indexOf(b) ? a : b;
}

export function isAtLeast(demand: Demand, wanted: Demand): boolean {
  return DEMANDS.indexOf(demand) >= DEMANDS.indexOf(wanted);
}

function weaker(a: Demand, b: Demand): Demand {
  return stronger(a, b) === a ? b : a;
}

/** Of several controls joined by OR whoever signs in takes the weakest. A control that is not known may ask for little or much. */
export function demandOf(grant: Grant | undefined): DemandRange {
  const parts = grant === undefined ? [] : partsOf(grant);
  if (grant === undefined || parts.length === 0) return exactly("nothing");
  // Blocked is blocked, whatever stands beside it.
  if (parts.some(({ atLeast }) => atLeast === "block")) return exactly("block");
  const join = grant.operator === "AND" ? stronger : weaker;
  return parts.reduce((a, b) => ({ atLeast: join(a.atLeast, b.atLeast), atMost: join(a.atMost, b.atMost) }));
}

function partsOf({ controls, others, strength }: Grant): readonly DemandRange[] {
  return [
    ...controls.map((control) => {
      const demand = CONTROLS.get(control.toLowerCase());
      return demand === undefined ? { atLeast: "nothing" as const, atMost: "block" as const } : exactly(demand);
    }),
    ...others.map(() => exactly("other")),
    ...(strength === undefined ? [] : [demandOfStrength(strength)]),
  ];
}

export function demandOfStrength({ id, combinations }: Strength): DemandRange {
  if (combinations !== undefined) return exactly(demandOfCombinations(combinations));
  const builtIn = BUILT_IN.get(id ?? "");
  // Somebody's own strength may allow as little as a password, or nothing that can be phished.
  return builtIn === undefined ? { atLeast: "nothing", atMost: "phishing_resistant" } : exactly(builtIn);
}

function demandOfCombinations(combinations: readonly string[]): Demand {
  if (combinations.length === 0) return "nothing";
  return combinations.map(demandOfCombination).reduce(weaker);
}

/** `password,sms`, `fido2`. */
export function demandOfCombination(combination: string): Demand {
  const methods = combination
    .toLowerCase()
    .split(",")
    .map((method) => method.trim());
  if (methods.length === 1 && RESISTANT.has(methods[0]!)) return "phishing_resistant";
  return methods.length > 1 || TWO_FACTORS.has(methods[0]!) ? "mfa" : "nothing";
}

function exactly(demand: Demand): DemandRange {
  return { atLeast: demand, atMost: demand };
}

/** The grant controls in words, for evidence. */
export function grantWords(grant: Grant | undefined): string {
  if (grant === undefined) return "none";
  const { controls, others, strength } = grant;
  const named = strength === undefined ? [] : [`strength ${strength.name ?? strength.combinations?.join(" or ") ?? strength.id ?? ""}`];
  const parts = [...controls, ...others, ...named];
  return parts.length === 0 ? "none" : parts.join(` ${grant.operator} `);
}
