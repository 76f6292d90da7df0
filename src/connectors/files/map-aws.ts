/** AWS credential reports: which passwords, keys and certificates get in without a second factor. Pure. */
import { type Instant, msBetween, parseInstant } from "../../kernel/time.ts";
import type { Bypass, BypassSubject, ConfigFault, DirectoryPerson } from "../port.ts";
import { cellFault, type Row } from "./map-row.ts";

export const ROOT = "<root_account>";

/** What a report must tell, or nothing could be said of anybody. */
export const NEEDED = ["user", "arn", "password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active"] as const;

const MS_PER_DAY = 86_400_000;
/** How AWS says that there is nothing to say. */
const NOTHING = new Set(["", "n/a", "not_supported", "no_information"]);

export interface AwsReading {
  readonly bypasses: readonly Bypass[];
  readonly accounts: readonly DirectoryPerson[];
  readonly faults: readonly ConfigFault[];
  /** How many sign in with a second factor whose kind nobody tells. */
  readonly withMfa: number;
}

export function mapAws(rows: readonly Row[], now: Instant): AwsReading {
  const faults: ConfigFault[] = [];
  const users = rows.flatMap((row) => userOf(row, faults) ?? []);
  const seen = new Set<string>();
  for (const { row, subject } of users) {
    if (seen.has(subject.key)) faults.push(cellFault(row, "arn", `${subject.key} is there twice`));
    seen.add(subject.key);
  }
  return {
    bypasses: users.flatMap((user) => [...passwordsOf(user), ...secretsOf(user, now)]),
    accounts: users.map(({ subject }) => ({ subject, displayName: subject.name, enabled: true })),
    faults,
    withMfa: users.filter(({ password, mfa }) => password !== false && mfa === true).length,
  };
}

/** Undefined: the report does not tell. */
type Flag = boolean | undefined;

interface User {
  readonly row: Row;
  readonly isRoot: boolean;
  readonly subject: BypassSubject & DirectoryPerson["subject"];
  readonly password: Flag;
  readonly mfa: Flag;
  readonly secrets: readonly Secret[];
}

interface Secret {
  readonly id: string;
  readonly what: string;
  readonly active: Flag;
  readonly since: Instant | undefined;
  readonly lastUsed: string | undefined;
}

function userOf(row: Row, faults: ConfigFault[]): User | undefined {
  const cell = (column: string) => row.cells[column] ?? "";
  const flag = (column: string) => flagOf(row, column, faults);
  const [user, arn] = [cell("user"), cell("arn")];
  if (user === "") faults.push(cellFault(row, "user", "is empty"));
  if (!arn.startsWith("arn:")) faults.push(cellFault(row, "arn", `"${arn}" is no ARN`));
  const isRoot = user === ROOT;
  const password = flag("password_enabled");
  const secrets = [1, 2].flatMap((n): Secret[] => [
    {
      id: `access-key-${n}`,
      what: `access key ${n}`,
      active: flag(`access_key_${n}_active`),
      since: instantOf(row, `access_key_${n}_last_rotated`, faults),
      lastUsed: usedOf(row, n),
    },
    {
      id: `certificate-${n}`,
      what: `signing certificate ${n}`,
      // Reports of some partitions have no such columns; there are no such certificates either.
      active: flag(`cert_${n}_active`) ?? false,
      since: instantOf(row, `cert_${n}_last_rotated`, faults),
      lastUsed: undefined,
    },
  ]);
  const subject = { kind: password === false ? "service" : "user", key: arn, name: isRoot ? `root of ${accountOf(arn)}` : user } as const;
  return { row, isRoot, subject, password, mfa: flag("mfa_active"), secrets };
}

function flagOf(row: Row, column: string, faults: ConfigFault[]): Flag {
  const text = (row.cells[column] ?? "").toLowerCase();
  if (text === "true") return true;
  if (text === "false") return false;
  if (!NOTHING.has(text)) faults.push(cellFault(row, column, `"${text}" is neither true nor false`));
  return undefined;
}

function instantOf(row: Row, column: string, faults: ConfigFault[]): Instant | undefined {
  const text = row.cells[column] ?? "";
  if (NOTHING.has(text.toLowerCase())) return undefined;
  const at = parseInstant(text);
  if (at === undefined) faults.push(cellFault(row, column, `"${text}" is no time`));
  return at;
}

function usedOf({ cells }: Row, n: number): string {
  const [at = "", service = "", region = ""] = ["date", "service", "region"].map(
    (what) => cells[`access_key_${n}_last_used_${what}`] ?? "",
  );
  if (NOTHING.has(at.toLowerCase())) return at.toLowerCase() === "n/a" ? "never, as far as AWS knows" : "not known";
  return [at, ...[service, region].filter((text) => !NOTHING.has(text.toLowerCase()))].join(" ");
}

export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** A password that nothing asks for a second factor beside. What the report leaves open is taken to let in. */
function passwordsOf({ row, isRoot, subject, password, mfa }: User): Bypass[] {
  if (password === false || mfa === true) return [];
  const since = parseInstant(row.cells["password_last_changed"] ?? "");
  return [
    {
      key: `${subject.key}#password`,
      form: "password_usable",
      subject,
      object: isRoot ? "console sign-in of root" : "console sign-in",
      critical: true,
      evidence: {
        password_enabled: row.cells["password_enabled"] ?? "",
        mfa_active: row.cells["mfa_active"] ?? "",
        password_last_used: row.cells["password_last_used"] ?? "",
      },
      ...(since !== undefined && { since }),
    },
  ];
}

/** Keys that are said not to be active let nobody in; of what is not told it is not assumed. */
function secretsOf({ isRoot, subject, secrets }: User, now: Instant): Bypass[] {
  return secrets
    .filter(({ active }) => active !== false)
    .map(({ id, what, active, since, lastUsed }) => ({
      key: `${subject.key}#${id}`,
      form: "static_secret",
      subject,
      object: isRoot ? `${what} of root` : what.replace(/ \d$/, ""),
      critical: isRoot || active === undefined,
      evidence: {
        what,
        active: active === undefined ? "not told" : "true",
        ...(since !== undefined && { age: `${Math.max(0, Math.floor(msBetween(since, now) / MS_PER_DAY))} days` }),
        ...(lastUsed !== undefined && { last_used: lastUsed }),
      },
      ...(since !== undefined && { since }),
    }));
}
