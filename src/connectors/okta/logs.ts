/** The System Log, page by page: Okta's own next link is the cursor, and goes on giving what came later. */
import { duration, type Instant, subtractDuration } from "../../kernel/time.ts";
import { type Page, ProviderFault, type ProviderChange, type ProviderSignIn } from "../port.ts";
import { logAnswer, type LogAnswer } from "./answers.ts";
import type { Context } from "./directory.ts";
import { ledgerNameOf } from "./map.ts";
import { changeOf, CHANGES, SIGN_INS, signInOf } from "./map-log.ts";

const PATH = "/api/v1/logs";
/** How far the first reading goes back: as far as Okta does when it is not told. */
const FIRST = duration("P7D");
/** How long Okta keeps it. */
const KEPT = duration("P90D");
const ENTRIES_PER_PAGE = 1000;

export async function changes(context: Context, cursor: string | undefined): Promise<Page<ProviderChange>> {
  const { policies, clientId } = context.settings;
  const governed = {
    ids: new Set(policies.flatMap(({ policyId, exemptionGroupId }) => [policyId, exemptionGroupId])),
    isOurs: (name: string) => policies.some(({ key }) => ledgerNameOf(name)?.policy === key),
    ourselves: clientId,
  };
  const page = await readLog(context, Object.keys(CHANGES), cursor);
  return { ...page, items: page.items.flatMap((entry) => changeOf(entry, governed) ?? []) };
}

export async function signIns(context: Context, cursor: string | undefined): Promise<Page<ProviderSignIn>> {
  const page = await readLog(context, SIGN_INS, cursor);
  return { ...page, items: page.items.flatMap((entry) => signInOf(entry) ?? []) };
}

export interface Addition {
  readonly at: Instant;
  readonly by: string | undefined;
}

/** When each was put into a group for the last time, and by whom. Of nobody where the log may not be read: it is told without. */
export async function additionsTo(context: Context, groupId: string): Promise<ReadonlyMap<string, Addition>> {
  const { okta, settings, now } = context;
  const governed = { ids: new Set([groupId]), isOurs: () => false, ourselves: settings.clientId };
  const filter = `eventType eq "group.user_membership.add" and target.id eq ${JSON.stringify(groupId)}`;
  const limit = Math.min(ENTRIES_PER_PAGE, settings.pageSize);
  const query = { since: subtractDuration(now(), KEPT), until: now(), filter, limit, sortOrder: "ASCENDING" };
  const found = new Map<string, Addition>();
  try {
    for await (const entry of okta.list(logAnswer, PATH, query)) {
      const change = changeOf(entry, governed);
      if (change?.subject !== undefined) found.set(change.subject.key, { at: change.at, by: change.by });
    }
  } catch (error) {
    if (!(error instanceof ProviderFault && error.kind === "denied")) throw error;
  }
  return found;
}

async function readLog(context: Context, types: readonly string[], cursor: string | undefined): Promise<Page<LogAnswer>> {
  const { okta, settings, now } = context;
  const limit = Math.min(ENTRIES_PER_PAGE, settings.pageSize);
  const since = subtractDuration(now(), FIRST);
  const filter = types.map((type) => `eventType eq "${type}"`).join(" or ");
  const { items, next } =
    cursor === undefined || cursor === ""
      ? await okta.page(logAnswer, PATH, { since, filter, limit, sortOrder: "ASCENDING" })
      : await okta.page(logAnswer, addressOf(settings.orgUrl, cursor));
  const address = next === undefined ? undefined : new URL(next);
  // Without a next link the same place is asked again: nothing is lost, and what was given is known by its id.
  const stopped = address === undefined ? (cursor ?? "") : `${address.pathname}${address.search}`;
  return { items, cursor: stopped, more: next !== undefined && items.length > 0 };
}

/** Only what was given by this log of this organisation is followed. */
function addressOf(orgUrl: string, cursor: string): string {
  const address = URL.parse(cursor, orgUrl);
  if (!cursor.startsWith(`${PATH}?`) || address?.origin !== new URL(orgUrl).origin || address.pathname !== PATH)
    throw new ProviderFault("fault", "This cursor was not given by the System Log of this organisation.");
  return address.href;
}
