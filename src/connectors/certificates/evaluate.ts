/** What is wrong, or soon will be, with a chain or a set of keys. Judged here and nowhere else: by drills, findings and imports. */
import { type Instant, msBetween } from "../../kernel/time.ts";
import type { CertificateFacts, ChainReading, KeyFacts, KeySetReading } from "./map.ts";

export type CertificateFaultKind =
  | "expired"
  | "expires_soon"
  | "not_yet_valid"
  | "wrong_name"
  | "untrusted"
  | "weak_key"
  | "no_keys"
  | "secret_published";

export interface CertificateFault {
  readonly kind: CertificateFaultKind;
  /** One sentence for people; the same tomorrow, while it is the same fault. */
  readonly words: string;
}

export interface Judgement {
  readonly faults: readonly CertificateFault[];
  /** Whole days until the first of them ends, rounded down, negative after; null where nothing says when. */
  readonly daysLeft: number | null;
  readonly endsAt: Instant | null;
}

const MS_PER_DAY = 86_400_000;

/** `needDays`: so many days have to be left on every certificate of the chain. */
export function judgeChain(reading: ChainReading, needDays: number, now: Instant): Judgement {
  const { certificates, distrust, isForName, name } = reading;
  const faults: CertificateFault[] = certificates.flatMap((certificate, place) => [
    ...timeFaults(titleOf(certificate, place), certificate, needDays, now),
    ...weakness(titleOf(certificate, place), certificate, certificate.isSelfSigned && place > 0),
  ]);
  if (!isForName) faults.push({ kind: "wrong_name", words: `The certificate is not for ${name}.` });
  if (distrust !== undefined) faults.push({ kind: "untrusted", words: `No client of this trust accepts the chain: ${distrust}.` });
  return { faults, ...endOf(certificates.map(({ notAfter }) => notAfter).sort()[0], now) };
}

/**
 * A set of keys is good while one that signs outlasts the time that is needed: the provider may change to it. What does not say when
 * it ends outlasts it.
 */
export function judgeKeySet(reading: KeySetReading, needDays: number, now: Instant): Judgement {
  const { keys, unreadable } = reading;
  const signing = keys.filter(({ signs, isSecret }) => signs && !isSecret);
  const faults: CertificateFault[] = keys
    .filter(({ isSecret }) => isSecret)
    .map((key) => ({ kind: "secret_published", words: `${keyTitle(key)} is published with its secret half.` }));
  faults.push(...signing.flatMap((key) => (isWeak(key.kty.toLowerCase(), key.keyBits) ? [weakFault(keyTitle(key), key.keyBits)] : [])));
  if (signing.length === 0) {
    const unread = unreadable === 0 ? "" : ` ${unreadable} of its entries cannot be read.`;
    faults.push({ kind: "no_keys", words: `The set holds no key that signs: every token is refused.${unread}` });
  }
  const endless = signing.some(({ notAfter }) => notAfter === undefined);
  const last = signing
    .flatMap(({ notAfter }) => notAfter ?? [])
    .sort()
    .at(-1);
  if (endless || last === undefined) return { faults, daysLeft: null, endsAt: null };
  const left = daysBetween(now, last);
  if (last <= now) faults.push({ kind: "expired", words: `The last key that signs ended on ${last.slice(0, 10)}.` });
  else if (left < needDays) faults.push({ kind: "expires_soon", words: `The last key that signs ends on ${last.slice(0, 10)}.` });
  return { faults, daysLeft: left, endsAt: last };
}

function timeFaults(title: string, { notBefore, notAfter }: CertificateFacts, needDays: number, now: Instant): CertificateFault[] {
  const end = notAfter.slice(0, 10);
  if (notAfter <= now) return [{ kind: "expired", words: `${title} ended on ${end}.` }];
  if (notBefore > now) return [{ kind: "not_yet_valid", words: `${title} is not valid before ${notBefore.slice(0, 10)}.` }];
  const left = daysBetween(now, notAfter);
  return left < needDays ? [{ kind: "expires_soon", words: `${title} ends on ${end}.` }] : [];
}

/** Nobody checks the signature of a root: it is trusted because it lies in the store. */
function weakness(title: string, { keyType, keyBits, signature }: CertificateFacts, isRoot: boolean): CertificateFault[] {
  if (isWeak(keyType ?? "", keyBits)) return [weakFault(title, keyBits)];
  return !isRoot && /sha1|md5|md2/i.test(signature ?? "") ? [{ kind: "weak_key", words: `${title} is signed with ${signature}.` }] : [];
}

function isWeak(keyType: string, keyBits: number | undefined): boolean {
  if (keyType.startsWith("rsa")) return (keyBits ?? 0) < 2048;
  if (keyType === "dsa") return true;
  return keyType === "ec" && (keyBits ?? 256) < 224;
}

function weakFault(title: string, keyBits: number | undefined): CertificateFault {
  return { kind: "weak_key", words: `${title} has a weak key${keyBits === undefined ? "" : ` of ${keyBits} bits`}.` };
}

function titleOf({ subject }: CertificateFacts, place: number): string {
  return place === 0 ? `The certificate ${subject}` : `The issuer ${subject}`;
}

function keyTitle({ kid, kty }: KeyFacts): string {
  return kid === undefined ? `A key of kind ${kty}` : `The key ${kid}`;
}

function endOf(first: Instant | undefined, now: Instant): Pick<Judgement, "daysLeft" | "endsAt"> {
  return first === undefined ? { daysLeft: null, endsAt: null } : { daysLeft: daysBetween(now, first), endsAt: first };
}

function daysBetween(from: Instant, to: Instant): number {
  return Math.floor(msBetween(from, to) / MS_PER_DAY);
}
