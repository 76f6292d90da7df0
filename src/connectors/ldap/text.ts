/** Escaping for the two texts LDAP builds requests from: filters (RFC 4515) and distinguished names (RFC 4514). */

/** A value inside a filter. */
export function filterValue(value: string): string {
  return value.replaceAll(/[\\*()]/g, (character) => `\\${character.codePointAt(0)!.toString(16)}`).replaceAll("\u0000", "\\00");
}

/** A value inside a distinguished name. */
export function dnValue(value: string): string {
  return value
    .replaceAll(/[\\,+"<>;=]/g, (character) => `\\${character}`)
    .replaceAll("\u0000", "\\00")
    .replace(/^[ #]/, (first) => `\\${first}`)
    .replace(/ $/, "\\ ");
}

/** Whether two distinguished names written by the same server name the same entry. */
export function sameDn(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether an entry lies below another one, at any depth. Both names written by the same server. */
export function isBelow(dn: string, ancestor: string): boolean {
  return dn.toLowerCase().endsWith(`,${ancestor.toLowerCase()}`);
}
