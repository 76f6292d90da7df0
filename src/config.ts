/**
 * The environment as typed configuration. Everything is checked before anything starts, all faults are told at once, and no
 * value is ever repeated in a message: any of them may be a secret.
 */
import { z } from "zod";

import { CALLERS_VARIABLES, type CallersConfig, callersOf, missingForCallers } from "./config-callers.ts";
import { COMPANY_VARIABLES, type CompanyConfig, companyOf, missingBeside } from "./config-company.ts";
import { MAIL_VARIABLES, missingForMail, type ReachConfig, reachOf } from "./config-mail.ts";
import type { ConfigRefusalCode } from "./config-refusals.ts";
import { type Refusal, refusal, Refused } from "./kernel/problem.ts";
import type { LogLevel } from "./platform/log.ts";

export interface Config extends ReachConfig, CallersConfig {
  /** 0 takes any free port. */
  readonly port: number;
  /** Other processes of the same user may listen at the same port; the system shares connections out. */
  readonly sharePort: boolean;
  readonly host: string;
  /** Folder of keys and of the embedded database. */
  readonly dataDir: string;
  /** PostgreSQL; undefined means the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** The address people type, without a path: `https://postern.example`. Passkeys are bound to it. */
  readonly origin: string;
  /** Private key of the journal, where it is not to be kept in `dataDir`. */
  readonly journalKey: string | undefined;
  /** Keys that seal connection secrets, where they are not to be kept in `dataDir`; comma-separated, the first one seals. */
  readonly sealKey: string | undefined;
  readonly logLevel: LogLevel;
  readonly tickSeconds: number;
  /** So long the decision point answers without having heard of the database. */
  readonly decisionMaxAgeSeconds: number;
  /** File of certificates (PEM) that probes trust beside the machine's own store. */
  readonly trustFile: string | undefined;
  /** Folder in which backups of the embedded database are put, one of which drills restore. */
  readonly backupFolder: string | undefined;
  /** Which decisions are kept in the log; all are counted. */
  readonly decisionLog: { readonly kind: "full" | "off" } | { readonly kind: "sampled"; readonly every: number };
  readonly decisionLogDays: number;
  /** Two persons have to sign what decides access. */
  readonly rulesByTwo: boolean;
  /** The company's OpenID provider, where people may sign in through it as well. */
  readonly company: CompanyConfig | undefined;
}

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((n) => n >= from && n <= to);

const given = z.string().min(1);

/** What each variable may be, and what it has to be in words. */
export const VARIABLES = {
  PORT: [wholeNumber(0, 65_535), "must be a port number, 0 to 65535 (0: any free port)"],
  HOST: [z.string().regex(/^[A-Za-z0-9.:_-]+$/), "must be the name or address of an interface, such as 127.0.0.1 or 0.0.0.0"],
  POSTERN_SHARE_PORT: [z.enum(["true", "false"]), "must be true or false"],
  POSTERN_DATA: [given, "must be the path of a folder"],
  DATABASE_URL: [given.refine(isPostgresUrl), "must be an address postgres://user@host:port/database"],
  POSTERN_ORIGIN: [
    given.refine(isOrigin),
    "must be https://NAME or http://localhost, with no path: browsers offer passkeys nowhere else, and not for a bare IP address",
  ],
  POSTERN_JOURNAL_KEY: [given, "must be an Ed25519 private key (PEM, or its 32-byte seed as base64)"],
  POSTERN_SEAL_KEY: [given, "must be 32 random bytes as base64; to rotate, the new key, a comma, and the old one"],
  POSTERN_LOG_LEVEL: [z.enum(["info", "warn", "error"]), "must be info, warn or error"],
  POSTERN_TICK_SECONDS: [wholeNumber(1, 3600), "must be a whole number of seconds, 1 to 3600"],
  POSTERN_DECISION_MAX_AGE: [wholeNumber(1, 86_400), "must be a whole number of seconds, 1 to 86400"],
  POSTERN_TRUST_FILE: [given, "must be the path of a file of certificates in PEM"],
  POSTERN_BACKUPS: [given, "must be the path of a folder of backups"],
  POSTERN_DECISION_LOG: [
    z.string().regex(/^(full|off|sampled:1\/[1-9]\d{0,5})$/),
    "must be full, off, or sampled:1/N with a whole number N: then one in N of the permits by rules is kept",
  ],
  POSTERN_DECISION_LOG_DAYS: [wholeNumber(1, 400), "must be a whole number of days, 1 to 400"],
  POSTERN_RULES_BY_TWO: [z.enum(["true", "false"]), "must be true or false"],
  ...MAIL_VARIABLES,
  ...COMPANY_VARIABLES,
  ...CALLERS_VARIABLES,
} as const satisfies Record<string, readonly [z.ZodType, string]>;

