/** Where a person is sent after signing in: on to the page they wanted, never to another site. */
import { expect, test } from "vitest";

import { signInSearch } from "../../web/searches.ts";

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "",
])("%j is not followed", (to) => {
  expect(signInSearch({ to }).to).toBeUndefined();
});

test.each(["/", "/register?view=ending&search=Gr\u00FC\u00DFe", "/exceptions/EXC-2026-0001#grants"])("%j is followed", (to) => {
  expect(signInSearch({ to }).to).toBe(to);
});
