import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";

import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";

import { headerOf, selfSigned, startMailServer, type TestMailServer, textOf } from "../../test/support/mail-server.ts";
import { instant } from "../kernel/time.ts";
import { type Mail, openMailer } from "./mail.ts";
import { parseMailServer, parseWebhookUrl } from "./mail-server.ts";

const LETTER: Mail = {
  to: "ada@harbour.example",
  subject: "Postern: ein Vorfall – jetzt",
  text: "Überprüfung\n",
  html: "<p>Überprüfung</p>",
  messageId: "<ntf_1@postern.example>",
  date: instant("2026-03-02T09:00:00Z"),
  headers: { "Auto-Submitted": "auto-generated" },
};
const plain = (port: number) => ({
  ...parseMailServer(`smtp+plain://localhost:${port}`)!,
  from: "postern@harbour.example",
  passwordFile: undefined,
});

describe("a letter", () => {
  let server: TestMailServer;
  beforeEach(async () => {
    server = await startMailServer();
  });
  afterEach(() => server.close());
  const send = async (letter = LETTER) => (await openMailer(plain(server.port))).send(letter);

  test("arrives as it was written: text first, then HTML, with its own id, date and headers", async () => {
    expect(await send()).toMatchObject({ kind: "accepted" });
    const [taken] = server.taken;
    expect(taken).toMatchObject({ from: "postern@harbour.example", to: ["ada@harbour.example"] });
    expect(headerOf(taken!, "Message-ID")).toBe("<ntf_1@postern.example>");
    expect(headerOf(taken!, "Date")).toBe("Mon, 02 Mar 2026 09:00:00 +0000");
    expect(headerOf(taken!, "Auto-Submitted")).toBe("auto-generated");
    expect(headerOf(taken!, "From")).toBe("postern@harbour.example");
    expect(textOf(taken!)).toMatch(/Überprüfung[^]*<p>Überprüfung<\/p>/);
  });

  test("that is put off (4xx) is worth another try, one that is refused (5xx) is not", async () => {
    server.mood = "defers";
    expect(await send()).toMatchObject({ kind: "deferred", words: expect.stringContaining("Greylisted") });
    server.mood = "refuses";
    const refused = await send();
    expect(refused).toMatchObject({ kind: "refused", words: expect.stringContaining("No such mailbox") });
    expect(refused.words).not.toMatch(/\p{Cc}/u);
    expect(server.taken).toEqual([]);
  });

  test("whose connection is cut in the middle is worth another try", async () => {
    server.mood = "dropsInData";
    expect(await send({ ...LETTER, text: "x".repeat(200_000) })).toMatchObject({ kind: "deferred" });
  });

  test("to a server that says nothing any more is given up after a while, and worth another try", async () => {
    server.mood = "hangs";
    const mailer = await openMailer(plain(server.port), { connectMs: 500, silenceMs: 500 });
    expect(await mailer.send(LETTER)).toMatchObject({ kind: "deferred" });
    expect(server.taken).toEqual([]);
  });

  test("to a server that is down is worth another try", async () => {
    await server.down();
    expect(await send()).toMatchObject({ kind: "deferred" });
    await server.up();
  });

  test("never becomes two, whatever stands in its address or subject", async () => {
    const hostile = "Postern\r\nBcc: eve@evil.example\r\n\r\nBody";
    expect((await send({ ...LETTER, subject: hostile })).kind).toBe("accepted");
    expect(server.taken[0]!.to).toEqual(["ada@harbour.example"]);
    expect(headerOf(server.taken[0]!, "Bcc")).toBeUndefined();
    for (const to of [
      "ada@harbour.example\r\nRCPT TO:<eve@evil.example>",
      "ada@harbour.example,eve@evil.example",
      "x <eve@evil.example>",
    ]) {
      expect((await send({ ...LETTER, to })).kind).toBe("refused");
    }
    expect(server.taken).toHaveLength(1);
  });
});

describe("a mail server with STARTTLS", () => {
  const certificate = selfSigned();
  const folder = mkdtempSync(join(tmpdir(), "postern-mail-"));
  const passwordFile = join(folder, "password");
  const trusted = tls.getCACertificates("default");
  writeFileSync(passwordFile, "correct horse\n");
  let server: TestMailServer | undefined;
  afterEach(async () => {
    tls.setDefaultCACertificates(trusted);
    await server?.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const address = (port: number) => ({
    ...parseMailServer(`smtp://postern@localhost:${port}`)!,
    from: "postern@harbour.example",
    passwordFile,
  });

  test("is given the password and the letter over TLS only, and not at all while its certificate is not trusted", async () => {
    server = await startMailServer({ certificate, credentials: { user: "postern", password: "correct horse" } });
    const mailer = await openMailer(address(server.port));
    expect(await mailer.send(LETTER)).toMatchObject({ kind: "deferred", words: expect.stringMatching(/certificate/i) });
    tls.setDefaultCACertificates([...trusted, certificate.cert]);
    expect(await mailer.send(LETTER)).toMatchObject({ kind: "accepted" });
    expect(server.taken).toMatchObject([{ isEncrypted: true, user: "postern" }]);
  });

  test("that does not offer it gets nothing", async () => {
    server = await startMailServer();
    expect(await (await openMailer(address(server.port))).send(LETTER)).toMatchObject({ kind: "deferred" });
    expect(server.taken).toEqual([]);
  });

  test("that refuses the password may be put right: the letter is not lost, and the password is not repeated", async () => {
    server = await startMailServer({ certificate, credentials: { user: "postern", password: "another" } });
    tls.setDefaultCACertificates([...trusted, certificate.cert]);
    const result = await (await openMailer(address(server.port))).send(LETTER);
    expect(result.kind).toBe("deferred");
    expect(result.words).not.toContain("horse");
  });

  test("whose password cannot be read stops the start", async () => {
    await expect(openMailer({ ...address(25), passwordFile: join(folder, "missing") })).rejects.toThrow(/ENOENT/);
  });
});

describe("an address in the configuration", () => {
  test.each([
    ["smtp://mail.example", { host: "mail.example", port: 587, security: "starttls", user: undefined }],
    ["smtps://postern%40a@mail.example:4650", { host: "mail.example", port: 4650, security: "tls", user: "postern@a" }],
    ["smtp+plain://localhost:2525", { host: "localhost", port: 2525, security: "none", user: undefined }],
  ])("%s", (text, expected) => expect(parseMailServer(text)).toEqual(expected));

  test.each([
    "smtp://u:secret@mail.example",
    "smtp+plain://mail.example",
    "http://mail.example",
    "smtp://mail.example/x",
    "smtp://",
    "mail",
  ])("%s is none of a mail server", (text) => expect(parseMailServer(text)).toBeUndefined());

  test.each([
    "http://chat.example/x",
    "https://u:p@chat.example",
    "https://169.254.169.254/latest",
    "https://[fe80::1]/",
    "ftp://x",
    "https://0.0.0.0/",
  ])("%s is none to post to", (text) => expect(parseWebhookUrl(text)).toBeUndefined());

  test.each(["https://chat.example/hooks/1?x=2", "http://localhost:8065/hooks", "https://10.0.0.5/hooks", "http://127.0.0.1:1/"])(
    "%s is one to post to",
    (text) => expect(parseWebhookUrl(text)?.href).toBe(text),
  );
});
