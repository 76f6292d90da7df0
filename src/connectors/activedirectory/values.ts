/** Active Directory's own value formats: times, identifiers, extended names, replication metadata. */
import { epochMs, type Instant, instantOfEpochMs, parseInstant } from "../../kernel/time.ts";

/** userAccountControl, [MS-ADTS] 2.2.16. */
export const UAC = {
  disabled: 0x2,
  passwordNotRequired: 0x20,
  passwordNeverExpires: 0x1_0000,
  smartcardRequired: 0x4_0000,
} as const;

/** sAMAccountType of ordinary user accounts and of computers. */
export const USER_ACCOUNT = "805306368";
export const COMPUTER_ACCOUNT = "805306369";

export const RULE = {
  /** All bits of the value are set. */
  bitAnd: "1.2.840.113556.1.4.803",
  /** The link leads there directly or through other groups. */
  inChain: "1.2.840.113556.1.4.1941",
} as const;

/** Attribute numbers in replPropertyMetaData. */
export const ATTRIBUTE = {
  userAccountControl: 0x9_0008,
  unicodePwd: 0x9_005a,
  pwdLastSet: 0x9_0060,
  accountExpires: 0x9_009f,
  primaryGroupId: 0x9_0062,
} as const;

const FILETIME_EPOCH_MS = 11_644_473_600_000n;
const NEVER = 9_223_372_036_854_775_807n;

/** A count of 100 ns since 1601; undefined for the two ways of writing "never" and for what is no number or out of range. */
export function instantOfFiletime(text: string | undefined): Instant | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const ticks = BigInt(text);
  if (ticks === 0n || ticks >= NEVER) return undefined;
  try {
    return instantOfEpochMs(Number(ticks / 10_000n - FILETIME_EPOCH_MS));
  } catch {
    return undefined;
  }
}

export function filetimeOfInstant(at: Instant): string {
  return String((BigInt(epochMs(at)) + FILETIME_EPOCH_MS) * 10_000n);
}

/** Reads `20261121063028.0Z`. */
export function instantOfGeneralizedTime(text: string | undefined): Instant | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(text ?? "");
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export function generalizedTimeOfInstant(at: Instant): string {
  return `${at.slice(0, 19).replaceAll(/[-:T]/g, "")}.0Z`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A GUID as people and `<GUID=…>` write it: the first three groups are little-endian. */
export function guidText(bytes: Uint8Array): string {
  const group = (from: number, to: number) => hex(bytes.slice(from, to));
  const reversed = (from: number, to: number) => hex(bytes.slice(from, to).toReversed());
  return `${reversed(0, 4)}-${reversed(4, 6)}-${reversed(6, 8)}-${group(8, 10)}-${group(10, 16)}`;
}

/** `S-1-5-21-…` from its binary form. */
export function sidText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = Array.from({ length: bytes[1] ?? 0 }, (_, index) => view.getUint32(8 + 4 * index, true));
  return ["S", bytes[0], Number(BigInt(view.getUint16(2)) * 4_294_967_296n) + view.getUint32(4), ...parts].join("-");
}

/** The last number of a SID: what primaryGroupID refers to within the domain. */
export function ridOf(sid: string): string {
  return sid.slice(sid.lastIndexOf("-") + 1);
}

export interface Link {
  readonly key: string;
  readonly dn: string;
}

/** A name answered under the extended-DN control: `<GUID=…>;<SID=…>;CN=…`. */
export function parseExtendedDn(text: string): Link | undefined {
  const parts = /^(?:<TTL=\d+>,)?<GUID=([0-9a-f-]+)>;(?:<SID=[^>]*>;)?(.+)$/is.exec(text);
  return parts === null ? undefined : { key: parts[1]!.toLowerCase(), dn: parts[2]! };
}

/** When, where and in which order an attribute was last written. */
export interface Stamp {
  readonly version: number;
  /** Whole seconds since 1601. */
  readonly seconds: bigint;
  readonly invocation: string;
  readonly originatingUsn: bigint;
  /** The number this server gave the change. */
  readonly localUsn: bigint;
}

const HEADER_BYTES = 16;
const STAMP_BYTES = 48;

/** Reads replPropertyMetaData, [MS-DRSR] 5.160: a count, then 48 bytes for each attribute. Undefined when it is not that. */
export function decodeStamps(bytes: Uint8Array | undefined): ReadonlyMap<number, Stamp> | undefined {
  if (bytes === undefined || bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(8, true);
  if (view.getUint32(0, true) !== 1 || bytes.length < HEADER_BYTES + count * STAMP_BYTES) return undefined;
  const stamps = new Map<number, Stamp>();
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + index * STAMP_BYTES;
    stamps.set(view.getUint32(at, true), {
      version: view.getUint32(at + 4, true),
      seconds: view.getBigUint64(at + 8, true),
      invocation: guidText(bytes.slice(at + 16, at + 32)),
      originatingUsn: view.getBigUint64(at + 32, true),
      localUsn: view.getBigUint64(at + 40, true),
    });
  }
  return stamps;
}

export function instantOfStamp(stamp: Stamp): Instant {
  return instantOfEpochMs(Number(stamp.seconds) * 1000 - Number(FILETIME_EPOCH_MS));
}

/** Whether `a` was written in the same operation as `b` or later. Counters compare only where they were counted by one server. */
function isNotBefore(a: Stamp, b: Stamp): boolean {
  return a.invocation === b.invocation ? a.originatingUsn >= b.originatingUsn : a.seconds >= b.seconds;
}

/**
 * When a person set the password that works behind a smart-card requirement; undefined when nobody did.
 *
 * Setting the bit writes a random password within the same second, as a write of its own (seen on Samba: its counter is one
 * higher), and leaves pwdLastSet alone. A reset writes unicodePwd and pwdLastSet together. So a reset behind the bit is a password
 * strictly later than userAccountControl whose writing touched pwdLastSet too; each half alone would accuse the innocent.
 * A later change of userAccountControl hides it from that rule. Where the bit is known to leave pwdLastSet alone
 * (`bitSparesPwdLastSet`), both written by one operation is proof enough, whatever was written since.
 */
export function passwordSetBehindBit(stamps: ReadonlyMap<number, Stamp>, bitSparesPwdLastSet: boolean): Instant | undefined {
  const control = stamps.get(ATTRIBUTE.userAccountControl);
  const password = stamps.get(ATTRIBUTE.unicodePwd);
  const lastSet = stamps.get(ATTRIBUTE.pwdLastSet);
  if (control === undefined || password === undefined || lastSet === undefined) return undefined;
  const sameOperation = lastSet.invocation === password.invocation && lastSet.originatingUsn === password.originatingUsn;
  // The first version was written when the account was made; made with the bit, it is random already.
  const certain = bitSparesPwdLastSet && sameOperation && password.version > 1;
  const later = password.seconds > control.seconds && isNotBefore(lastSet, password);
  return certain || later ? instantOfStamp(password) : undefined;
}
