/** Changes by uSNChanged: every server counts its own. They say what was changed and when, never who did it. */
import { duration, instant, subtractDuration } from "../../kernel/time.ts";
import { filterValue, sameDn, isBelow } from "../ldap/text.ts";
import type { LdapEntry } from "../ldap/entry.ts";
import { type Page, type ProviderChange, ProviderFault } from "../port.ts";
import { type Cursor, cursorText, readCursor } from "./cursor.ts";
import type { Context } from "./domain.ts";
import { ACCOUNT_ATTRIBUTES, accountOf } from "./map.ts";
import { ATTRIBUTE, decodeStamps, generalizedTimeOfInstant, guidText, instantOfGeneralizedTime } from "./values.ts";

type Usn = NonNullable<Cursor["usn"]>;

/** How many numbers are looked at in one page: many objects change that are none of our business. */
const NUMBERS_PER_PAGE = 20_000n;

/** Clocks of two domain controllers may differ by five minutes before Kerberos stops working. */
const OVERLAP = duration("PT10M");

/** The first call begins now: what was before is discovery's to find. */
export async function changesByNumber(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const server = await readServer(context);
  const from = readCursor(cursor)?.usn;
  if (from === undefined) return page([], server, server.highest + 1n, context, false);
  const elsewhere = from.invocation !== server.invocation;
  const first = BigInt(from.next);
  const last = elsewhere ? server.highest : min(server.highest, first + NUMBERS_PER_PAGE - 1n);
  if (!elsewhere && last < first) return { items: [], cursor: cursor ?? "", more: false };
  // Numbers of another server mean nothing here; the time, with room for differing clocks, does. Some changes may be told twice.
  const since = elsewhere ? timeFilter(from) : `(uSNChanged>=${first})(uSNChanged<=${last})`;
  const items: ProviderChange[] = [];
  const filter = `(&${since}(|(objectClass=group)(objectClass=user)))`;
  const search = {
    filter,
    attributes: [...ACCOUNT_ATTRIBUTES, "whenChanged", "replPropertyMetaData"],
    pageSize: context.settings.pageSize,
  };
  for await (const entry of context.directory.ldap.search(context.settings.baseDn, search)) {
    const change = describe(context, entry, elsewhere ? 0n : first);
    if (change !== undefined) items.push(change);
  }
  return page(items, server, last + 1n, context, last < server.highest);
}

interface Server {
  readonly invocation: string;
  readonly highest: bigint;
}

async function readServer({ directory }: Context): Promise<Server> {
  const root = await directory.ldap.find("", ["dsServiceName", "highestCommittedUSN"]);
  const service = root?.text("dsServiceName");
  const highest = root?.text("highestCommittedUSN");
  const invocation = service === undefined ? undefined : (await directory.ldap.find(service, ["invocationId"]))?.bytes("invocationId")[0];
  if (highest === undefined || invocation === undefined) throw new ProviderFault("denied", "The server does not tell its change numbers.");
  return { invocation: guidText(invocation), highest: BigInt(highest) };
}

function page(items: readonly ProviderChange[], server: Server, next: bigint, context: Context, more: boolean): Page<ProviderChange> {
  return { items, cursor: cursorText({ usn: { invocation: server.invocation, next: String(next), at: context.now() } }), more };
}

function timeFilter({ at }: Usn): string {
  const since = instant(at);
  return `(whenChanged>=${filterValue(generalizedTimeOfInstant(subtractDuration(since, OVERLAP)))})`;
}

function describe({ settings, now }: Context, entry: LdapEntry, first: bigint): ProviderChange | undefined {
  const account = accountOf(entry);
  if (account === undefined) return undefined;
  const isOurs =
    isBelow(account.dn, settings.groupsOu) ||
    settings.policies.some((policy) => policy.shape === "group" && sameDn(policy.exemptionGroupDn, account.dn));
  const stamps = decodeStamps(entry.bytes("replPropertyMetaData")[0]);
  const watched = [ATTRIBUTE.userAccountControl, ATTRIBUTE.unicodePwd, ATTRIBUTE.accountExpires, ATTRIBUTE.primaryGroupId];
  const touched = account.subject.kind !== "group" && watched.some((number) => (stamps?.get(number)?.localUsn ?? -1n) >= first);
  if (!isOurs && !touched) return undefined;
  return {
    at: instantOfGeneralizedTime(entry.text("whenChanged")) ?? now(),
    object: account.dn,
    action: "modified",
    subject: account.subject,
    ours: false,
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
