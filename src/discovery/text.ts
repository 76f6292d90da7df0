/** Words for a terminal of a certain width. Pure. */

/** `1 person`, `2 people`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** What others wrote, on one line: a name with a line of its own could pass for ours. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ");
}

/** Padded to a width, or cut to it with a sign that it is cut. */
export function fit(whole: string, width: number): string {
  const text = onOneLine(whole);
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}

/** Broken between words; a word that is longer than a line is broken where it has to be. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const room = Math.max(10, width - indent.length);
  const lines: string[] = [];
  for (const word of onOneLine(text)
    .split(" ")
    .flatMap((each) => each.match(new RegExp(`.{1,${room}}`, "gu")) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${indent}${line}`);
}

/** The last parts of these paths, where they tell them apart; else the paths. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const alike = Map.groupBy(new Set(paths), lastPart);
  return new Map(paths.map((path) => [path, alike.get(lastPart(path))?.length === 1 ? lastPart(path) : path]));
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
