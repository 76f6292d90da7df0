/** The accesslog overlay's database: who wrote what, who signed in. Read page by page, from where the last reading stopped. */
import type { LdapEntry } from "../ldap/entry.ts";

import { type Page, ProviderFault } from "../port.ts";
import type { Context } from "./directory.ts";
import { afterSeconds, generalizedTimeOf, instantOfGeneralizedTime } from "./map.ts";

/**
 * An entry is named after the moment its operation began, but written when it ended: a slow operation appears behind later ones.
 * So much is read again each time, and what was given already is left out.
 */
const OVERLAP_SECONDS = 60;
const ENTRIES_PER_PAGE = 500;

/** Where a reading stopped: the latest name seen, and the names already given in the time that is read again. */
interface Cursor {
  readonly last: string;
  readonly given: readonly string[];
}

/** Entries of the log that fit the filter, oldest first, each given once however often the cursor is used to go on. */
export async function readLog(
  { ldap, settings }: Context,
  base: string,
  filter: string,
  attributes: readonly string[],
  text: string | undefined,
): Promise<Page<LdapEntry>> {
  const cursor = parseCursor(text);
  const given = new Set(cursor?.given);
  const since = cursor === undefined ? "" : `(reqStart>=${overlapStart(cursor.last)})`;
  const found: { readonly id: string; readonly entry: LdapEntry }[] = [];
  const search = { filter: `(&${filter}${since})`, attributes: ["reqStart", ...attributes], pageSize: settings.pageSize };
  let more = false;
  for await (const entry of ldap.search(base, { ...search, scope: "one" })) {
    const id = entry.text("reqStart");
    if (id === undefined || given.has(id)) continue;
    more = found.length === ENTRIES_PER_PAGE;
    if (more) break;
    found.push({ id, entry });
  }
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  const last = [cursor?.last ?? "", ...found.map(({ id }) => id)].sort().at(-1)!;
  const kept = [...given, ...found.map(({ id }) => id)].filter((id) => id >= overlapStart(last));
  return { items: found.map(({ entry }) => entry), cursor: last === "" ? "" : [last, ...kept].join(" "), more };
}

function parseCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined || text === "") return undefined;
  const [last = "", ...given] = text.split(" ");
  if (!/^\d{14}\.\d{6}Z$/.test(last)) throw new ProviderFault("fault", "This cursor was not given by the accesslog.");
  return { last, given };
}

function overlapStart(id: string): string {
  const at = instantOfGeneralizedTime(id);
  return at === undefined ? id : generalizedTimeOf(afterSeconds(at, -OVERLAP_SECONDS)).replace("Z", ".000000Z");
}
