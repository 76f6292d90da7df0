/** What two people typed into the same draft, brought together field by field. */
import { isSame, merged } from "../../../src/kernel/merge.ts";
import type { TypedRequest } from "./typed-request.ts";

type Key = keyof TypedRequest;

/** What is judged as one: half of a pair from each would be a third thing that nobody typed. */
export interface Field {
  readonly label: string;
  readonly keys: readonly Key[];
}

export const FIELDS: readonly Field[] = [
  { label: "Title", keys: ["title"] },
  { label: "Why no stronger way exists today", keys: ["justification"] },
  { label: "Kind of reason", keys: ["reasonClass"] },
  { label: "What is weakened", keys: ["connection", "policy", "lostMethod"] },
  { label: "Let through instead", keys: ["fallback"] },
  { label: "What that depends on", keys: ["dependencies"] },
  { label: "Who is let through", keys: ["scope"] },
  { label: "What guards it meanwhile", keys: ["controls"] },
  { label: "Risk without controls", keys: ["inherentRisk"] },
  { label: "Risk with controls", keys: ["residualRisk"] },
  { label: "From", keys: ["fromDay"] },
  { label: "Until the end of", keys: ["untilDay", "untilAt"] },
  { label: "What replaces it", keys: ["exitWhat"] },
  { label: "Who brings that about", keys: ["exitOwner"] },
  { label: "Tracked in", keys: ["remediationRef"] },
  { label: "Milestones", keys: ["milestones"] },
  { label: "Business owner", keys: ["businessOwner"] },
  { label: "Deputy", keys: ["deputy"] },
  { label: "Implementer", keys: ["implementer"] },
  { label: "On call", keys: ["onCall"] },
  { label: "Vendor and contract", keys: ["vendor", "contract"] },
  { label: "Design issue", keys: ["designIssue"] },
  { label: "Risk acceptance", keys: ["riskAcceptance"] },
  { label: "Evidence", keys: ["evidence"] },
];

export interface MergedRequest {
  /** What is on the screen with the changes of the other in it; in a conflict, mine. */
  readonly typed: TypedRequest;
  /** What it all began as now: theirs, but in a conflict as before, so that it is found again until somebody has chosen. */
  readonly base: TypedRequest;
  /** Fields whose change by the other was taken in. */
  readonly takenIn: readonly Field[];
  readonly conflicts: readonly Field[];
}

/** `mine` and `theirs` both began as `base`. What is on the screen stays as it is typed where the other changed nothing. */
export function mergeTyped(base: TypedRequest, mine: TypedRequest, theirs: TypedRequest, onScreen: TypedRequest): MergedRequest {
  let typed = onScreen;
  const takenIn: Field[] = [];
  const conflicts: Field[] = [];
  for (const field of FIELDS) {
    const part = field.keys.length === 1 ? mergeOne(field.keys[0]!, base, mine, theirs) : mergeTogether(field, base, mine, theirs);
    if (part === undefined) conflicts.push(field);
    else if (!isSame(part, pick(mine, field))) {
      typed = { ...typed, ...part };
      takenIn.push(field);
    }
  }
  return { typed, base: Object.assign({ ...theirs }, ...conflicts.map((field) => pick(base, field))), takenIn, conflicts };
}

function mergeOne(key: Key, base: TypedRequest, mine: TypedRequest, theirs: TypedRequest): Partial<TypedRequest> | undefined {
  const value = merged<unknown>(base[key], mine[key], theirs[key]);
  return value && { [key]: value.value };
}

function mergeTogether(field: Field, base: TypedRequest, mine: TypedRequest, theirs: TypedRequest): Partial<TypedRequest> | undefined {
  return merged(pick(base, field), pick(mine, field), pick(theirs, field))?.value;
}

/** The part of a request that a field is. */
export function pick(typed: TypedRequest, { keys }: Field): Partial<TypedRequest> {
  return Object.fromEntries(keys.map((key) => [key, typed[key]]));
}
