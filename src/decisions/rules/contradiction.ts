/** Whether tests of one value can hold together. Says no only where it is certain. */
import type { Operand, Test } from "./rule-file.ts";

/** What the value cannot be at once, in words; undefined where nothing is found against it. */
export function contradiction(tests: readonly Test[]): string | undefined {
  return ofAbsence(tests) ?? ofConstants(tests) ?? ofNumbers(tests);
}

function ofAbsence(tests: readonly Test[]): string | undefined {
  const isAbsent = tests.some(({ op, with: operand }) => op === "exists" && !operand);
  return isAbsent && tests.some(({ op, with: operand }) => op !== "exists" || operand) ? "be left out and be compared" : undefined;
}

function ofConstants(tests: readonly Test[]): string | undefined {
  const sets = tests.flatMap(({ op, with: operand }) => (op === "equals" || op === "one_of" ? listed(operand) : []));
  if (sets.length < 2) return undefined;
  const [first = [], ...rest] = sets;
  return first.some((value) => rest.every((set) => set.includes(value))) ? undefined : "be all of these values at once";
}

function listed(operand: Operand<unknown>): readonly (readonly unknown[])[] {
  if (!("value" in operand)) return [];
  return [Array.isArray(operand.value) ? (operand.value as readonly unknown[]) : [operand.value]];
}

/** The numbers that each operator leaves open at and above, or at and below, its bound. */
const BOUNDS: Readonly<Partial<Record<Test["op"], { readonly isLower: boolean; readonly isOpen: boolean }>>> = {
  above: { isLower: true, isOpen: true },
  at_least: { isLower: true, isOpen: false },
  below: { isLower: false, isOpen: true },
  at_most: { isLower: false, isOpen: false },
};

function ofNumbers(tests: readonly Test[]): string | undefined {
  const bounds = tests.flatMap(({ op, with: operand }) => {
    const kind = BOUNDS[op];
    const at = typeof operand === "object" && "value" in operand ? operand.value : undefined;
    return kind === undefined || typeof at !== "number" ? [] : [{ ...kind, at }];
  });
  const lower = bounds.filter(({ isLower }) => isLower);
  const upper = bounds.filter(({ isLower }) => !isLower);
  const isEmpty = lower.some((low) => upper.some((high) => low.at > high.at || (low.at === high.at && (low.isOpen || high.isOpen))));
  return isEmpty ? "lie between these numbers" : undefined;
}
