import { z } from "zod";

import type { Seat } from "./seat.ts";

/** Who sits somewhere, and whether anybody of them is still there. */
export const seatView = z.strictObject({
  kind: z.enum(["person", "team"]),
  id: z.string(),
  name: z.string(),
  isFilled: z.boolean(),
});
export type SeatView = z.output<typeof seatView>;

export const seatBody = z
  .strictObject({ kind: z.enum(["person", "team"]), id: z.string().max(60) })
  .transform((seat) => seat as unknown as Seat);
