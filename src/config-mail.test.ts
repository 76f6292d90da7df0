import { describe, expect, test } from "vitest";

import { Refused } from "./kernel/problem.ts";
import { readConfig } from "./config.ts";

function reasonsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as Refused).reasons.map(({ code, at, detail }) => `${code} ${at}: ${detail}`);
  }
}

const MAIL = { POSTERN_SMTP_URL: "smtp://mail.example", POSTERN_MAIL_FROM: "postern@harbour.example" };

describe("mail", () => {
  test("is not set up unless it is asked for", () => {
    expect(readConfig({})).toMatchObject({ mailServer: undefined, webhookUrl: undefined });
  });

  test("needs a server and a sender, and a password where there is a user", () => {
    expect(readConfig(MAIL).mailServer).toMatchObject({
      host: "mail.example",
      port: 587,
      security: "starttls",
      from: "postern@harbour.example",
    });
    expect(reasonsOf({ POSTERN_SMTP_URL: MAIL.POSTERN_SMTP_URL }).join()).toMatch(/^config\.missing POSTERN_MAIL_FROM/);
    expect(reasonsOf({ POSTERN_MAIL_FROM: MAIL.POSTERN_MAIL_FROM }).join()).toMatch(/^config\.missing POSTERN_SMTP_URL/);
    expect(reasonsOf({ POSTERN_SMTP_PASSWORD_FILE: "/etc/x" }).join()).toMatch(/^config\.missing POSTERN_SMTP_URL/);
    const withUser = { ...MAIL, POSTERN_SMTP_URL: "smtp://postern@mail.example" };
    expect(reasonsOf(withUser).join()).toMatch(/^config\.missing POSTERN_SMTP_PASSWORD_FILE/);
    expect(readConfig({ ...withUser, POSTERN_SMTP_PASSWORD_FILE: "/etc/x" }).mailServer).toMatchObject({
      user: "postern",
      passwordFile: "/etc/x",
    });
  });

  test("takes no password in an address, and repeats none", () => {
    const told = reasonsOf({ ...MAIL, POSTERN_SMTP_URL: "smtp://postern:hunter2@mail.example" }).join();
    expect(told).toMatch(/^config\.badValue POSTERN_SMTP_URL/);
    expect(told).not.toContain("hunter2");
  });

  test("goes unencrypted to this machine only", () => {
    expect(reasonsOf({ ...MAIL, POSTERN_SMTP_URL: "smtp+plain://mail.example" })).toHaveLength(1);
    expect(reasonsOf({ ...MAIL, POSTERN_SMTP_URL: "smtp+plain://localhost" })).toEqual([]);
  });
});

test("a chat's address may be a secret: it is not repeated when it cannot be used", () => {
  const told = reasonsOf({ POSTERN_WEBHOOK_URL: "http://chat.example/hooks/hunter2" }).join();
  expect(told).toMatch(/^config\.badValue POSTERN_WEBHOOK_URL/);
  expect(told).not.toContain("hunter2");
  expect(readConfig({ POSTERN_WEBHOOK_URL: "https://chat.example/hooks/1" }).webhookUrl?.host).toBe("chat.example");
});
