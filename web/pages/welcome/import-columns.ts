/** What a list's columns are called, read only to offer them; the server reads the list itself. */

export function formatOf(text: string): "csv" | "json" {
  return /^\s*[[{]/.test(text) ? "json" : "csv";
}

/** Names of the columns: the first line of a CSV, the members of a JSON list's first row. */
export function columnsOf(text: string): string[] {
  if (text.trim() === "") return [];
  if (formatOf(text) === "json") return membersOf(text);
  const line = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "";
  const separator = [";", "\t", ","].find((each) => line.includes(each)) ?? ",";
  const cells = line.split(separator).map((cell) => cell.trim().replaceAll(/^"|"$/g, ""));
  return cells.filter((cell) => cell !== "");
}

function membersOf(text: string): string[] {
  try {
    const rows: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(rows) ? rows[0] : rows;
    return typeof first === "object" && first !== null ? Object.keys(first) : [];
  } catch {
    return [];
  }
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, "");

/** Columns that carry a field's own name are mapped; what is not certain is left to the person. */
export function guessMapping(fields: readonly string[], columns: readonly string[]): Record<string, string> {
  const found = fields.flatMap((field) => {
    const column = columns.find((each) => plain(each) === plain(field));
    return column === undefined ? [] : [[field, column] as const];
  });
  return Object.fromEntries(found);
}
