/** When a story fails, tells what its pages showed, in words and as pictures, and what the server complained of: the machine it failed on may be gone by then. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterEach } from "vitest";

import { openComplaints } from "../../support/whole-app.ts";
import { openPages } from "./browser.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "..", ".cache", "failed-stories");
const MOST_SHOWN = 1500;
const MOST_LINES = 10;

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  mkdirSync(FOLDER, { recursive: true });
  for (const [i, page] of openPages().entries()) {
    const path = join(FOLDER, `${task.name.replaceAll(/\W+/g, "-").slice(0, 60)}-${i}`);
    const shown = `shown when "${task.name}" failed (${path}.png):\n${await shownOn(page)}`;
    process.stderr.write(`\n${shown}\n`);
    // .ci/run tells it again at its end.
    writeFileSync(`${path}.txt`, shown);
    await page.screenshot({ path: `${path}.png`, timeout: 5000 }).catch(() => undefined);
  }
  process.stderr.write(`\nlogged by then:\n${openComplaints().slice(-MOST_LINES).join("")}\n`);
});

/** Where it is, and the words of what is open over the page and of the page; one that answers no more is no reason to fail again. */
async function shownOn(page: Page): Promise<string> {
  const words = "[...document.querySelectorAll('dialog[open], main')].map((each) => each.innerText).join('\\n')";
  const told = await page.evaluate(words).catch(String);
  return `${page.url()}\n${String(told)
    .replaceAll(/\s*\n\s*/g, " · ")
    .slice(0, MOST_SHOWN)}`;
}
