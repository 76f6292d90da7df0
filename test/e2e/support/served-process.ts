/** The server as somebody starts it: a process of its own, on an empty folder, with the console built. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser } from "playwright-core";

import { freePort } from "../../support/free-port.ts";
import { launchBrowser, visit, type Visit } from "./browser.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

export interface ServedProcess {
  readonly origin: string;
  readonly dataDir: string;
  /** The link the terminal shows at the first start. */
  readonly firstLink: string;
  readonly browser: Browser;
  visit(looks?: Parameters<typeof visit>[2]): Promise<Visit>;
  close(): Promise<void>;
}

export async function serveProcess(chromium: string): Promise<ServedProcess> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const dataDir = mkdtempSync(join(tmpdir(), "postern-process-"));
  const env = { ...process.env, POSTERN_DATA: dataDir, POSTERN_ORIGIN: origin, PORT: String(port) };
  const child = spawn(process.execPath, [join(ROOT, "src", "main.ts"), "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const firstLink = await linkIn(child.stdout);
  const browser = await launchBrowser(chromium);
  return {
    origin,
    dataDir,
    firstLink,
    browser,
    visit: (looks) => visit(browser, origin, looks),
    async close() {
      await browser.close();
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function linkIn(out: AsyncIterable<Buffer>): Promise<string> {
  let told = "";
  for await (const part of out) {
    told += part.toString();
    const link = /http\S+\/enrol#\S+/.exec(told)?.[0];
    if (link !== undefined) return link;
  }
  throw new Error(`the server ended without a link: ${told}`);
}
