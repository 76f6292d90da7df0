/** A form as somebody fills it in who never lets go of the keyboard. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

const DAY_MS = 86_400_000;

export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole("heading", { level: 1, name });

export const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

/** Picks from a list to search by typing. */
export async function pick(page: Page, label: string, name: string): Promise<void> {
  const box = page.getByRole("combobox", { name: label });
  await box.click();
  await page.keyboard.type(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => box.inputValue(), { timeout: 30_000 }).toBe(name);
}

/** `20270131`: as the segments of a date field are typed. */
export const dayDigits = (inDays: number): string => new Date(Date.now() + inDays * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");

export async function typeDay(page: Page, label: string, inDays: number): Promise<void> {
  await page.getByRole("group", { name: label }).getByRole("spinbutton").first().click();
  await page.keyboard.type(dayDigits(inDays));
}

export interface Asked {
  readonly title: string;
  readonly owner: string;
  readonly implementer: string;
}

/** A whole request for VPN without a passkey for amara.osei of the example directory, for twenty days; not put forward yet. */
export async function fillRequest(page: Page, { title, owner, implementer }: Asked): Promise<void> {
  await page.getByRole("radio", { name: /Remote access/ }).check();
  await page.getByLabel("Unit").fill("Plant");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Provider").selectOption({ label: "Example directory" });
  await page.getByLabel("Policy", { exact: true }).selectOption({ label: "VPN" });
  await page.getByLabel("Find a person, group or account").fill("amara.osei");
  await press(page, "Find and add");
  // A list that is open closes when what was found moves the page below it.
  await page.getByText("Covers 1 person now").waitFor();
  await press(page, "Go on");
  await page.getByLabel("Why no stronger way exists today").fill("The terminal takes no authenticator until it is replaced.");
  await page.getByLabel("Kind of reason").selectOption({ label: "The technology cannot do it" });
  await page.getByLabel("Control 1").fill("Only from the plant's own network");
  await page.getByLabel("Risk without them").selectOption({ label: "Moderate" });
  await page.getByLabel("Risk with them").selectOption({ label: "Low" });
  await typeDay(page, "Until the end of", 20);
  await page.getByLabel("What replaces it").fill("A terminal with a reader");
  await pick(page, "Who brings that about", owner);
  await pick(page, "Business owner", owner);
  await pick(page, "Implementer", implementer);
}
