/** Why the example organisation was not played or opened: what somebody can mend is named, for all else there is the log. */

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT"]);

export function whyFailed(error: unknown): string {
  const codes = codesOf(error);
  if (codes.some((code) => FULL.has(code))) return "The disk is full.";
  if (codes.some((code) => NOT_WRITABLE.has(code))) return "Postern cannot write its folder, “example” inside of the data folder.";
  return "The server’s log says why, beside “example organisation failed”.";
}

/** Of the error and of all that caused it. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as NodeJS.ErrnoException;
  return [...(code === undefined ? [] : [code]), ...codesOf(error.cause)];
}
