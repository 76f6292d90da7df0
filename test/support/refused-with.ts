import { expect } from "vitest";

/** Matches a `Refused` of exactly this code: `await expect(…).rejects.toEqual(refusedWith("access.linkInvalid"))`. */
export function refusedWith(code: string): unknown {
  return expect.objectContaining({ name: "Refused", reasons: [expect.objectContaining({ code })] });
}
