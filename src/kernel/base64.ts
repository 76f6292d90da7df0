/**
 * Standard base 64 (RFC 4648 section 4), strict: padding is required, nothing else is tolerated, and every byte string has
 * exactly one text. Proof formats must not have two spellings of the same hash.
 */

const CHUNK = 0x8000;

export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // fromCharCode takes its bytes as arguments, of which there may not be arbitrarily many.
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
}

/** The bytes, or undefined when the text is not the canonical encoding of any. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return encodeBase64(bytes) === text ? bytes : undefined;
}
