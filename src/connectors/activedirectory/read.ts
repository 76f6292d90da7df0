/** The read-back: is our grant there, and is the subject let through at all, by whatever way. */
import { addDuration, durationOfMs, earliest, type Instant } from "../../kernel/time.ts";
import { filterValue } from "../ldap/text.ts";
import type { GrantOrder, ReadBack } from "../port.ts";
import { bypassKey } from "./bypass-of.ts";
import { inChain } from "./client.ts";
import type { GroupPolicy } from "./config.ts";
import { refsBySubject } from "./discover.ts";
import { type Context, loadGroup, readHead, rollsPasswords } from "./domain.ts";
import { policyOf } from "./grant.ts";
import { type Account, ACCOUNT_ATTRIBUTES, canSignIn, controlEvidence, hasBit, type OwnGroup } from "./map.ts";
import { decodeStamps, instantOfGeneralizedTime, instantOfStamp, passwordSetBehindBit, ATTRIBUTE, type Stamp, UAC } from "./values.ts";

type Way = ReadBack["otherWays"][number];

interface Ways {
  readonly configured: boolean;
  readonly effective: boolean;
  readonly others: readonly Way[];
  readonly evidence: Readonly<Record<string, string>>;
  /** The latest instant at which the gate can have been closed; tickets from before it may live on. */
  readonly closedBy?: Instant | undefined;
}

export async function read(context: Context, order: GrantOrder): Promise<ReadBack> {
  const readAt = context.now();
  const policy = policyOf(context, order.policy);
  if (policy === undefined) {
    return { configured: false, effective: "unknown", otherWays: [], evidence: { policy: `${order.policy} is not governed` }, readAt };
  }
  const found = await context.directory.account(order.subject.key, [...ACCOUNT_ATTRIBUTES, "replPropertyMetaData"]);
  if (found === undefined)
    return { configured: false, effective: false, otherWays: [], evidence: { subject: "gone from the directory" }, readAt };
  const { account, entry } = found;
  const stamps = decodeStamps(entry.bytes("replPropertyMetaData")[0]);
  const ways =
    policy.shape === "group" ? await groupWays(context, policy, account, order) : await attributeWays(context, account, stamps, order);
  const { closedBy, configured, evidence } = ways;
  const usable = canSignIn(account, readAt);
  const effective = ways.effective && usable;
  const residualUntil = effective || closedBy === undefined ? undefined : ticketEnd(context, earliest(closedBy, readAt));
  return {
    configured,
    effective,
    otherWays: usable ? ways.others : [],
    evidence: { ...evidence, ...(!usable && { account: "disabled or expired: nobody can sign in with it" }) },
    ...(residualUntil !== undefined && residualUntil > readAt && { residualUntil }),
    readAt,
  };
}

/** Until when a ticket got at an instant may live. */
export function ticketEnd({ settings }: Context, from: Instant): Instant {
  return addDuration(from, durationOfMs(settings.ticketLifetimeHours * 3_600_000));
}

async function attributeWays(
  context: Context,
  account: Account,
  stamps: ReadonlyMap<number, Stamp> | undefined,
  { policy, ref, subject }: GrantOrder,
): Promise<Ways> {
  const refs = (await refsBySubject(context, policy)).get(subject.key) ?? [];
  const cleared = !hasBit(account, UAC.smartcardRequired);
  const setAt = cleared ? undefined : await hiddenReset(context, stamps);
  const others: Way[] = [];
  if (cleared) {
    for (const other of refs.filter((one) => one !== ref)) {
      others.push({
        key: bypassKey.requirement(subject.key, other),
        words: `${other} lets the subject do without a smart card`,
        grantRef: other,
      });
    }
    if (refs.length === 0)
      others.push({ key: bypassKey.requirement(subject.key), words: "The smart card is not demanded, and no exception says so" });
  }
  if (setAt !== undefined) {
    others.push({ key: bypassKey.hiddenReset(subject.key), words: `A password set on ${setAt} works although a smart card is demanded` });
  }
  const control = stamps?.get(ATTRIBUTE.userAccountControl);
  return {
    configured: cleared && refs.includes(ref),
    effective: cleared || setAt !== undefined,
    others,
    evidence: controlEvidence(account),
    closedBy: control === undefined ? undefined : instantOfStamp(control),
  };
}

