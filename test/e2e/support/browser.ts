/** A real Chromium for stories, with a virtual passkey authenticator in place of a finger. */
import { existsSync } from "node:fs";

import type { ExportedPasskey } from "../../support/authenticator.ts";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Debian and most others put it; `POSTERN_CHROMIUM` names another. */
const PLACES = [process.env["POSTERN_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of a Chromium on this machine, or undefined: stories then skip and say so. */
export function findChromium(): string | undefined {
  return PLACES.find((place): place is string => place !== undefined && existsSync(place));
}

export const NO_CHROMIUM = "no Chromium on this machine (set POSTERN_CHROMIUM to its path)";

export async function launchBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained about: script errors and breaches of the content security policy. */
  readonly complaints: readonly string[];
  /** Number of times the virtual finger signed something. */
  readonly countAssertions: () => Promise<number>;
  /** Lets this device sign with passkeys that were made elsewhere. */
  readonly holdPasskeys: (passkeys: readonly ExportedPasskey[]) => Promise<void>;
}

const pages = new Set<Page>();

/** Pages of people at their devices that were not closed, in the order they were opened. */
export const openPages = (): readonly Page[] => [...pages].filter((page) => !page.isClosed());

/** One person at one device: their own cookies, their own passkeys. */
export async function visit(
  browser: Browser,
  origin: string,
  looks: { colorScheme?: "light" | "dark"; width?: number; height?: number } = {},
): Promise<Visit> {
  const { colorScheme = "light", width = 1280, height = 860 } = looks;
  const context = await browser.newContext({ baseURL: origin, colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  pages.add(page);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  return { context, page, complaints, ...(await addAuthenticator(context, page, new URL(origin).hostname)) };
}

/** A platform authenticator that always verifies its person, as a laptop's fingerprint reader would. */
async function addAuthenticator(
  context: BrowserContext,
  page: Page,
  rpId: string,
): Promise<Pick<Visit, "countAssertions" | "holdPasskeys">> {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async countAssertions() {
      const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
      return credentials.reduce((sum, credential) => sum + credential.signCount, 0);
    },
    async holdPasskeys(passkeys) {
      for (const { isSynced, ...passkey } of passkeys) {
        const kind = { backupEligibility: isSynced, backupState: isSynced };
        const credential = { ...passkey, ...kind, rpId, isResidentCredential: true };
        await cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
      }
    },
  };
}
