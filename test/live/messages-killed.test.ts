/** The process dies after the mail server took a letter and before that is written down. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { createAuthenticator } from "../support/authenticator.ts";
import { type Browser, createBrowser, serverAt, succeeded } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { headerOf, startMailServer, type TestMailServer } from "../support/mail-server.ts";
import { ORIGIN } from "../support/whole-app.ts";

const SERVER = new URL("../support/story-server.ts", import.meta.url).pathname;

let folder: string;
let mail: TestMailServer;
let child: ChildProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-messages-"));
  writeFileSync(join(folder, "clock"), "2026-03-02T09:00:00.000Z");
  mail = await startMailServer();
});
afterAll(async () => {
  child.kill("SIGKILL");
  await mail.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts it, and gives the enrolment link where it prints one. */
async function launch(port: number): Promise<string | undefined> {
  const env = { ...process.env, POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`, POSTERN_MAIL_FROM: "postern@harbour.example" };
  const started = spawn(process.execPath, [SERVER, join(folder, "data"), join(folder, "clock"), String(port)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  let printed = "";
  for await (const text of started.stdout.setEncoding("utf8")) {
    printed += text as string;
    if (/^ready$/m.test(printed)) break;
  }
  return /^link (.*)$/m.exec(printed)?.[1];
}

async function until<T>(ask: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("it is sent again by the next process, as the very same letter, and then is over", async () => {
  const port = await freePort();
  const link = await launch(port);
  const admin: Browser = createBrowser(serverAt(port), ORIGIN, createAuthenticator({ origin: ORIGIN }));
  await admin.enrol(link!, "Admin");
  const { id: me } = (await admin.ask("GET", "/api/v1/session")).body["person"] as { id: string };
  const etag = (await admin.ask("GET", `/api/v1/people/${me}`)).headers.get("ETag") ?? "";
  const fields = {
    displayName: "Admin",
    roles: ["administrator"],
    unit: null,
    manager: null,
    deputy: null,
    email: "admin@harbour.example",
  };
  succeeded(await admin.ask("PUT", `/api/v1/people/${me}`, fields, { "If-Match": etag }));

  mail.mood = "takesAndHangs";
  const { id } = succeeded(await admin.ask("POST", "/api/v1/messages/trial", {})).body;
  await until(
    () => mail.taken,
    ({ length }) => length === 1,
  );
  const dead = once(child, "exit");
  child.kill("SIGKILL");
  await dead;
  mail.mood = "takes";
  await launch(port);

  const delivery = async () => {
    const { items } = (await admin.ask("GET", "/api/v1/deliveries")).body as { items: { id: string; result: string; tries: number }[] };
    return items.find((each) => each.id === id)!;
  };
  // Of the try that was cut off nothing could be written down.
  expect(await until(delivery, ({ result }) => result === "sent")).toMatchObject({ tries: 1 });
  expect(mail.taken).toHaveLength(2);
  const [first, second] = mail.taken;
  expect(headerOf(first!, "Message-ID")).toBe(`<${id as string}@localhost>`);
  for (const name of ["Message-ID", "Date", "Subject"]) expect(headerOf(second!, name)).toBe(headerOf(first!, name));
});
