/** The few pieces the page is made of. Everything that came from people goes through {@link escaped}. */

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** An instant as it is kept, readable without a script. */
export function time(at: string): string {
  const shown = at.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");
  return `<time datetime="${escaped(at)}">${escaped(shown)}</time>`;
}

export function section(title: string, body: string): string {
  return `<section><h2>${escaped(title)}</h2>\n${body}</section>`;
}

/** Values are HTML. */
export function definitions(facts: readonly (readonly [name: string, value: string])[]): string {
  return `<dl>${facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${value}</dd></div>`).join("\n")}</dl>`;
}

/** Cells are HTML, headings text. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return `<p>${escaped(empty)}</p>`;
  const head = headings.map((heading) => `<th scope="col">${escaped(heading)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<div class="table"><table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`;
}

/** Any plain JSON, all of it, as nested definitions. `say` turns ids into names. */
export function list(value: unknown, say: (text: string) => string): string {
  if (value === null || value === "") return "<em>none</em>";
  if (Array.isArray(value)) {
    return value.length === 0 ? "<em>none</em>" : `<ol>${value.map((each) => `<li>${list(each, say)}</li>`).join("")}</ol>`;
  }
  if (typeof value === "object") return definitions(Object.entries(value).map(([name, each]) => [labelOf(name), list(each, say)]));
  return escaped(say(typeof value === "string" ? value : JSON.stringify(value)));
}

/** `requestedUntil` → "Requested until". */
function labelOf(name: string): string {
  const text = name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
