/** Sign-ins as v1.0 tells them. By which method somebody signed in only the beta version says, which Microsoft may change any day. */
import { z } from "zod";

import { duration } from "../../kernel/time.ts";
import type { Page, ProviderSignIn } from "../port.ts";
import type { Context } from "./graph.ts";
import { logInstant, readLog } from "./logs.ts";

const line = z
  .object({
    id: z.string().min(1),
    createdDateTime: logInstant,
    userId: z.string(),
    appDisplayName: z.string().nullish(),
    clientAppUsed: z.string().nullish(),
    conditionalAccessStatus: z.string().nullish(),
    isInteractive: z.boolean().nullish(),
    status: z.object({ errorCode: z.number() }).nullish(),
    appliedConditionalAccessPolicies: z.array(z.object({ id: z.string().nullish(), result: z.string().nullish() })).nullish(),
  })
  .transform(({ id, createdDateTime, userId, status, ...raw }) => {
    return { id, at: createdDateTime, subject: userId, succeeded: status?.errorCode === 0, raw: { ...raw, errorCode: status?.errorCode } };
  });

export async function signIns(context: Context, cursor: string | undefined): Promise<Page<ProviderSignIn>> {
  if (!context.settings.readsSignIns) return { items: [], cursor: "", more: false };
  const log = { path: "/auditLogs/signIns", time: "createdDateTime", line, overlap: duration("PT15M"), keep: () => true };
  const page = await readLog(context, log, cursor);
  return { ...page, items: page.items.map((one) => ({ ...one, method: "unknown" })) };
}
