/** Changes made to what this connection governs, by whoever made them. */
import type { Page, ProviderChange, ProviderSubject } from "../port.ts";
import { isBelow, sameDn } from "../ldap/text.ts";
import { type GroupChange, type ObjectChange, readGroupChange, readObjectChange } from "./audit.ts";
import { type LogPage, readLog } from "./audit-log.ts";
import { changesByNumber } from "./change-numbers.ts";
import { cursorText, readCursor } from "./cursor.ts";
import type { Context } from "./domain.ts";

/** Attributes of an account that open or close a way around strong sign-in. */
export const WATCHED = ["userAccountControl", "unicodePwd", "accountExpires", "primaryGroupID"] as const;
const WATCHED_NAMES = new Set<string>(WATCHED.map((name) => name.toLowerCase()));

/** From Samba's audit logs where they can be read (they say who), else by change numbers (which do not). */
export async function changes(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const { auditLogs } = context.settings;
  if (auditLogs.changes === undefined && auditLogs.groups === undefined) return changesByNumber(context, cursor);
  const from = readCursor(cursor);
  const objects = await maybeRead(auditLogs.changes, from?.changes);
  const groups = await maybeRead(auditLogs.groups, from?.groups);
  const seen = [...recordsOf(objects, readObjectChange), ...recordsOf(groups, readGroupChange)];
  const governed = seen.filter((change) => isGoverned(context, change)).sort((a, b) => inOrder(a.at, b.at) || inOrder(a.stamp, b.stamp));
  const name = namer(context);
  const items: ProviderChange[] = [];
  for (const change of governed) items.push(await describe(context, change, name));
  const next = { ...(objects && { changes: objects.position }), ...(groups && { groups: groups.position }) };
  return { items, cursor: cursorText(next), more: [objects, groups].some((log) => log?.more === true) };
}

function recordsOf<T>(log: LogPage | undefined, read: (line: string) => T | undefined): readonly T[] {
  return (log?.lines ?? []).flatMap((line) => read(line) ?? []);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function maybeRead(path: string | undefined, from: LogPage["position"] | undefined): Promise<LogPage | undefined> {
  return path === undefined ? undefined : readLog(path, from);
}

function isGoverned({ settings }: Context, change: GroupChange | ObjectChange): boolean {
  const exemptions = settings.policies.flatMap((policy) => (policy.shape === "group" ? [policy.exemptionGroupDn] : []));
  const isOurs = (dn: string) => isBelow(dn, settings.groupsOu) || exemptions.some((exemption) => sameDn(exemption, dn));
  if (change.kind === "group") return isOurs(change.group);
  // Memberships have a record of their own, which says more, where that log is read.
  if (settings.auditLogs.groups !== undefined && change.operation === "modified" && change.attributes.every((name) => name === "member"))
    return false;
  if (isOurs(change.dn) || /CN=Password Settings Container,CN=System,/i.test(change.dn)) return true;
  return (
    isBelow(change.dn, settings.baseDn) && change.operation === "modified" && change.attributes.some((name) => WATCHED_NAMES.has(name))
  );
}

interface Name {
  subject(dn: string): Promise<ProviderSubject | undefined>;
  actor(sid: string): Promise<string>;
}

/** Looks each name up once. Who is gone from the directory meanwhile is told by SID. */
function namer({ directory }: Context): Name {
  const subjects = new Map<string, Promise<ProviderSubject | undefined>>();
  const at = (dn: string) => {
    const known = subjects.get(dn) ?? directory.accountByDn(dn).then((found) => found?.account.subject);
    subjects.set(dn, known);
    return known;
  };
  return { subject: at, actor: async (sid) => (await at(`<SID=${sid}>`))?.name ?? sid };
}

async function describe(context: Context, change: GroupChange | ObjectChange, name: Name): Promise<ProviderChange> {
  const { ownSid } = await context.domain();
  const subject = await name.subject(change.kind === "group" ? change.member : change.dn);
  return {
    at: change.at,
    object: change.kind === "group" ? change.group : change.dn,
    action: change.kind === "group" ? change.action : change.operation,
    ours: change.by !== undefined && change.by === ownSid,
    ...(change.by !== undefined && { by: await name.actor(change.by) }),
    ...(subject !== undefined && { subject }),
  };
}
