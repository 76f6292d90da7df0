/** What is configured to reach people with: a mail server, a chat, both or nothing. */
import { z } from "zod";

import type { MailServer } from "./platform/mail.ts";
import { parseMailServer, parseWebhookUrl } from "./platform/mail-server.ts";

export interface ReachConfig {
  /** Undefined: nobody is told by mail. */
  readonly mailServer: MailServer | undefined;
  /** Undefined: no chat is told. May itself be a secret: chat tools give addresses that whoever knows them may post to. */
  readonly webhookUrl: URL | undefined;
}

/** What each variable may be, and what it has to be in words. */
export const MAIL_VARIABLES = {
  POSTERN_SMTP_URL: [
    z
      .string()
      .transform(parseMailServer)
      .refine((server) => server !== undefined),
    "must be smtp://USER@HOST:PORT (with STARTTLS), smtps://USER@HOST:PORT, or smtp+plain://localhost:PORT, and hold no password: that goes into POSTERN_SMTP_PASSWORD_FILE",
  ],
  POSTERN_SMTP_PASSWORD_FILE: [z.string().min(1), "must be the path of a file that holds the password and nothing else"],
  POSTERN_MAIL_FROM: [z.email().max(320), "must be the mail address that messages come from"],
  POSTERN_WEBHOOK_URL: [
    z
      .string()
      .transform(parseWebhookUrl)
      .refine((url) => url !== undefined),
    "must be an https:// address without credentials (http:// on this machine only)",
  ],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

type MailRead = { [N in keyof typeof MAIL_VARIABLES]?: z.output<(typeof MAIL_VARIABLES)[N][0]> };

/** Half of it would be found out at the first incident. Each with the reason why it cannot be left out. */
export function missingForMail(given: ReadonlySet<string>, read: MailRead): readonly (readonly [name: string, why: string])[] {
  const [url, from] = [given.has("POSTERN_SMTP_URL"), given.has("POSTERN_MAIL_FROM")];
  return [
    ...(url && !from ? [["POSTERN_MAIL_FROM", "messages come from somebody"] as const] : []),
    ...(!url && (from || given.has("POSTERN_SMTP_PASSWORD_FILE"))
      ? [["POSTERN_SMTP_URL", "the other settings of mail mean nothing without it"] as const]
      : []),
    ...(read.POSTERN_SMTP_URL?.user !== undefined && !given.has("POSTERN_SMTP_PASSWORD_FILE")
      ? [["POSTERN_SMTP_PASSWORD_FILE", "the address names a user"] as const]
      : []),
  ];
}

export function reachOf(read: MailRead): ReachConfig {
  const { POSTERN_SMTP_URL: server, POSTERN_MAIL_FROM: from, POSTERN_SMTP_PASSWORD_FILE: passwordFile } = read;
  const mailServer = server === undefined || from === undefined ? undefined : { ...server, from, passwordFile };
  return { mailServer, webhookUrl: read.POSTERN_WEBHOOK_URL };
}
