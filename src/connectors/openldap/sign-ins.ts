/**
 * Sign-ins by password, as the accesslog has them. slapd hands a bind by certificate (SASL EXTERNAL) to no database, so the overlay
 * does not see it (tried on 2.5): what is missing here is not known to be absent.
 */
import type { LdapEntry } from "../ldap/entry.ts";
import { filterValue } from "../ldap/text.ts";
import type { Page, ProviderSignIn } from "../port.ts";
import { readLog } from "./accesslog.ts";
import type { Context } from "./directory.ts";
import { instantOfGeneralizedTime } from "./map.ts";

const ATTRIBUTES = ["reqDN", "reqMethod", "reqResult", "reqSession"];

export async function signIns(context: Context, cursor: string | undefined): Promise<Page<ProviderSignIn>> {
  const { accesslogBase, baseDn, logsSignIns } = context.settings;
  if (accesslogBase === undefined || !logsSignIns) return { items: [], cursor: "", more: false };
  const filter = `(&(reqType=bind)(reqDN:dnSubtreeMatch:=${filterValue(baseDn)}))`;
  const page = await readLog(context, accesslogBase, filter, ATTRIBUTES, cursor);
  return { ...page, items: page.items.flatMap(signInOf) };
}

function signInOf(entry: LdapEntry): readonly ProviderSignIn[] {
  const id = entry.text("reqStart");
  const at = instantOfGeneralizedTime(id);
  const subject = entry.text("reqDN");
  if (id === undefined || at === undefined || subject === undefined) return [];
  const method = entry.text("reqMethod") ?? "unknown";
  const result = entry.text("reqResult") ?? "";
  return [
    {
      id,
      at,
      subject,
      succeeded: result === "0",
      method: method === "SIMPLE" ? "password" : method,
      raw: { reqMethod: method, reqResult: result },
    },
  ];
}
