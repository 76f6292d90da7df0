/** How acts on several exceptions are said. */
import type { z } from "zod";

import type { performBulk } from "../../../src/exceptions/contract-bulk.ts";

export type BulkAct = z.output<(typeof performBulk)["body"]>["act"];

interface Words {
  readonly button: string;
  /** `End 3 exceptions?` */
  readonly verb: string;
  readonly done: string;
  readonly consequence: string;
  readonly asksWhy: boolean;
}

export const BULK_WORDS: Readonly<Record<BulkAct, Words>> = {
  end: {
    button: "End now",
    verb: "End",
    done: "Ended",
    consequence: "From that moment they are not in force, and Postern takes them out of the providers. Ending cannot be undone.",
    asksWhy: true,
  },
  suspend: {
    button: "Suspend",
    verb: "Suspend",
    done: "Being suspended",
    consequence: "They are switched off in the providers until a review of each has decided; without an answer they end.",
    asksWhy: true,
  },
  claim: {
    button: "Claim",
    verb: "Claim",
    done: "Claimed",
    consequence: "You answer for each of them from then on. They still need to be approved before their time is over.",
    asksWhy: false,
  },
};
