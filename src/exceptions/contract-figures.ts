/** The figures of the register on the wire. Null is not known, or a share of nothing; it is never zero. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

const known = z.number().nullable();
const tally = z.record(z.string(), z.number());

export const figures = z.strictObject({
  openByCategory: tally,
  openByUnit: tally,
  openByRisk: tally,
  newLast30Days: z.number(),
  endedLast30Days: z.number(),
  /** Of what is in force, since the first grant of its lineage. */
  trueAgeDays: z.strictObject({ median: known, p90: known }),
  renewalsPerLineage: known,
  /** Share of all requests that came within 365 days of one for the same. */
  repeatRate: known,
  reviews: z.strictObject({ onTime: z.number(), overdue: z.number(), unanswered: z.number() }),
  revokeShare: known,
  overstays: z.strictObject({ open: z.number(), count: z.number(), minutes: z.number() }),
  minutesToRevoke: z.strictObject({ p50: known, p95: known }),
  removalsNotSupported: z.number(),
  unregisteredBypasses: z.number(),
  /** Distinct identities under an exception in force; without those of the exceptions not counted. */
  peopleExposed: z.strictObject({ count: known, share: known, exceptionsNotCounted: z.number() }),
  shareWithTestedControl: known,
  shareWithExitOnTrack: known,
  /** Of those whose use is known. */
  unused30Days: z.strictObject({ share: known, unknown: z.number() }),
  invalidOwners: z.number(),
  decisionsByDelegate: z.number(),
  shareOfBusiestApprover: known,
});
export type FiguresView = z.output<typeof figures>;

export const registerFigures = endpoint({
  id: "registerFigures",
  method: "GET",
  path: "/api/v1/metrics/register/figures",
  summary: "The figures of the register, counted over all of it; what is not known is null",
  access: ["administrator", "iam", "security_governance", "application_owner", "executive", "auditor"],
  reply: figures,
});
