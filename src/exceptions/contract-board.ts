/** The register for those who answer for the whole. Null is not known; it is never zero. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { figures, registerFigures } from "./contract-figures.ts";

const count = z.number().int();

const ownerShare = z.strictObject({
  /** Null: nobody answers for these any more. */
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
  exceptions: count,
  /** By days of true age. */
  byAge: z.strictObject({ under90: count, under180: count, under365: count, older: count }),
  oldestDays: count,
  /** Those whose residual risk is high or critical. */
  highRisk: count,
});

const stay = z.strictObject({
  id: z.string(),
  ref: z.string(),
  title: z.string(),
  owner: z.string().nullable(),
  ownerName: z.string().nullable(),
  from: z.string(),
  /** Null while it lasts. */
  to: z.string().nullable(),
  minutes: count,
});

const monthFigures = z.strictObject({
  granted: count,
  grantedOverYear: count,
  risksAccepted: count,
  overstaying: count,
  overstayMinutes: count,
  asked: count,
  ended: count,
  /** Null: nothing was seen to be gone in this month. */
  minutesToRevoke: z.number().nullable(),
  reviewsMissed: count,
});

const boardView = z.strictObject({
  at: z.string(),
  /** When anything was recorded first; null before. */
  recordedSince: z.string().nullable(),
  figures,
  /** Exceptions in force by who answers for them: those for whom nobody does first, then by how many they carry; 12 at most. */
  owners: z.array(ownerShare),
  /** What the list of owners leaves out. */
  otherOwners: z.strictObject({ owners: count, exceptions: count }),
  /** Of the last 365 days: still held first, then the longest; 8 at most. */
  overstays: z.array(stay),
  overstaysInAll: count,
  /** Not over, and nobody has seen whether the provider holds it. */
  notReadBack: count,
  /** Oldest first, the running one last. Null: nothing was recorded yet when the month ended. */
  months: z.array(z.strictObject({ month: z.string(), isWhole: z.boolean(), figures: monthFigures.nullable() })),
});
export type BoardView = z.output<typeof boardView>;

export const registerBoard = endpoint({
  id: "registerBoard",
  method: "GET",
  path: "/api/v1/metrics/register/board",
  summary: "The register for the board: risk by owner and age, what overstayed, what is unknown, and the last 13 months",
  access: registerFigures.access,
  reply: boardView,
});
