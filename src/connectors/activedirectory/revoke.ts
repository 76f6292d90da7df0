/** Takes away what was granted, and what nobody registered. Success is said only after the directory was read again. */
import { type Bypass, governable, type GrantOrder, ProviderFault, type ProviderSubject, type RevokeOutcome } from "../port.ts";
import { type KeyKind, readKey } from "./bypass-of.ts";
import { bitSet, byKey } from "./client.ts";
import { attributePolicy, type Context } from "./domain.ts";
import { refsBySubject } from "./discover.ts";
import { policyOf } from "./grant.ts";
import { subjectNote } from "./map.ts";
import { UAC } from "./values.ts";
import { ALREADY_GONE, deleting, expectDone, removeEntry, requireSmartcard, setControlBit, takeOut } from "./write.ts";

export async function revoke(context: Context, order: GrantOrder): Promise<RevokeOutcome> {
  const policy = policyOf(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: `This connection governs no policy ${order.policy}.` };
  const released = await releaseFromOwnGroup(context, order);
  const demanded = policy.shape === "attribute" && (await demandAgain(context, order));
  return { outcome: released || demanded ? "removed" : "already_absent" };
}

/**
 * Takes the subject out of our group; with the last of its subjects the group goes, and every membership of it with it.
 * Returns whether there was anything to take away.
 */
async function releaseFromOwnGroup(context: Context, { policy, ref, subject }: GrantOrder): Promise<boolean> {
  const { directory } = context;
  const found = await directory.findOwnGroup(policy, ref);
  if (found === undefined) return false;
  const { group } = found;
  const end = group?.subjects.get(subject.key);
  // A group whose notes were changed covers nobody: it goes as a whole.
  const others = [...(group?.subjects.keys() ?? [])].filter((key) => key !== subject.key);
  if (group === undefined || others.length === 0) {
    await removeEntry(context, found.dn);
  } else {
    await takeOut(context, group.dn, subject.key);
    if (end !== undefined) {
      const change = deleting("extensionName", [subjectNote(subject.key, end)]);
      expectDone(await directory.ldap.modify(group.dn, [change]), `forget the subject on ${group.dn}`, ALREADY_GONE);
    }
  }
  if (await isHeld(context, { policy, ref, subject }))
    throw new ProviderFault("fault", `${subject.name} is still in ${found.dn} after it was taken out.`);
  return end !== undefined || others.length === 0;
}

async function isHeld({ directory }: Context, { policy, ref, subject }: Pick<GrantOrder, "policy" | "ref" | "subject">): Promise<boolean> {
  const found = await directory.findOwnGroup(policy, ref);
  if (found === undefined) return false;
  for await (const link of directory.memberLinks(found.dn)) if (link.key === subject.key) return true;
  return false;
}

/** Sets the smart-card bit, unless another exception of the same subject still needs it clear: its end is not ours to bring. */
async function demandAgain(context: Context, { policy, subject }: GrantOrder): Promise<boolean> {
  if (((await refsBySubject(context, policy)).get(subject.key) ?? []).length > 0) return false;
  if ((await requireSmartcard(context, subject.key)) !== true) return false;
  const cleared = await context.directory.account(subject.key, undefined, `(!${bitSet("userAccountControl", UAC.smartcardRequired)})`);
  if (cleared !== undefined) throw new ProviderFault("fault", `${subject.name} still need not use a smart card after the bit was set.`);
  return true;
}

type Removal = (context: Context, bypass: Bypass, parts: readonly string[]) => Promise<RevokeOutcome>;

const REMOVALS: Readonly<Record<KeyKind, Removal>> = {
  requirement: async (context, { subject, grantRef }) => {
    const policy = attributePolicy(context.settings);
    if (policy === undefined) return { outcome: "not_supported", reason: "This connection governs no smart-card policy any more." };
    const whom = governable(subject);
    if (grantRef !== undefined && whom !== undefined) return revoke(context, orderFor(policy.key, grantRef, whom));
    const refs = (await refsBySubject(context, policy.key)).get(subject.key) ?? [];
    if (refs.length > 0)
      return { outcome: "not_supported", reason: `${refs.join(", ")} lets ${subject.name} do without a smart card: end that.` };
    return changed(await requireSmartcard(context, subject.key));
  },
  notRequired: async (context, { subject }) => changed(await setControlBit(context, subject.key, UAC.passwordNotRequired, false)),
  neverExpires: async (context, { subject }) => changed(await setControlBit(context, subject.key, UAC.passwordNeverExpires, false)),
  // Clearing and setting the bit makes the directory write a random password, which nobody knows, over the one somebody does.
  hiddenReset: async (context, { subject }) => {
    await setControlBit(context, subject.key, UAC.smartcardRequired, false);
    return changed(await requireSmartcard(context, subject.key));
  },
  weaker: async (_, { object }) => ({
    outcome: "not_supported",
    reason: `Password settings are not governed by Postern: change or unlink ${object}.`,
  }),
  member: async (context, { subject, grantRef }, [policy = "", group = "", member = ""]) => {
    const whom = governable(subject);
    if (grantRef !== undefined && whom !== undefined) return revoke(context, orderFor(policy, grantRef, whom));
    return unlink(context, group, member);
  },
  via: async (_, { subject, object }) => ({
    outcome: "not_supported",
    reason: `${subject.name} is let through by the group ${object}, which may let others through: take the group out of the exemption group, or the person out of the group.`,
  }),
  primary: async (_, { subject, object }) => ({
    outcome: "not_supported",
    reason: `${object} is the primary group of ${subject.name}: give the account another primary group first.`,
  }),
};

/** Removes a bypass that discovery found and no exception covers. */
export async function remove(context: Context, bypass: Bypass): Promise<RevokeOutcome> {
  const key = readKey(bypass.key);
  if (key === undefined) return { outcome: "not_supported", reason: `${bypass.key} is no bypass of Active Directory.` };
  return REMOVALS[key.kind](context, bypass, key.parts);
}

async function unlink(context: Context, groupKey: string, memberKey: string): Promise<RevokeOutcome> {
  const isLinked = async () => {
    for await (const link of context.directory.memberLinks(byKey(groupKey))) if (link.key === memberKey) return true;
    return false;
  };
  if (!(await isLinked())) return { outcome: "already_absent" };
  await takeOut(context, byKey(groupKey), memberKey);
  if (await isLinked()) throw new ProviderFault("fault", "The member is still in the group after it was taken out.");
  return { outcome: "removed" };
}

function changed(done: boolean | undefined): RevokeOutcome {
  return { outcome: done === true ? "removed" : "already_absent" };
}

/** Taking away needs no interval: what is noted in the directory tells the end. */
function orderFor(policy: string, ref: string, subject: ProviderSubject): GrantOrder {
  const never = "1970-01-01T00:00:00.000Z" as GrantOrder["validFrom"];
  return { policy, ref, subject, validFrom: never, validUntil: never };
}
