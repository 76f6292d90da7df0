import type { Refusal } from "../../src/kernel/problem.ts";

/** Of itself these say all there is: what the form's own rules ask for, and what the console met before it reached the server. */
const SELF_EVIDENT = /^(http\.invalidInput$|console\.)/;

/** Why not, in words, and where they come from a refusal of the server the page of it, which the same server has. */
export function Reason({ of }: { of: Refusal | string }) {
  if (typeof of === "string") return of;
  if (SELF_EVIDENT.test(of.code)) return of.detail;
  return (
    <span>
      {of.detail}{" "}
      <a href={`/problems/${of.code}`} target="_blank" rel="noreferrer">
        About this<span className="unseen"> refusal, in a new tab: {of.code}</span>
      </a>
    </span>
  );
}

/** Tells two of them apart. */
export function reasonKey(of: Refusal | string): string {
  return typeof of === "string" ? of : `${of.code}${of.at}${of.detail}`;
}
