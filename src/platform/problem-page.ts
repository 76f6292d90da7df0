/** The pages that problem codes and forms of bypass point to, as plain HTML that needs neither the console nor a session. */
import { escapeHtml, htmlOfMarkdown } from "./markdown.ts";

export const PROBLEM_STYLE = `:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin-top: 2rem }
code, pre { font-family: ui-monospace, monospace; font-size: 0.95em }
pre { overflow-x: auto; padding: 0.75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 0.5rem }
nav { font-size: 0.9rem }
`;

/** A kind of page, one for each of many things. */
export interface PageKind {
  /** `/problems` */
  readonly path: string;
  readonly title: string;
  readonly words: string;
}

export const PROBLEMS: PageKind = { path: "/problems", title: "Problems", words: "Every reason for which Postern says no." };
export const FORMS_OF_BYPASS: PageKind = {
  path: "/forms",
  title: "Forms of bypass",
  words: "Every way around strong sign-in that Postern knows.",
};

/** The page of one, from its Markdown. */
export function onePage({ path, title }: PageKind, name: string, markdown: string): string {
  return page(name, `<nav><a href="${path}">${title}</a></nav>\n${htmlOfMarkdown(markdown)}`);
}

/** The list of all of them. */
export function listPage({ path, title, words }: PageKind, names: readonly string[]): string {
  const items = names.map((name) => `<li><a href="${path}/${escapeHtml(name)}"><code>${escapeHtml(name)}</code></a></li>`);
  return page(title, `<h1>${title}</h1>\n<p>${words}</p>\n<ul>${items.join("")}</ul>`);
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
