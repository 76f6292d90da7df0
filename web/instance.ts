/** Which instance this console is of: the real one, or the example organisation beside it, told from the address. */

const EXAMPLE = "/example";

export const isExample = location.pathname === EXAMPLE || location.pathname.startsWith(`${EXAMPLE}/`);

/** What comes before every address of this instance; empty for the real one. */
export const BASE = isExample ? EXAMPLE : "";

/** A name for what this browser keeps or shares between windows: both instances are of one origin, and neither is to find the other's. */
export function nameHere(name: string): string {
  return `${name}${BASE}`;
}
