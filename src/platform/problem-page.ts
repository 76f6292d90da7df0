/** The pages that problem codes point to, as plain HTML that needs neither the console nor a session. */
import { escapeHtml, htmlOfMarkdown } from "./markdown.ts";

export const PROBLEM_STYLE = `:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin-top: 2rem }
code, pre { font-family: ui-monospace, monospace; font-size: 0.95em }
pre { overflow-x: auto; padding: 0.75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 0.5rem }
nav { font-size: 0.9rem }
`;

/** The page of one code, from its Markdown. */
export function problemPage(code: string, markdown: string): string {
  return page(code, `<nav><a href="/problems">All problems</a></nav>\n${htmlOfMarkdown(markdown)}`);
}

/** The list of all codes. */
export function problemsPage(codes: readonly string[]): string {
  const items = codes.map((code) => `<li><a href="/problems/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a></li>`);
  return page("Problems", `<h1>Problems</h1>\n<p>Every reason for which Postern says no.</p>\n<ul>${items.join("")}</ul>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Postern</title>
<link rel="stylesheet" href="/problems/page.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
