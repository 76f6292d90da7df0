/** The start page on the wire: what needs the caller, what ended, what did not, and what nobody knows. */
import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";
import { exceptionRow } from "./contract-views.ts";

/** The first few, and whether there are more. */
const few = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item), hasMore: z.boolean() });

const waiting = z.strictObject({
  kind: z.enum(["vote", "review", "reminder", "escalation", "draft"]),
  exception: exceptionRow,
  /** When somebody has to have answered; null where nothing presses. */
  dueAt: z.string().nullable(),
  /** Of a review, a reminder or an escalation: what it is about. */
  cause: z.string().nullable(),
  /** Id of the review. */
  review: z.string().nullable(),
});
export type WaitingView = z.output<typeof waiting>;

const todayView = z.strictObject({
  /** `all`: the caller reads for the organisation. `own`: what they asked for or answer for. */
  scope: z.enum(["all", "own"]),
  needsMe: few(waiting),
  /** Seen to be gone within the last seven days, the newest first. */
  ended: few(z.strictObject({ exception: exceptionRow, closedAt: z.string() })),
  /** The right to it is over, and the way in is not known to be. */
  notEnded: few(exceptionRow),
  unknown: z.strictObject({
    /** In force, and no provider was read that says so. */
    exceptions: few(exceptionRow),
    /** Null for those who may not read of bypasses. */
    unregisteredBypasses: z.number().nullable(),
    /** Providers not read in full for an hour, or never. */
    unreadProviders: z.array(z.strictObject({ id: z.string(), name: z.string(), readAt: z.string().nullable() })),
  }),
});
export type TodayView = z.output<typeof todayView>;

export const showToday = endpoint({
  id: "showToday",
  method: "GET",
  path: "/api/v1/today",
  summary: "What needs the caller, what ended, what did not end, what is unknown: the first few of each",
  access: "signedIn",
  reply: todayView,
});
