import type { Page } from "playwright-core";

/** What has the focus, by the name one would call it. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (at === document.body) return "";
  const wordsOf = (each) => (each?.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const named = at.role === "spinbutton" ? wordsOf(at.closest("[role=group]")) : wordsOf(at);
  const name = at.getAttribute("aria-label") ?? "";
  return (name + " " + named).trim() || at.labels?.[0]?.textContent.replace(/optional$/, "") || at.textContent;
})()`;

/** Somebody who never touches a mouse. */
export function byKeys(page: Page) {
  return {
    press: (key: string) => page.keyboard.press(key),
    type: (text: string) => page.keyboard.type(text),
    async to(name: string | RegExp): Promise<void> {
      const seen: string[] = [];
      for (let tries = 0; tries < 120; tries++) {
        const at = String(await page.evaluate(FOCUSED)).trim();
        if (typeof name === "string" ? at === name : name.test(at)) return;
        seen.push(at);
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${String(name)}, only to: ${seen.join(" | ")}`);
    },
  };
}
