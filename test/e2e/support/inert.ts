/** Whether what was typed stayed text: looked at in the page as it stands. */
import type { Page } from "playwright-core";

/** Elements and attributes no page of ours has, scripts that are not ours, and addresses that lead elsewhere or run. */
const WHAT_RUNS = `(() => {
  const found = [];
  const show = (each) => each.outerHTML.slice(0, 160);
  const isOurs = (address) => {
    const { protocol, origin } = new URL(address, location.href);
    return (protocol === "http:" || protocol === "https:") && origin === location.origin;
  };
  for (const each of document.querySelectorAll("img, iframe, object, embed, base, form[action]")) found.push(show(each));
  for (const each of document.scripts) if (each.text.trim() !== "" || !isOurs(each.src)) found.push(show(each));
  for (const each of document.querySelectorAll("*")) {
    for (const { name, value } of each.attributes) {
      if (name.startsWith("on")) found.push(name + " on " + show(each));
      const isAddress = ["href", "src", "action", "formaction", "srcset", "ping"].includes(name);
      if (isAddress && !value.startsWith("#") && !isOurs(value)) found.push(name + "=" + value.slice(0, 120));
    }
  }
  return found;
})()`;

export async function findWhatRuns(page: Page): Promise<string[]> {
  return (await page.evaluate(WHAT_RUNS)) as string[];
}

/**
 * Our own words that a text before them turned round. In each paragraph the letters that follow a plant are measured: those of one
 * word stand from left to right, as they are written.
 */
const TURNED = String.raw`(() => {
  const PLANTED = /=1\+\u202E\u2066<img src=x onerror=alert\(1\)>(\{\{7\*7\}\})?(<\/script><script>alert\(2\)<\/script>)?(javascript:alert\(3\))?(<svg onload=alert\(4\)>)?(\$\{7\*7\}\u200B)?W*/g;
  const blockOf = (node) => {
    let each = node.parentElement;
    while (/^(inline|contents)$/.test(getComputedStyle(each).display) && each.parentElement) each = each.parentElement;
    return each;
  };
  const paragraphs = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const block = blockOf(node);
    const before = paragraphs.get(block) ?? { text: "", pieces: [] };
    paragraphs.set(block, { text: before.text + node.data, pieces: [...before.pieces, { node, from: before.text.length }] });
  }
  const placeOf = (pieces, at) => {
    const { node, from } = pieces.findLast((piece) => piece.from <= at);
    const range = document.createRange();
    range.setStart(node, at - from);
    range.setEnd(node, at - from + 1);
    return range.getBoundingClientRect();
  };
  const found = [];
  for (const [block, { text, pieces }] of paragraphs) {
    for (const planted of text.matchAll(PLANTED)) {
      const end = planted.index + planted[0].length;
      const rest = /\p{L}\p{L}+/u.exec(text.slice(end));
      if (rest === null || rest[0].startsWith("img")) continue;
      const [one, two] = [0, 1].map((i) => placeOf(pieces, end + rest.index + i));
      const isOneLine = one.width > 0 && two.width > 0 && Math.abs(one.top - two.top) < one.height / 2;
      globalThis.measured = (globalThis.measured ?? 0) + (isOneLine ? 1 : 0);
      if (isOneLine && one.left >= two.left) found.push("turned round: " + rest[0] + " in " + block.outerHTML.replaceAll(/\s+/g, " ").slice(0, 400));
    }
  }
  return found;
})()`;

/** What is turned, and how many words were measured. */
export async function findTurned(page: Page): Promise<{ turned: string[]; measured: number }> {
  const turned = (await page.evaluate(TURNED)) as string[];
  return { turned, measured: Number(await page.evaluate("globalThis.measured ?? 0")) };
}
