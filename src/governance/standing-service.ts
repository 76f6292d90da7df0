/** Looks up what a risk names: what it is there now, and what is not there at all. */
import type { ExceptionId } from "../exceptions/version.ts";
import type { PersonId } from "../people/index.ts";
import { type Basis, changesSince, type Change, lockOutSetId, type Standing, type StandsOn } from "./standing.ts";
import type { RiskAcceptance } from "./risk-acceptance.ts";

/** `text`: everything that makes it what it is. Each throws where it cannot tell. */
export interface StandingWorld {
  /** Undefined where there is none. */
  exceptionStanding(id: string): Promise<{ readonly text: string; readonly isOver: boolean } | undefined>;
  /** Undefined where there is none, or it is retired. */
  operationStanding(key: string): Promise<{ readonly text: string } | undefined>;
  /** `smaller`: some of these failures are enough. `gone`: these lock nobody out. */
  lockOutSetStanding(operation: string, failures: readonly string[]): Promise<"minimal" | "smaller" | "gone">;
  findingStanding(id: string): Promise<{ readonly text: string; readonly isMended: boolean } | undefined>;
  /** Who is to mend it; undefined where nobody is, or there is none. */
  findingOwner(id: string): Promise<PersonId | undefined>;
}

type Named = Omit<StandsOn, "basis"> & { readonly exceptions: readonly ExceptionId[] };
type Hash = (text: string) => string;

/** What each is now; what is not there or over cannot be put before anybody. */
export async function loadBasis(
  world: StandingWorld,
  named: Named,
  hash: Hash,
): Promise<{ basis: readonly Basis[]; missing: readonly string[] }> {
  const basis: Basis[] = [];
  const missing: string[] = [];
  for (const { kind, id } of namedIn(named)) {
    const standing = await lookUp(world, kind, id, named, hash);
    if (typeof standing === "object") basis.push({ kind, id, digest: standing.digest });
    // An exception that has ended by now may still be answered for; a request that stands on the risk may follow it.
    else if (standing === "over") basis.push({ kind, id, digest: OVER });
    else missing.push(id);
  }
  return { basis, missing };
}

/** Of one that was over when it was named: that it is over is no change. */
const OVER = "over";

export interface Looking {
  readonly hash: Hash;
  /** What becomes of what nobody can tell now: it takes nothing back, and lets nothing be accepted. */
  readonly unknown: "is no change" | "is thrown";
}

export async function loadChanges(world: StandingWorld, risk: RiskAcceptance, { hash, unknown }: Looking): Promise<readonly Change[]> {
  const { standsOn, exceptions } = risk;
  if (standsOn === undefined) return [];
  const found = new Map<Basis, Standing>();
  const named = { ...standsOn, exceptions };
  for (const each of standsOn.basis) {
    const looking = lookUp(world, each.kind, each.id, named, hash);
    const standing = await (unknown === "is thrown" ? looking : looking.catch(() => undefined));
    found.set(each, standing === "over" && each.digest === OVER ? each : standing);
  }
  return changesSince(standsOn.basis, risk.designIssue !== null, (each) => found.get(each));
}

function namedIn({ exceptions, operations, lockOutSets, findings }: Named): readonly Pick<Basis, "kind" | "id">[] {
  return [
    ...exceptions.map((id) => ({ kind: "exception" as const, id })),
    ...operations.map((id) => ({ kind: "operation" as const, id })),
    ...lockOutSets.map((set) => ({ kind: "lockOutSet" as const, id: lockOutSetId(set) })),
    ...findings.map((id) => ({ kind: "finding" as const, id })),
  ];
}

async function lookUp(world: StandingWorld, kind: Basis["kind"], id: string, named: Named, hash: Hash): Promise<Standing> {
  switch (kind) {
    case "exception": {
      const found = await world.exceptionStanding(id);
      if (found === undefined) return "gone";
      return found.isOver ? "over" : { digest: hash(found.text) };
    }
    case "operation": {
      const found = await world.operationStanding(id);
      return found === undefined ? "gone" : { digest: hash(found.text) };
    }
    case "finding": {
      const found = await world.findingStanding(id);
      return found === undefined || found.isMended ? "gone" : { digest: hash(found.text) };
    }
    case "lockOutSet": {
      const set = named.lockOutSets.find((each) => lockOutSetId(each) === id);
      const standing = set === undefined ? "gone" : await world.lockOutSetStanding(set.operation, set.failures);
      return standing === "gone" ? standing : { digest: hash(standing) };
    }
  }
}
