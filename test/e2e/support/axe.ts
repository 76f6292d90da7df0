/** Looks for barriers (WCAG 2.2 AA and good practice) in the page as it stands. */
import { source } from "axe-core";
import type { Page } from "playwright-core";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
  readonly passes: readonly unknown[];
}

/** One line a barrier; and how many rules were really looked at, so that a check that sees nothing is noticed. */
export async function findBarriers(page: Page): Promise<{ barriers: string[]; looked: number }> {
  // Evaluated from outside the page: its content security policy lets no script in.
  await page.evaluate(source);
  const found = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(LEVELS)} })`)) as Found;
  const barriers = found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary?.replaceAll(/\s+/g, " ").slice(0, 200) ?? ""}`),
  );
  return { barriers, looked: found.passes.length };
}
