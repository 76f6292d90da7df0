/** Looks for barriers (WCAG 2.2 AA and good practice) in the page as it stands. */
import { source } from "axe-core";
import type { Page } from "playwright-core";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

const RUNS = {
  all: { runOnly: LEVELS },
  /** What another colour scheme can change. */
  colour: { runOnly: { type: "rule", values: OF_COLOUR } },
  /** What another width can change. */
  shape: { runOnly: LEVELS, rules: Object.fromEntries(OF_COLOUR.map((rule) => [rule, { enabled: false }])) },
} as const;

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
  readonly passes: readonly unknown[];
}

/** One line a barrier; and how many rules were really looked at, so that a check that sees nothing is noticed. */
export async function findBarriers(page: Page, what: keyof typeof RUNS = "all"): Promise<{ barriers: string[]; looked: number }> {
  // Evaluated from outside the page: its content security policy lets no script in.
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(source);
  const options = JSON.stringify({ ...RUNS[what], resultTypes: ["violations"] });
  const found = (await page.evaluate(`axe.run(document, ${options})`)) as Found;
  const barriers = found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary?.replaceAll(/\s+/g, " ").slice(0, 200) ?? ""}`),
  );
  return { barriers, looked: found.passes.length };
}
