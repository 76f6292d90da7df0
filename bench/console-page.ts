/** Takes times inside of a page: how soon it is drawn, how soon it answers the hand, how soon what was asked for stands there. */
import type { Page } from "playwright-core";

/** Below this the browser does not tell how long an interaction took (Event Timing). */
const TOLD_FROM_MS = 16;

/** An answer that takes this long will not come. */
const GIVE_UP_MS = 60_000;

/** Runs in the page before anything of it does; it is text because it is the browser's code, not ours. */
const STOPWATCH = `globalThis.stopwatch = (() => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const longest = new Map();
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) {
      if (interactionId > 0) longest.set(interactionId, Math.max(longest.get(interactionId) ?? 0, duration));
    }
  }).observe({ type: "event", durationThreshold: ${TOLD_FROM_MS} });
  let touchedAt = NaN;
  for (const type of ["keydown", "pointerdown"]) addEventListener(type, (event) => { touchedAt = event.timeStamp; }, { capture: true });
  let changed;
  return {
    async load(selector) {
      while (document.querySelector(selector) === null) await frame();
      const ready = performance.now();
      const paint = () => performance.getEntriesByName("first-contentful-paint")[0];
      while (paint() === undefined) await frame();
      return { painted: paint().startTime, ready };
    },
    watch(selector, words) {
      const read = () => document.querySelector("[aria-busy=true]") === null ? document.querySelector(selector)?.textContent : undefined;
      const before = read();
      changed = (async () => {
        const giveUpAt = performance.now() + ${GIVE_UP_MS};
        const isNew = (text) => text !== undefined && text !== before && text.includes(words);
        while (!isNew(read())) {
          if (performance.now() > giveUpAt) throw new Error("nothing new was shown in " + selector);
          await frame();
        }
        return performance.now() - touchedAt;
      })();
    },
    changed: () => changed,
    interactions: () => ({ count: performance.interactionCount, longest: [...longest.values()] }),
    async fetched(path) {
      const from = performance.now();
      await (await fetch(path)).json();
      return performance.now() - from;
    },
  };
})()`;

export async function addStopwatch(page: Page): Promise<void> {
  await page.addInitScript(STOPWATCH);
}

/** Milliseconds from the navigation until the first text or picture is drawn, and until `shown` stands there. */
export async function timeLoad(page: Page, path: string, shown: string): Promise<{ painted: number; ready: number }> {
  await page.goto(path, { waitUntil: "commit" });
  return page.evaluate(`stopwatch.load(${JSON.stringify(shown)})`);
}

/** Milliseconds from the last key or press of `act` until `watched` has another text, with these words, and nothing is under way. */
export async function timeChange(page: Page, watched: string, act: () => Promise<void>, words = ""): Promise<number> {
  await page.evaluate(`stopwatch.watch(${JSON.stringify(watched)}, ${JSON.stringify(words)})`);
  await act();
  return page.evaluate("stopwatch.changed()");
}

/** Milliseconds until an answer of the API was read, asked for by the page itself. */
export async function timeFetch(page: Page, path: string): Promise<number> {
  return page.evaluate(`stopwatch.fetched(${JSON.stringify(path)})`);
}

/** Each key, press and click since the page was loaded: milliseconds until the next frame was drawn, as the browser times it. */
export async function interactionsOf(page: Page): Promise<readonly number[]> {
  // Told a moment after the frame.
  await page.waitForTimeout(300);
  const { count, longest } = await page.evaluate<{ count: number; longest: number[] }>("stopwatch.interactions()");
  return [...longest, ...Array.from({ length: Math.max(0, count - longest.length) }, () => TOLD_FROM_MS)];
}
