/** Addresses and networks of IPv4 and IPv6 (RFC 4632, RFC 4291), read by hand: in linear time, and nothing that is not one. */

/** An address as a number. An IPv4 address that is written inside IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Network extends Address {
  readonly prefix: number;
}

const LONGEST = 49;
const MAPPED = 0xffffn;

export function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  if (!text.includes(":")) return fourOf(text);
  const value = sixOf(text);
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. Bits beyond the prefix have to be zero: what else was meant is not guessed. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const prefix = length === undefined ? parsed.bits : decimal(length, parsed.bits);
  if (prefix === undefined) return undefined;
  const beyond = (1n << BigInt(parsed.bits - prefix)) - 1n;
  return (parsed.value & beyond) === 0n ? { ...parsed, prefix } : undefined;
}

export function isWithin(network: Network, address: Address): boolean {
  const shift = BigInt(network.bits - network.prefix);
  return network.bits === address.bits && network.value >> shift === address.value >> shift;
}

function fourOf(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    const byte = decimal(part, 255);
    if (byte === undefined) return undefined;
    value = (value << 8n) | BigInt(byte);
  }
  return { bits: 32, value };
}

function sixOf(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half, index) => (half === "" ? [] : groupsOf(half, index === halves.length - 1)));
  const [head, tail = []] = groups;
  if (head === undefined || tail === undefined) return undefined;
  const left = 8 - head.length - tail.length;
  if (halves.length === 2 ? left < 1 : left !== 0) return undefined;
  return [...head, ...Array<bigint>(left).fill(0n), ...tail].reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; the last of all may be written as IPv4. */
function groupsOf(text: string, isLast: boolean): readonly bigint[] | undefined {
  const found: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const four = isLast && index === parts.length - 1 && part.includes(".") ? fourOf(part) : undefined;
    if (four !== undefined) found.push(four.value >> 16n, four.value & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) found.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return found;
}

/** Without signs, spaces or leading zeros, which some read as octal. */
function decimal(text: string, most: number): number | undefined {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}
