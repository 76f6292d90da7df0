import * as fc from "fast-check";
import { expect, test } from "vitest";

import { htmlOfMarkdown } from "./markdown.ts";

test("headings, paragraphs, lists, code and links become HTML", () => {
  const markdown = [
    "# journal.tooLarge",
    "",
    "One sentence over",
    "two lines with `code <b>` and **weight**.",
    "",
    "- first, that goes",
    "  on here",
    "- second",
    "",
    "1. one",
    "2. two",
    "",
    "```sh",
    "postern verify <x>",
    "",
    "# no heading",
    "```",
    "",
    "See [keys](../operate/keys.md) and [RFC](https://www.rfc-editor.org/rfc/rfc9457).",
  ].join("\n");
  expect(htmlOfMarkdown(markdown)).toBe(
    [
      "<h1>journal.tooLarge</h1>",
      "<p>One sentence over two lines with <code>code &lt;b&gt;</code> and <strong>weight</strong>.</p>",
      "<ul><li>first, that goes on here</li><li>second</li></ul>",
      "<ol><li>one</li><li>two</li></ol>",
      "<pre><code>postern verify &lt;x&gt;\n\n# no heading</code></pre>",
      '<p>See <a href="../operate/keys.md">keys</a> and <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC</a>.</p>',
    ].join("\n"),
  );
});

test("no text can become markup or a script address of its own", () => {
  for (const text of [
    "<script>alert(1)</script>",
    '<img src=x onerror="x">',
    "[x](javascript:alert(1))",
    '[x](https://a" onclick="x)',
    "`<b>`",
  ]) {
    const html = htmlOfMarkdown(text);
    expect(html).not.toMatch(/<(script|img|b)\b|href="javascript|\sonclick="/);
  }
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."<>\"'&`*[]()#-1. \nahttps:/".split("")), maxLength: 60 }), (text) => {
      const rest = htmlOfMarkdown(text).replaceAll(
        /<\/?(h[1-4]|p|ul|ol|li|pre|code|strong|a)>|<a href="(https?:\/\/[^"<>]*|[\w./#-]+)">/g,
        "",
      );
      expect(rest).not.toMatch(/[<>"]/);
    }),
    { numRuns: 2000 },
  );
});
