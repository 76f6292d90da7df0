/**
 * Identifiers: `<prefix>_` + a UUIDv7 (RFC 9562) in lower-case Crockford base 32, 26 characters, so that ids sort by the
 * time they were made and can be read aloud. Names are never used as keys.
 */
import { type Clock, epochMs } from "./time.ts";

export const ID_PREFIXES = {
  exception: "exc",
  person: "per",
  team: "tea",
  application: "app",
  deviceClass: "dev",
  vendor: "ven",
  component: "cmp",
  commonCause: "cau",
  operation: "opn",
  connection: "con",
  bypass: "byp",
  drift: "drf",
  review: "rev",
  policy: "pol",
  entry: "ent",
  session: "ses",
  passkey: "pky",
  drillPlan: "dpl",
  drill: "drl",
  invitation: "inv",
  designIssue: "iss",
  riskAcceptance: "rsk",
  finding: "fnd",
  binding: "bnd",
  grant: "grt",
  delegation: "del",
  notification: "ntf",
  organisation: "org",
  importRun: "imp",
  companyAccount: "cac",
  journey: "jrn",
  rota: "rta",
  canary: "can",
  accessRequest: "arq",
  ruleSet: "rls",
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = string & { readonly __id: K };

/** Where fresh ids come from; the shell's is random, the tests' is a counter. */
export interface Ids {
  next<K extends IdKind>(kind: K): Id<K>;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Encodes 16 bytes as 26 Crockford base-32 characters (the first carries 3 bits). */
export function encodeBase32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = "";
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

/** Lays a UUIDv7 out of a time in milliseconds and 10 random bytes. */
export function uuidV7(ms: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) & 0xff;
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes;
}

/** The {@link Ids} over a clock and a source of randomness. */
export function createIds(clock: Clock, randomBytes: (size: number) => Uint8Array): Ids {
  return {
    next: (kind) => `${ID_PREFIXES[kind]}_${encodeBase32(uuidV7(epochMs(clock.now()), randomBytes(10)))}` as Id<typeof kind>,
  };
}
