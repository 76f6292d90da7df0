/** PIM for Groups: memberships that Entra ID ends by itself. A second lock; our own revocation is the first. */
import { z } from "zod";

import { type Instant, parseInstant } from "../../kernel/time.ts";
import type { ApiAnswer } from "../http/client.ts";
import { type GrantOrder, ProviderFault } from "../port.ts";
import { isDirectMember, repeated, seen } from "./exemptions.ts";
import { type Context, errorCode, itemsOf, readAs } from "./graph.ts";

const BASE = "/identityGovernance/privilegedAccess/group";
export const PIM_PERMISSION = "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup";

/** Whether the tenant has PIM for Groups, and lets us use it. */
export async function hasPim(context: Context): Promise<boolean> {
  const { roles } = await context.tokens.get();
  if (roles?.has(PIM_PERMISSION) === false) return false;
  context.pim ??= askForPim(context).catch((error: unknown) => {
    context.pim = undefined;
    throw error;
  });
  return context.pim;
}

async function askForPim(context: Context): Promise<boolean> {
  const { status, json } = await context.graph.send({
    method: "GET",
    path: `${BASE}/assignmentSchedules`,
    query: { $filter: `groupId eq '${context.settings.policies[0]!.poolId}'`, $top: 1 },
    expect: [400, 403, 404],
  });
  if (status === 200) {
    readAs(z.object({ value: z.array(z.unknown()) }), json, `${BASE}/assignmentSchedules`);
    return true;
  }
  // Without the licence, or without the right: the tenant's memberships have no end of their own for us.
  if (errorCode(json) !== undefined) return false;
  throw new ProviderFault("fault", `Graph answered ${status} to the question for PIM, without saying why.`);
}

const answered = z.object({
  status: z.string(),
  scheduleInfo: z.object({ expiration: z.object({ endDateTime: z.string().nullish() }) }),
});
const DONE: ReadonlySet<string> = new Set(["Provisioned", "Granted", "ScheduleCreated", "PendingProvisioning", "PendingScheduleCreation"]);

/**
 * Puts the subject into the group until the grant's end. Undefined where PIM will not: its least is five minutes, the most is the
 * tenant's policy, and licences end. Then the membership is made without it.
 */
export async function assign(context: Context, groupId: string, order: GrantOrder): Promise<Instant | undefined> {
  // PIM hears of a new group after seconds, at times minutes.
  const first = await repeated(context, () => request(context, groupId, order, "adminAssign"), isHeardOf);
  if (first.status === 201) return endIn(first.json, order);
  const code = errorCode(first.json);
  if (code === "RoleAssignmentExists") return prolong(context, groupId, order);
  return refused(context, first);
}

/** There is an assignment already. Where PIM will not move its end, it goes: else PIM would take the subject out at the old one. */
async function prolong(context: Context, groupId: string, order: GrantOrder): Promise<Instant | undefined> {
  const answer = await request(context, groupId, order, "adminUpdate");
  if (answer.status === 201) return endIn(answer.json, order);
  refused(context, answer);
  const old = await findAssignment(context, groupId, order.subject.key);
  const end = parseInstant(old?.scheduleInfo?.expiration?.endDateTime ?? "");
  if (end === undefined || end >= order.validUntil) return undefined;
  const removal = await request(context, groupId, order, "adminRemove");
  if (removal.status !== 201) return end;
  // Put in before PIM has taken it out, the subject would be taken out again.
  await seen(context, async () => !(await isDirectMember(context, groupId, order.subject.key)), "that PIM took the member out");
  return undefined;
}

/** A refusal is one only where PIM says why. Whether it may be used at all any more is asked again the next time. */
function refused(context: Context, { status, json }: ApiAnswer): undefined {
  if (errorCode(json) === undefined) throw new ProviderFault("fault", `PIM answered ${status} to an assignment, without saying why.`);
  context.pim = undefined;
}

function isHeardOf({ status, json }: ApiAnswer): boolean {
  return status !== 404 && errorCode(json) !== "SubjectNotFound";
}

function endIn(json: unknown, order: GrantOrder): Instant {
  const { status, scheduleInfo } = readAs(answered, json, "an assignment by PIM");
  if (!DONE.has(status)) throw new ProviderFault("fault", `PIM left an assignment in the state ${status}.`);
  const end = parseInstant(scheduleInfo.expiration.endDateTime ?? "");
  if (end === undefined || end > order.validUntil)
    throw new ProviderFault("fault", "PIM gave an assignment another end than was asked for.");
  return end;
}

/**
 * Has PIM forget what it holds for the subject, once the memberships are gone. They are what let somebody through: what PIM refuses
 * (the first five minutes), cannot do any more (the licence ran out) or does not answer keeps nobody in.
 */
export async function forget(context: Context, groups: readonly string[], order: GrantOrder): Promise<void> {
  try {
    if (groups.length === 0 || !(await hasPim(context))) return;
    for (const groupId of groups)
      if ((await findAssignment(context, groupId, order.subject.key)) !== undefined) await request(context, groupId, order, "adminRemove");
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    context.pim = undefined;
  }
}

const schedule = z.object({
  groupId: z.string(),
  principalId: z.string(),
  scheduleInfo: z.object({ expiration: z.object({ endDateTime: z.string().nullish() }).nullish() }).nullish(),
});

async function findAssignment(context: Context, groupId: string, subjectKey: string): Promise<z.infer<typeof schedule> | undefined> {
  const query = { $filter: `groupId eq '${groupId}' and principalId eq '${subjectKey}'` };
  for await (const one of itemsOf(context.graph, `${BASE}/assignmentSchedules`, query, schedule))
    if (one.groupId === groupId && one.principalId === subjectKey) return one;
  return undefined;
}

function request({ graph }: Context, groupId: string, order: GrantOrder, action: "adminAssign" | "adminUpdate" | "adminRemove") {
  const expiration = { type: "afterDateTime", endDateTime: order.validUntil };
  return graph.send({
    method: "POST",
    path: `${BASE}/assignmentScheduleRequests`,
    body: {
      accessId: "member",
      action,
      groupId,
      principalId: order.subject.key,
      justification: `Exception ${order.ref}`,
      ticketInfo: { ticketNumber: order.ref, ticketSystem: "Postern" },
      ...(action !== "adminRemove" && { scheduleInfo: { startDateTime: order.validFrom, expiration } }),
    },
    expect: [400, 403, 404, 409],
  });
}
