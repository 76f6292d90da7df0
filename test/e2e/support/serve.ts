/** An application on a manual clock, served with the built console to people at real browsers. */

import { serve } from "@hono/node-server";

import type { App } from "../../../src/compose.ts";
import type { Browser as Signed } from "../../support/browser.ts";
import { freePort } from "../../support/free-port.ts";
import { launchBrowser, visit, type Visit } from "./browser.ts";

export interface Served {
  readonly origin: string;
  /** Somebody at their device, signed in already and with their passkeys. */
  visitAs(person: Signed, looks?: Parameters<typeof visit>[2]): Promise<Visit>;
  /** Somebody at a device that knows nothing yet. */
  visitNew(looks?: Parameters<typeof visit>[2]): Promise<Visit>;
  close(): Promise<void>;
}

/** The session that somebody's requests use becomes the device's: anew after a jump of the clock, which ends sessions. */
export async function signIn({ context }: Pick<Visit, "context">, person: Signed, origin: string): Promise<void> {
  const [name = "", value = ""] = person.cookie().split("=");
  await context.addCookies([{ name, value, url: origin }]);
}

export async function serveToBrowsers<Story extends { close(): Promise<void> }>(
  chromium: string,
  open: (origin: string) => Promise<Story>,
  appOf: (story: Story) => App,
): Promise<Story & Served> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const story = await open(origin);
  const server = serve({ fetch: appOf(story).http.fetch, port, hostname: "localhost" });
  const browser = await launchBrowser(chromium);
  return {
    ...story,
    origin,
    visitNew: (looks) => visit(browser, origin, looks),
    async visitAs(person, looks) {
      const visiting = await visit(browser, origin, looks);
      await signIn(visiting, person, origin);
      await visiting.holdPasskeys(person.authenticator.exportPasskeys());
      return visiting;
    },
    async close() {
      await browser.close();
      server.close();
      await story.close();
    },
  };
}
