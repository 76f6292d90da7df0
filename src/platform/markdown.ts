/**
 * The little Markdown our pages use, as HTML: headings, paragraphs, lists, fenced code, `code`, **bold** and links to pages and
 * web addresses. Everything else is text; nothing in a page can become markup of its own.
 */

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

export function htmlOfMarkdown(markdown: string): string {
  const blocks: string[] = [];
  // Code first: blank lines inside a fence do not end it.
  for (const part of markdown.replaceAll("\r\n", "\n").split(/^(```[^\n]*\n[\s\S]*?^```)$/m)) {
    if (part.startsWith("```")) blocks.push(`<pre><code>${escapeHtml(part.replace(/^```[^\n]*\n|\n?```$/g, ""))}</code></pre>`);
    else blocks.push(...part.split(/\n{2,}/).map((block) => htmlOfBlock(block.trim())));
  }
  return blocks.filter((block) => block !== "").join("\n");
}

function htmlOfBlock(block: string): string {
  if (block === "") return "";
  const heading = /^(#{1,4}) (.+)$/.exec(block);
  if (heading !== null) return `<h${heading[1]!.length}>${inline(heading[2]!)}</h${heading[1]!.length}>`;
  const lines = block.split("\n");
  if (block.startsWith("- ")) return list("ul", lines, /^- /);
  if (/^\d+\. /.test(block)) return list("ol", lines, /^\d+\. /);
  return `<p>${inline(lines.join(" "))}</p>`;
}

function list(element: "ul" | "ol", lines: readonly string[], marker: RegExp): string {
  const items: string[] = [];
  for (const line of lines) {
    if (marker.test(line) || items.length === 0) items.push(line.replace(marker, ""));
    else items.push(`${items.pop()!} ${line.trim()}`);
  }
  return `<${element}>${items.map((item) => `<li>${inline(item)}</li>`).join("")}</${element}>`;
}

function inline(text: string): string {
  const pieces = text.split(/(`[^`]+`)/);
  return pieces
    .map((piece) => (/^`[^`]+`$/.test(piece) ? `<code>${escapeHtml(piece.slice(1, -1))}</code>` : emphasis(escapeHtml(piece))))
    .join("");
}

/** Of escaped text. A link is made of a web address or a relative path only: no other scheme can hide in one. */
function emphasis(escaped: string): string {
  return escaped
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\[([^\]]+)\]\((https?:\/\/[^\s)]+|[\w./#-]+)\)/g, '<a href="$2">$1</a>');
}
