import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the findings module refuses with; each has a page in docs/problems. */
export const FINDINGS_REFUSALS = {
  "findings.notFound": "No such finding",
  "findings.mended": "It was mended",
  "findings.notYours": "Only those who answer for it may do this",
  "findings.ownerNotAllowed": "A finding belongs to somebody who is here and may own",
} as const;

export type FindingsRefusal = keyof typeof FINDINGS_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: FindingsRefusal, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, at === undefined ? {} : { at })] : [];
}
