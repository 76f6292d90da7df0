/** Where reading of logs and change numbers goes on. Opaque to everybody else. */
import { z } from "zod";

import { ProviderFault } from "../port.ts";

const position = z.strictObject({ file: z.string(), offset: z.number().int().min(0) });

const cursor = z.strictObject({
  signIns: position.optional(),
  changes: position.optional(),
  groups: position.optional(),
  /** Change numbers mean something on one server only, and only until its database is restored: `invocation` names both. */
  usn: z.strictObject({ invocation: z.string(), next: z.string().regex(/^\d+$/), at: z.string() }).optional(),
});

export type Cursor = z.infer<typeof cursor>;

export function cursorText(at: Cursor): string {
  return JSON.stringify(at);
}

/** Undefined for the beginning. A cursor that cannot be read is a fault: beginning anew in silence would repeat or lose changes. */
export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return cursor.parse(JSON.parse(text));
  } catch (cause) {
    throw new ProviderFault("fault", "The cursor is none that this connector gave.", { cause });
  }
}
