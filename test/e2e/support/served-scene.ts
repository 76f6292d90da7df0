/** Ten weeks of work, served to a real browser: people visit it with the sessions they already have. */
import { join } from "node:path";

import { serve } from "@hono/node-server";
import { build } from "vite";

import type { Browser as Signed } from "../../support/browser.ts";
import { freePort } from "../../support/free-port.ts";
import { launchBrowser, visit, type Visit } from "./browser.ts";
import { liveThrough, type Scene } from "./scene.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

export interface ServedScene extends Scene {
  readonly origin: string;
  /** Somebody at their device, signed in already and with their passkeys. */
  visitAs(person: Signed, looks?: Parameters<typeof visit>[2]): Promise<Visit>;
}

export async function serveScene(chromium: string): Promise<ServedScene> {
  await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const scene = await liveThrough(origin);
  const server = serve({ fetch: scene.app.http.fetch, port, hostname: "localhost" });
  const browser = await launchBrowser(chromium);
  return {
    ...scene,
    origin,
    async visitAs(person, looks) {
      const visiting = await visit(browser, origin, looks);
      const [name = "", value = ""] = person.cookie().split("=");
      await visiting.context.addCookies([{ name, value, url: origin }]);
      await visiting.holdPasskeys(person.authenticator.exportPasskeys());
      return visiting;
    },
    async close() {
      await browser.close();
      server.close();
      await scene.close();
    },
  };
}
