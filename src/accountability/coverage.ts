/** Whether an operation has every way in that it needs on a bad day, and none weaker than the one it stands in for. */
import type { ComponentKind } from "../estate/component.ts";
import type { AccessPath, Operation, PathRole, POPULATIONS } from "../estate/operation.ts";
import { PATH_ROLES } from "../estate/operation.ts";
import { type Strength, strengthOf, weakerBecause } from "./strength.ts";

type Population = (typeof POPULATIONS)[number];

/** What the organisation cannot do without, and what it can hardly do without: of these every way back is asked for. */
const ASKED_OF_ALL_TIERS: readonly PathRole[] = ["primary", "recovery"];
export const CRITICAL_TIER = 2;
/** These serve who gets in by the primary path, so each population needs its own; the others are for whoever may use them. */
const BY_POPULATION: readonly PathRole[] = ["fallback", "recovery"];

export interface CoverageGap {
  readonly kind: "pathMissing" | "pathWeaker";
  readonly role: PathRole;
  /** Whom it is missing for; null: everybody. */
  readonly population: Population | null;
  /** Key of the weaker path. */
  readonly path: string | null;
  readonly statement: string;
}

export interface CoveredPath extends Pick<AccessPath, "key" | "name" | "role" | "population"> {
  readonly strength: Strength;
}

export interface Coverage {
  readonly paths: readonly CoveredPath[];
  /** The roles it has to have. */
  readonly asked: readonly PathRole[];
  readonly gaps: readonly CoverageGap[];
}

const ROLE_WORDS: Readonly<Record<PathRole, string>> = {
  primary: "primary path",
  fallback: "fallback",
  recovery: "recovery path",
  "break-glass": "break-glass path",
  rollback: "rollback",
};

export function coverageOf(operation: Operation, kindOf: (component: string) => ComponentKind | undefined): Coverage {
  const paths = operation.paths.map((path): CoveredPath => {
    const { key, name, role, population } = path;
    return { key, name, role, population, strength: strengthOf(path, kindOf) };
  });
  const asked = operation.criticality <= CRITICAL_TIER ? PATH_ROLES : ASKED_OF_ALL_TIERS;
  return { paths, asked, gaps: [...asked.flatMap((role) => missing(operation.name, role, paths)), ...weaker(operation.name, paths)] };
}

function missing(name: string, role: PathRole, paths: readonly CoveredPath[]): readonly CoverageGap[] {
  const found = paths.filter((path) => path.role === role);
  const gap = (population: Population | null, words: string): CoverageGap => ({
    kind: "pathMissing",
    role,
    population,
    path: null,
    statement: `${name} has no ${ROLE_WORDS[role]}${words}.`,
  });
  if (found.length === 0) return [gap(null, "")];
  if (!BY_POPULATION.includes(role)) return [];
  const served = new Set(paths.filter((path) => path.role === "primary").map(({ population }) => population));
  return [...served]
    .filter((population) => !found.some((path) => path.population === population))
    .map((population) => gap(population, ` for ${POPULATION_WORDS[population]}`));
}

export const POPULATION_WORDS: Readonly<Record<Population, string>> = {
  human: "people",
  privileged: "privileged people",
  machine: "machines",
  "third-party": "third parties",
};

/** A rollback undoes a change, and nobody gets in by it. */
const STANDS_IN: readonly PathRole[] = ["fallback", "recovery", "break-glass"];

function weaker(name: string, paths: readonly CoveredPath[]): readonly CoverageGap[] {
  const primaries = paths.filter(({ role }) => role === "primary");
  return paths
    .filter(({ role }) => STANDS_IN.includes(role))
    .flatMap((path) => {
      const own = primaries.filter(({ population }) => population === path.population);
      const recovered = own.length > 0 ? own : primaries;
      // No weaker than one of the doors there are opens no new one.
      const reasons = recovered.map((primary) => ({ primary, why: weakerBecause(path.strength, primary.strength) }));
      const [first] = reasons;
      if (first === undefined || reasons.some(({ why }) => why === undefined)) return [];
      const statement = `The ${ROLE_WORDS[path.role]} “${path.name}” of ${name} is weaker than “${first.primary.name}”: ${first.why}.`;
      return [{ kind: "pathWeaker" as const, role: path.role, population: path.population, path: path.key, statement }];
    });
}