type Name = keyof typeof VARIABLES;
type Read = { [N in Name]?: z.output<(typeof VARIABLES)[N][0]> };

/** Variables that other programs of this repository read; the server leaves them alone. */
const READ_BY_OTHERS = /^POSTERN_(TEST_.+|CI|SHARED|CHROMIUM|OLDEST_NODE|URL)$/;

/**
 * Reads the configuration. Throws {@link Refused} with `config.unknownKey` for every variable that begins with POSTERN_ and is
 * not known, `config.badValue` for every value that cannot be used, and `config.missing` for what others need beside them.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const reasons = unknownKeys(env);
  const read: Record<string, unknown> = {};
  for (const [name, [type, words]] of Object.entries(VARIABLES)) {
    if (env[name] === undefined) continue;
    const parsed = type.safeParse(env[name]);
    if (parsed.success) read[name] = parsed.data;
    else reasons.push(refuse("config.badValue", `${name} ${words}.`, name));
  }
  const given = new Set(Object.keys(env).filter((name) => env[name] !== undefined));
  if (read["POSTERN_SHARE_PORT"] === "true" && !given.has("DATABASE_URL")) reasons.push(ONE_PROCESS);
  const missing = [...missingBeside(given), ...missingForMail(given, read), ...missingForCallers(given)];
  reasons.push(...missing.map(([name, why]) => refuse("config.missing", `${name} is not set: ${why}.`, name)));
  if (reasons.length > 0) throw new Refused(reasons);
  return configOf(read);
}

const ONE_PROCESS = refuse(
  "config.missing",
  "DATABASE_URL is not set: POSTERN_SHARE_PORT is for several processes, and the embedded database belongs to one.",
  "DATABASE_URL",
);

function configOf(read: Read): Config {
  const port = read.PORT ?? 8080;
  return {
    port,
    host: read.HOST ?? "127.0.0.1",
    sharePort: read.POSTERN_SHARE_PORT === "true",
    dataDir: read.POSTERN_DATA ?? "./data",
    databaseUrl: read.DATABASE_URL,
    origin: new URL(read.POSTERN_ORIGIN ?? `http://localhost:${port}`).origin,
    journalKey: read.POSTERN_JOURNAL_KEY,
    sealKey: read.POSTERN_SEAL_KEY,
    logLevel: read.POSTERN_LOG_LEVEL ?? "info",
    tickSeconds: read.POSTERN_TICK_SECONDS ?? 5,
    decisionMaxAgeSeconds: read.POSTERN_DECISION_MAX_AGE ?? 300,
    trustFile: read.POSTERN_TRUST_FILE,
    backupFolder: read.POSTERN_BACKUPS,
    decisionLog: decisionLogOf(read.POSTERN_DECISION_LOG ?? "full"),
    decisionLogDays: read.POSTERN_DECISION_LOG_DAYS ?? 30,
    rulesByTwo: read.POSTERN_RULES_BY_TWO === "true",
    company: companyOf(read),
    ...reachOf(read),
    ...callersOf(read),
  };
}

function decisionLogOf(text: string): Config["decisionLog"] {
  if (text === "full" || text === "off") return { kind: text };
  return { kind: "sampled", every: Number(text.slice("sampled:1/".length)) };
}

/** A misspelt variable would silently leave its default in force. */
function unknownKeys(env: Readonly<Record<string, string | undefined>>): Refusal[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("POSTERN_") && !(name in VARIABLES) && !READ_BY_OTHERS.test(name))
    .sort()
    .map((name) => refuse("config.unknownKey", `${name} is not a setting of Postern. Did you mean ${nearest(name)}?`, name));
}

function refuse(code: ConfigRefusalCode, detail: string, name: string): Refusal {
  return refusal(code, detail, { at: name });
}

function nearest(name: string): string {
  const known = Object.keys(VARIABLES).filter((each) => each.startsWith("POSTERN_"));
  return known.reduce((best, each) => (editDistance(name, each) < editDistance(name, best) ? each : best));
}

/** Levenshtein distance: insertions, deletions and substitutions between two words. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:$/.test(urlOf(text)?.protocol ?? "");
}

function isOrigin(text: string): boolean {
  const url = urlOf(text);
  if (url === undefined || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") return false;
  const isAddress = /^\[|^[\d.]+$/.test(url.hostname);
  const isLocal = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  return (url.protocol === "https:" && !isAddress) || (url.protocol === "http:" && isLocal);
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
