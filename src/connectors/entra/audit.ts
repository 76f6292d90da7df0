/** Who changed a governed policy, a pool, a group of ours or a group that a governed policy leaves out: from the directory's audit log. */
import { z } from "zod";

import { duration } from "../../kernel/time.ts";
import type { Page, ProviderChange, ProviderSubject } from "../port.ts";
import { poolOf } from "./exemptions.ts";
import type { Context } from "./graph.ts";
import { type LogLine, logInstant, readLog } from "./logs.ts";
import { isCalledLikeOurs, type Mark } from "./map.ts";
import { policiesOf } from "./policies.ts";

const target = z.object({
  id: z.string().nullish(),
  type: z.string().nullish(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  modifiedProperties: z
    .array(z.object({ displayName: z.string().nullish(), oldValue: z.string().nullish(), newValue: z.string().nullish() }))
    .nullish(),
});
type Target = z.infer<typeof target>;

const author = z.object({
  app: z.object({ appId: z.string().nullish(), servicePrincipalId: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
  user: z.object({ id: z.string().nullish(), userPrincipalName: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
});

const line = z
  .object({
    id: z.string().min(1),
    activityDateTime: logInstant,
    activityDisplayName: z.string(),
    category: z.string(),
    result: z.string().nullish(),
    initiatedBy: author,
    targetResources: z.array(target).nullish(),
  })
  .transform((read) => ({
    id: read.id,
    at: read.activityDateTime,
    activity: read.activityDisplayName,
    failed: read.result === "failure",
    by: read.initiatedBy,
    targets: read.targetResources ?? [],
  }));
type Line = z.infer<typeof line> & LogLine;

/** Writes memberships for whoever ordered them of PIM; the application's id is the same in every tenant. */
const PIM_APP = "01fc33a7-78ba-4d2f-a4b7-768e336e890e";

/** Groups that decide who is let through, with our mark where they are ours; and policies. */
interface Governed {
  readonly groups: ReadonlyMap<string, Mark | undefined>;
  readonly policies: ReadonlySet<string>;
}

export async function changes(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const governed = await governedBy(context);
  const { servicePrincipalId } = await context.tokens.get();
  const log = {
    path: "/auditLogs/directoryAudits",
    time: "activityDateTime",
    filter: "category eq 'GroupManagement' or category eq 'Policy'",
    line,
    // Of what is governed there are few lines: to know those again for long costs little, to miss one much.
    overlap: duration("PT2H"),
    keep: (one: Line) => !one.failed && objectOf(governed, one) !== undefined,
  };
  const page = await readLog(context, log, cursor);
  return { ...page, items: page.items.map((one) => changeOf(context, governed, servicePrincipalId, one)) };
}

async function governedBy(context: Context): Promise<Governed> {
  const { policies } = context.settings;
  const groups = new Map<string, Mark | undefined>();
  for await (const { id, exclude } of policiesOf(context)) {
    if (policies.some(({ policyId }) => policyId === id.toLowerCase()))
      for (const one of exclude.groups) groups.set(one.toLowerCase(), undefined);
  }
  for (const policy of policies) {
    groups.set(policy.poolId, undefined);
    for await (const { object, mark } of poolOf(context, policy)) if (object.type === "group") groups.set(object.id, mark);
  }
  return { groups, policies: new Set(policies.map(({ policyId }) => policyId)) };
}

interface Changed {
  readonly id: string;
  readonly name: string;
}

/** The governed object that a line is about. */
function objectOf({ groups, policies }: Governed, { targets }: Line): Changed | undefined {
  for (const one of targets) {
    const id = (one.id ?? "").toLowerCase();
    if (policies.has(id)) return { id, name: one.displayName ?? id };
    const group = groupIn(one);
    if (groups.has(group.id) || isCalledLikeOurs(group.name)) return group;
  }
  return undefined;
}

/** The group whose membership changed is named in the member's properties; else the target is the group. */
function groupIn({ id, type, displayName, modifiedProperties }: Target): Changed {
  const property = (name: string) => {
    const found = modifiedProperties?.find((one) => one.displayName === name);
    return unquoted(found?.newValue) ?? unquoted(found?.oldValue);
  };
  const own = type === "Group" ? { id, name: displayName } : undefined;
  return { id: (property("Group.ObjectID") ?? own?.id ?? "").toLowerCase(), name: property("Group.DisplayName") ?? own?.name ?? "" };
}

/** Values are JSON in text: `"\"Postern EXC-2026-0007\""`. */
function unquoted(text: string | null | undefined): string | undefined {
  const bare = text?.replace(/^"(.*)"$/s, "$1");
  return bare === undefined || bare === "" ? undefined : bare;
}

function changeOf(context: Context, governed: Governed, servicePrincipalId: string | undefined, one: Line): ProviderChange {
  const object = objectOf(governed, one)!;
  const subject = subjectIn(one, object);
  const by = authorIn(one);
  return {
    at: one.at,
    object: object.name === "" ? object.id : object.name,
    action: actionOf(one.activity),
    ours: isByUs(context, servicePrincipalId, one) || isByPimForUs(governed, object, subject, one),
    ...(subject !== undefined && { subject }),
    ...(by !== undefined && { by }),
  };
}

function authorIn({ by: { app, user } }: Line): string | undefined {
  return user?.userPrincipalName ?? user?.id ?? app?.displayName ?? app?.servicePrincipalId ?? undefined;
}

function isByUs({ settings }: Context, servicePrincipalId: string | undefined, { by: { app } }: Line): boolean {
  return app?.appId === settings.clientId || (servicePrincipalId !== undefined && app?.servicePrincipalId === servicePrincipalId);
}

/** PIM put in, or took out, whom the group of ours is for. Of a group that has left its pool the mark is not known, and does not matter. */
function isByPimForUs({ groups }: Governed, { id }: Changed, subject: ProviderSubject | undefined, { by }: Line): boolean {
  if (by.app?.appId !== PIM_APP) return false;
  const mark = groups.get(id);
  return groups.has(id) ? mark !== undefined && mark.subjectKey === subject?.key : true;
}

function subjectIn({ activity, targets }: Line, object: Changed): ProviderSubject | undefined {
  if (!/member/i.test(activity)) return undefined;
  const found = targets.find(({ id }) => typeof id === "string" && id.toLowerCase() !== object.id);
  if (found?.id === null || found?.id === undefined) return undefined;
  const name = found.userPrincipalName ?? found.displayName ?? found.id;
  return { kind: found.type === "Group" ? "group" : found.type === "User" ? "user" : "service", key: found.id.toLowerCase(), name };
}

function actionOf(activity: string): ProviderChange["action"] {
  if (/^(hard )?delete/i.test(activity)) return "deleted";
  if (/^remove/i.test(activity)) return "removed";
  return /^add/i.test(activity) ? "added" : "modified";
}
