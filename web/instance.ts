/** Which instance this console is of: the real one, or the example organisation beside it, told from the address. */

const EXAMPLE = "/example";

export const isExample = location.pathname === EXAMPLE || location.pathname.startsWith(`${EXAMPLE}/`);

/** What comes before every address of this instance; empty for the real one. */
export const BASE = isExample ? EXAMPLE : "";
