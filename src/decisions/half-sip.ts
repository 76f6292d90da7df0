/**
 * HalfSipHash-1-3: a hash with a secret of its own for every table, so that nobody can choose names that all fall into one place of it.
 * Over the UTF-16 of a text, two units a word. Pure.
 */
export function hashText(text: string, key0: number, key1: number): number {
  let v0 = key0 | 0;
  let v1 = key1 | 0;
  let v2 = key0 ^ 0x6c796765;
  let v3 = key1 ^ 0x74656462;
  const { length } = text;
  // One word more than there are whole ones: the rest, and the length.
  const words = (length >>> 1) + 1;
  for (let i = 0; i < words + 4; i++) {
    let word = 0;
    if (i < words) {
      const at = i << 1;
      word =
        i === words - 1 ? (length << 24) | (at < length ? text.charCodeAt(at) : 0) : text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      v3 ^= word;
    } else if (i === words) v2 ^= 0xff;
    // The word after the last is the first of three rounds that finish.
    if (i === words) continue;
    v0 = (v0 + v1) | 0;
    v1 = (v1 << 5) | (v1 >>> 27);
    v1 ^= v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = (v3 << 8) | (v3 >>> 24);
    v3 ^= v2;
    v0 = (v0 + v3) | 0;
    v3 = (v3 << 7) | (v3 >>> 25);
    v3 ^= v0;
    v2 = (v2 + v1) | 0;
    v1 = (v1 << 13) | (v1 >>> 19);
    v1 ^= v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    if (i < words) v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}
