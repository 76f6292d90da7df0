/** Addresses of devices and the networks they lie in (RFC 4632, RFC 4291), as text that people and callers write. Pure. */

/** Four words of 32 bits; an IPv4 address, mapped into IPv6 or not, is one in the last of them. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
}

export interface Network extends Address {
  /** Bits that count, of 32 or of 128. */
  readonly bits: number;
}

/** Longer than any address with a prefix: nothing longer is looked at. */
const LONGEST = 60;

/**
 * The network that `192.0.2.0/24`, `2001:db8::/32` or a single address means; undefined for whatever cannot be read in one way only
 * (numbers with a leading zero, zones of an interface, missing parts).
 */
export function parseNetwork(text: string): Network | undefined {
  if (text.length > LONGEST) return undefined;
  const slash = text.indexOf("/");
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const isMapped = address.family === 4 && text.includes(":");
  const whole = address.family === 4 && !isMapped ? 32 : 128;
  const given = slash === -1 ? whole : smallNumber(text.slice(slash + 1), whole);
  if (given === undefined) return undefined;
  if (!isMapped) return { ...address, bits: given };
  // A mapped network wider than all of IPv4 is one of IPv6.
  return given < 96 ? { family: 6, words: mappedWords(address), bits: given } : { ...address, bits: given - 96 };
}

/** Whether an address, as a caller writes it, lies in a network. What cannot be read lies in none. */
export function isInNetwork(network: Network, address: string): boolean {
  const read = parseAddress(address);
  return read !== undefined && isWithin(network, read);
}

export function isWithin(network: Network, { family, words }: Address): boolean {
  if (family !== network.family) return false;
  return family === 4
    ? isSameStart(words[3], network.words[3], network.bits)
    : words.every((word, i) => isSameStart(word, network.words[i]!, Math.min(32, network.bits - 32 * i)));
}

const isBeyond = (word: number, counting: number): boolean => counting < 32 && word << Math.max(0, counting) !== 0;

/** Whether bits are set that the prefix leaves open: something else was meant than what is written. */
export function hasBitsBeyond({ family, words, bits }: Network): boolean {
  return family === 4 ? isBeyond(words[3], bits) : words.some((word, i) => isBeyond(word, bits - 32 * i));
}

function isSameStart(a: number, b: number, bits: number): boolean {
  return bits <= 0 || (a ^ b) >>> (32 - bits) === 0;
}

function mappedWords({ words }: Address): Address["words"] {
  return [0, 0, 0xffff, words[3]];
}

/** An IPv4 address that is written inside IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  if (!text.includes(":")) {
    const word = parseFour(text);
    return word === undefined ? undefined : { family: 4, words: [0, 0, 0, word] };
  }
  const words = parseSix(text);
  if (words === undefined) return undefined;
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return { family: isMapped ? 4 : 6, words: isMapped ? [0, 0, 0, words[3]] : words };
}

function parseFour(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    const value = smallNumber(part, 255);
    if (value === undefined) return undefined;
    word = word * 256 + value;
  }
  return word;
}

/** Decimal, up to a limit, without leading zeros: some read those as octal. */
function smallNumber(text: string, most: number): number | undefined {
  if (!/^(0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

function parseSix(text: string): Address["words"] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: Math.max(0, missing) }, () => 0), ...(right ?? [])];
  const word = (i: number): number => all[2 * i]! * 65_536 + all[2 * i + 1]!;
  return [word(0), word(1), word(2), word(3)];
}

/** Groups of 16 bits on one side of `::`; the last of all may be an IPv4 address, which is two. */
function groupsOf(half: string, isLast: boolean): readonly number[] | undefined {
  if (half === "") return [];
  const groups: number[] = [];
  const parts = half.split(":");
  for (const [i, part] of parts.entries()) {
    const four = isLast && i === parts.length - 1 && part.includes(".") ? parseFour(part) : undefined;
    if (four !== undefined) groups.push(four >>> 16, four & 0xffff);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
