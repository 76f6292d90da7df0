/**
 * Three-valued logic, as Kleene has it. What is not said, or said in another type, makes a comparison neither true nor false: it is
 * unknown, and its opposite is unknown too. So a `not` opens no door by something being left out.
 */
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;
export type Truth = typeof FALSE | typeof TRUE | typeof UNKNOWN;

export function truth(holds: boolean): Truth {
  return holds ? TRUE : FALSE;
}

export function not(of: Truth): Truth {
  return of === UNKNOWN ? UNKNOWN : of === TRUE ? FALSE : TRUE;
}
