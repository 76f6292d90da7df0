/** What a page is by keyboard alone: which controls it has, which of them Tab reaches, and whether one sees where one is. */
import type { Page } from "playwright-core";

/** Runs in the page: remembers every control with its looks, and afterwards which had the focus and looked different for it. */
const WATCH = `(() => {
  const CONTROLS = "a[href],button,input,select,textarea,summary,[tabindex],[contenteditable]";
  const looks = (each) => {
    const around = [each, each.parentElement, each.parentElement?.parentElement, each.nextElementSibling, each.previousElementSibling];
    return around.map((one) => {
      if (!one) return "";
      const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, clipPath, translate, transform, opacity } = getComputedStyle(one);
      return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, clipPath, translate, transform, opacity].join();
    }).join("|");
  };
  const isReachable = (each) =>
    each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
    each.closest("[inert]") === null && !(each.type === "radio" && !each.checked && isGroupHeld(each));
  const isGroupHeld = (radio) => {
    const group = [...document.querySelectorAll("input[type=radio]")].filter((one) => one.name === radio.name && one.form === radio.form);
    const held = group.find((one) => one.checked) ?? group[0];
    return radio !== held;
  };
  const controls = [...document.querySelectorAll(CONTROLS)].filter(isReachable);
  const before = new Map(controls.map((each) => [each, looks(each)]));
  const reached = [];
  const unseen = [];
  document.addEventListener("focusin", ({ target }) => {
    reached.push(target);
    if (before.has(target) && looks(target) === before.get(target)) unseen.push(target);
  });
  const words = (each) => each.outerHTML.slice(0, 140);
  globalThis.keyboardWatch = {
    count: () => controls.length,
    isRound: () => reached.length > 1 && reached.filter((each) => each === reached[0]).length > 1,
    report: () => ({
      first: reached[0]?.textContent ?? "",
      missed: controls.filter((each) => each.isConnected && !reached.includes(each)).map(words),
      unseen: [...new Set(unseen)].map(words),
    }),
  };
})()`;

export interface ByKeyboard {
  readonly controls: number;
  /** Text of the first control. */
  readonly first: string;
  /** Controls that Tab never came to. */
  readonly missed: readonly string[];
  /** Controls that look the same with and without the focus. */
  readonly unseen: readonly string[];
  /** Tab came round to where it began. */
  readonly isFree: boolean;
}

const AT_ONCE = 20;

/** Tabs through the page once, from its beginning. */
export async function walkByKeyboard(page: Page): Promise<ByKeyboard> {
  await page.evaluate(WATCH);
  const controls = Number(await page.evaluate("keyboardWatch.count()"));
  const isRound = async () => (await page.evaluate("keyboardWatch.isRound()")) === true;
  let pressed = 0;
  while (!(await isRound()) && pressed < controls * 2 + 40) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => page.keyboard.down("Tab")));
    await page.keyboard.up("Tab");
    pressed += AT_ONCE;
  }
  const report = (await page.evaluate("keyboardWatch.report()")) as Pick<ByKeyboard, "first" | "missed" | "unseen">;
  return { controls, ...report, isFree: await isRound() };
}
