/** Samba's JSON audit records, as far as they matter here. Pure. */
import { type Instant, parseInstant } from "../../kernel/time.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Common {
  readonly at: Instant;
  /** The time as the record has it, to the microsecond: orders what happened within one millisecond. */
  readonly stamp: string;
  /** SID of who did it. */
  readonly by: string | undefined;
}

export interface GroupChange extends Common {
  readonly kind: "group";
  readonly action: "added" | "removed";
  readonly group: string;
  readonly member: string;
}

export interface ObjectChange extends Common {
  readonly kind: "object";
  readonly operation: "added" | "modified" | "deleted";
  readonly dn: string;
  /** Names of the attributes written, in lower case. */
  readonly attributes: readonly string[];
}

export interface SignInRecord {
  readonly at: Instant;
  readonly account: string;
  readonly succeeded: boolean;
  readonly method: string;
  readonly fields: Fields;
}

/** The record a line carries: Samba puts a prefix in front of some, so everything before the first brace is passed over. */
function recordOf(line: string, type: string): { readonly at: Instant; readonly stamp: string; readonly fields: Fields } | undefined {
  const brace = line.indexOf("{");
  if (brace < 0) return undefined;
  try {
    const whole = JSON.parse(line.slice(brace)) as Fields;
    const stamp = String(whole["timestamp"]);
    const at = parseInstant(stamp);
    const fields = whole[type];
    return at === undefined || typeof fields !== "object" || fields === null ? undefined : { at, stamp, fields: fields as Fields };
  } catch {
    return undefined;
  }
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

const GROUP_ACTIONS: Readonly<Record<string, GroupChange["action"]>> = { Added: "added", Removed: "removed" };

/** A membership that was really changed (events 4728 and 4729 and their like); undefined for anything else. */
export function readGroupChange(line: string): GroupChange | undefined {
  const record = recordOf(line, "groupChange");
  if (record === undefined || record.fields["statusCode"] !== 0) return undefined;
  const { at, stamp, fields } = record;
  const action = GROUP_ACTIONS[text(fields, "action") ?? ""];
  const group = text(fields, "group");
  const member = text(fields, "user");
  if (action === undefined || group === undefined || member === undefined) return undefined;
  return { kind: "group", at, stamp, by: text(fields, "userSid"), action, group, member };
}

const OPERATIONS: Readonly<Record<string, ObjectChange["operation"]>> = { Add: "added", Modify: "modified", Delete: "deleted" };

export function readObjectChange(line: string): ObjectChange | undefined {
  const record = recordOf(line, "dsdbChange");
  if (record === undefined || record.fields["statusCode"] !== 0) return undefined;
  const { at, stamp, fields } = record;
  const operation = OPERATIONS[text(fields, "operation") ?? ""];
  const dn = text(fields, "dn");
  if (operation === undefined || dn === undefined) return undefined;
  const attributes = Object.keys((fields["attributes"] as Fields | undefined) ?? {}).map((name) => name.toLowerCase());
  return { kind: "object", at, stamp, by: text(fields, "userSid"), operation, dn, attributes };
}

/** A sign-in, successful or not. `PK-INIT(ietf) Pre-authentication` is a certificate; `ENC-TS Pre-authentication` and `simple bind/TLS` are passwords. */
export function readSignIn(line: string): SignInRecord | undefined {
  const record = recordOf(line, "Authentication");
  if (record === undefined) return undefined;
  const { at, fields } = record;
  const account = text(fields, "becameAccount") ?? text(fields, "mappedAccount") ?? text(fields, "clientAccount");
  if (account === undefined) return undefined;
  const service = text(fields, "serviceDescription") ?? "unknown service";
  return {
    at,
    account: account.replace(/@[^@]*$/, ""),
    succeeded: text(fields, "status") === "NT_STATUS_OK",
    method: text(fields, "authDescription") ?? service,
    fields,
  };
}