async function hiddenReset(context: Context, stamps: ReadonlyMap<number, Stamp> | undefined): Promise<Instant | undefined> {
  if (stamps === undefined || rollsPasswords(await readHead(context))) return undefined;
  return passwordSetBehindBit(stamps, (await context.domain()).isSamba);
}

/** Every way that leads the subject into the exemption group: directly, through our groups, through others, by primary group. */
async function groupWays(context: Context, policy: GroupPolicy, account: Account, order: GrantOrder): Promise<Ways> {
  const { directory } = context;
  const exemption = await loadGroup(directory, policy.exemptionGroupDn, `which the policy ${policy.key} leaves out`);
  const own = new Map<string, OwnGroup>();
  for await (const group of directory.ownGroups(policy.key)) own.set(group.key, group);
  const { key } = account.subject;
  const primaryDn = await primaryGroupDn(context, account);
  const ways: Way[] = [];
  if (primaryDn === exemption.dn) {
    ways.push({
      key: bypassKey.primary(policy.key, exemption.subject.key, key),
      words: `${exemption.dn} is the primary group of the subject`,
    });
  }
  if ((await directory.account(key, undefined, `(memberOf=${filterValue(exemption.dn)})`)) !== undefined) {
    ways.push({ key: bypassKey.member(policy.key, exemption.subject.key, key), words: `Member of ${exemption.dn} itself` });
  }
  const leads = [account.dn, ...(primaryDn === undefined ? [] : [primaryDn])];
  const filter = `(&(objectClass=group)(memberOf=${filterValue(exemption.dn)})(|${leadsThere(leads)}))`;
  for await (const [group] of directory.accounts(filter)) {
    const ours = own.get(group.subject.key);
    if (ours === undefined) ways.push({ key: bypassKey.via(policy.key, group.subject.key, key), words: `Through the group ${group.dn}` });
    else ways.push(...(await waysThroughOurs(context, ours, account, leads)));
  }
  const mine = ways.filter(({ grantRef, key: way }) => grantRef === order.ref && way.endsWith(`:${order.subject.key}`));
  return {
    configured: mine.length > 0,
    effective: ways.length > 0 || (await directory.isInChain(account.dn, exemption.dn)),
    others: ways.filter((way) => !mine.includes(way)),
    evidence: { exemptionGroup: exemption.dn, ways: String(ways.length) },
    closedBy: await lastChange(context, exemption.dn),
  };
}

/** A filter for the groups that are one of the names or contain one of them by whatever chain. */
function leadsThere(dns: readonly string[]): string {
  return dns.map((dn) => `${inChain("member", dn)}(distinguishedName=${filterValue(dn)})`).join("");
}

async function waysThroughOurs(
  { directory }: Context,
  group: OwnGroup,
  account: Account,
  leads: readonly string[],
): Promise<readonly Way[]> {
  const ways: Way[] = [];
  const { policy, ref } = group;
  if (leads.slice(1).includes(group.dn)) {
    ways.push({ key: bypassKey.primary(policy, group.key, account.subject.key), words: `${group.dn} is the primary group of the subject` });
  }
  for await (const member of directory.members(group.dn)) {
    const ordered = group.subjects.has(member.key);
    const itself = member.key === account.subject.key;
    if (!itself && !(member.account?.subject.kind === "group" && (await contains(directory, member.dn, leads)))) continue;
    if (ordered) ways.push({ key: bypassKey.member(policy, group.key, member.key), words: `Granted by ${ref}`, grantRef: ref });
    else if (itself) ways.push({ key: bypassKey.member(policy, group.key, member.key), words: `Put by hand into the group of ${ref}` });
    else
      ways.push({
        key: bypassKey.via(policy, member.key, account.subject.key),
        words: `Through ${member.dn}, put by hand into the group of ${ref}`,
      });
  }
  return ways;
}

async function contains(directory: Context["directory"], groupDn: string, leads: readonly string[]): Promise<boolean> {
  return (await directory.ldap.find(groupDn, ["1.1"], { filter: `(|${leadsThere(leads)})` })) !== undefined;
}

async function primaryGroupDn({ directory }: Context, account: Account): Promise<string | undefined> {
  if (account.primaryGroupRid === undefined) return undefined;
  return directory.groupByRid(account.domainSid, account.primaryGroupRid);
}

async function lastChange({ directory }: Context, dn: string): Promise<Instant | undefined> {
  return instantOfGeneralizedTime((await directory.ldap.find(dn, ["whenChanged"]))?.text("whenChanged"));
}
