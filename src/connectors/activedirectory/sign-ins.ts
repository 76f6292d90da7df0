/** Sign-ins as Samba's authentication audit recorded them. */
import { createHash } from "node:crypto";

import type { Page, ProviderSignIn } from "../port.ts";
import { readSignIn } from "./audit.ts";
import { readLog } from "./audit-log.ts";
import { cursorText, readCursor } from "./cursor.ts";
import type { Context } from "./domain.ts";

/** Empty without a log to read: Active Directory itself keeps sign-ins where LDAP does not reach. */
export async function signIns({ settings }: Context, cursor: string | undefined): Promise<Page<ProviderSignIn>> {
  const path = settings.auditLogs.signIns;
  if (path === undefined) return { items: [], cursor: cursor ?? "", more: false };
  const { lines, position, more } = await readLog(path, readCursor(cursor)?.signIns);
  const items = lines.flatMap((line) => {
    const record = readSignIn(line);
    if (record === undefined) return [];
    const { at, account, succeeded, method, fields } = record;
    return [{ id: createHash("sha256").update(line).digest("hex").slice(0, 32), at, subject: account, succeeded, method, raw: fields }];
  });
  return { items, cursor: cursorText({ signIns: position }), more };
}
