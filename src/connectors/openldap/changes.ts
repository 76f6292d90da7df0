/** Who changed a governed object: read from the accesslog, as slapd wrote it. */
import type { LdapEntry } from "../ldap/entry.ts";
import { filterValue, sameDn } from "../ldap/text.ts";
import { type Page, ProviderFault, type ProviderChange, type ProviderSubject } from "../port.ts";
import { readLog } from "./accesslog.ts";
import { type Context, createLookup, findByKey, type Lookup, whoAmI } from "./directory.ts";
import { instantOfGeneralizedTime, type LoggedModification, modificationOf } from "./map.ts";

const ATTRIBUTES = ["reqType", "reqDN", "reqAuthzID", "reqMod", "reqOld", "reqEntryUUID"];
/** Attributes that decide whether a person's password lets them in. */
const OF_PASSWORDS = ["pwdAccountLockedTime", "pwdStartTime", "pwdEndTime", "userPassword", "pwdPolicySubentry"];
/** What turns the enforcement of a password policy on or off. */
const OF_POLICIES = ["pwdLockout", "pwdMinLength", "pwdMaxFailure", "pwdMaxAge", "pwdCheckQuality", "pwdInHistory", "pwdMustChange"];
const OF_MEMBERS: ReadonlySet<string> = new Set(["member", "uniquemember"]);

export async function changes(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const { accesslogBase } = context.settings;
  if (accesslogBase === undefined) return { items: [], cursor: "", more: false };
  const page = await readLog(context, accesslogBase, filterOf(context), ATTRIBUTES, cursor);
  if (page.items.length === 0) return { ...page, items: [] };
  const [lookup, ourselves] = [createLookup(context), await whoAmI(context)];
  const items: ProviderChange[] = [];
  for (const entry of page.items) items.push(...(await changesIn(context, lookup, entry, ourselves)));
  return { ...page, items };
}

function below(attribute: string, dn: string): string {
  return `(${attribute}:dnSubtreeMatch:=${filterValue(dn)})`;
}

function touches(names: readonly string[]): string {
  return `(|${names.map((name) => `(reqMod=${name}:*)`).join("")})`;
}

function filterOf({ settings }: Context): string {
  const exemptions = settings.policies.flatMap(({ exemptionsBase }) => [
    below("reqDN", exemptionsBase),
    below("reqNewSuperior", exemptionsBase),
  ]);
  const named = settings.policies.flatMap((policy) => (policy.shape === "group" ? policy.exemptionGroups : []));
  const people = settings.peopleBase ?? settings.baseDn;
  const governed = [
    ...exemptions,
    ...named.map((dn) => `(reqDN=${filterValue(dn)})`),
    `(&(reqType=modify)${below("reqDN", people)}${touches(OF_PASSWORDS)})`,
    `(&(reqType=modify)${below("reqDN", settings.baseDn)}${touches(OF_POLICIES)})`,
  ];
  return `(&(reqResult=0)(|(reqType=add)(reqType=modify)(reqType=delete)(reqType=modrdn))(|${governed.join("")}))`;
}

async function changesIn(context: Context, lookup: Lookup, entry: LdapEntry, ourselves: string): Promise<readonly ProviderChange[]> {
  const at = instantOfGeneralizedTime(entry.text("reqStart"));
  const object = entry.text("reqDN");
  if (at === undefined || object === undefined) throw new ProviderFault("fault", `The accesslog entry ${entry.dn} has no time or no name.`);
  const by = entry.text("reqAuthzID") ?? "";
  const common = { at, object, ours: sameDn(by, ourselves), ...(by !== "" && { by }) };
  const told = await subjectsTold(context, lookup, entry);
  return told.map(({ action, subject }) => ({ ...common, action, ...(subject !== undefined && { subject }) }));
}

interface Told {
  readonly action: ProviderChange["action"];
  readonly subject?: ProviderSubject | undefined;
}

/** One change for each member that came or went; else one for the object as a whole. */
async function subjectsTold(context: Context, lookup: Lookup, entry: LdapEntry): Promise<readonly Told[]> {
  const type = entry.text("reqType");
  const modifications = entry.texts("reqMod").flatMap((text) => modificationOf(text) ?? []);
  const whole: Told = { action: type === "add" ? "added" : type === "delete" ? "deleted" : "modified" };
  if (type === "delete") {
    // Only where the overlay keeps old entries (logold); without, it is known that the group went, but not whom it let in.
    const members = entry.texts("reqOld").flatMap((text) => /^(?:member|uniqueMember): (.+)$/i.exec(text)?.[1] ?? []);
    return members.length === 0
      ? [whole]
      : Promise.all(members.map(async (dn) => ({ action: "removed", subject: await lookup.subjectAt(dn) })));
  }
  const members = modifications.filter(({ attribute, value }) => OF_MEMBERS.has(attribute) && value !== undefined);
  if (members.length > 0)
    return Promise.all(members.map(async (one) => ({ action: actionOf(one), subject: await lookup.subjectAt(one.value!) })));
  const key = entry.text("reqEntryUUID");
  const isPerson = modifications.some(({ attribute }) => OF_PASSWORDS.some((name) => name.toLowerCase() === attribute));
  const found = isPerson && key !== undefined ? await findByKey(context, key) : undefined;
  return [{ ...whole, subject: found?.subject }];
}

function actionOf({ operation }: LoggedModification): ProviderChange["action"] {
  if (operation === "+") return "added";
  return operation === "-" ? "removed" : "modified";
}
