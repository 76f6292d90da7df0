/** Hands letters to a mail server over SMTP, and tells apart what the server's answer means for another try. */
import { readFile } from "node:fs/promises";

import { createTransport } from "nodemailer";

import { isMailAddress } from "../kernel/mail-address.ts";
import type { Instant } from "../kernel/time.ts";
import { answerLine, type SendResult } from "./send-result.ts";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` or nothing is sent, `none` on this machine only. */
  readonly security: "tls" | "starttls" | "none";
  readonly user: string | undefined;
  /** Read anew for every letter, so that a changed password needs no restart. */
  readonly passwordFile: string | undefined;
  /** The address of the sender. */
  readonly from: string;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly date: Instant;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Mailer {
  /** Never throws for what a server or the network does: that is a result. */
  send(mail: Mail): Promise<SendResult>;
}

/** A server that says nothing for this long is down. Together far below the time a job may take. */
const PATIENCE = { connectMs: 20_000, silenceMs: 30_000 } as const;
type Patience = { readonly [K in keyof typeof PATIENCE]: number };

/** Throws when the password's file cannot be read: better at the start than at the first incident. */
export async function openMailer(server: MailServer, patience: Patience = PATIENCE): Promise<Mailer> {
  await passwordOf(server);
  return {
    async send({ to, headers, ...mail }) {
      // The library would read a list of people out of it.
      if (!isMailAddress(to)) return { kind: "refused", words: "This is not the address of one mailbox." };
      try {
        // A connection a letter: at most one a person and day, and nothing to keep alive between them.
        const transport = createTransport({ ...wireOf(server, patience), ...(await authOf(server)) });
        const { response } = await transport.sendMail({
          ...mail,
          from: server.from,
          to: { name: "", address: to },
          envelope: { from: server.from, to },
          date: new Date(mail.date),
          headers: { ...headers },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { kind: "accepted", words: answerLine(response) };
      } catch (error) {
        return resultOf(error as SmtpError);
      }
    },
  };
}

function wireOf({ host, port, security }: MailServer, { connectMs, silenceMs }: Patience) {
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    dnsTimeout: connectMs,
    socketTimeout: silenceMs,
  };
}

async function authOf(server: MailServer): Promise<{ auth?: { user: string; pass: string } }> {
  const pass = await passwordOf(server);
  return server.user === undefined || pass === undefined ? {} : { auth: { user: server.user, pass } };
}

async function passwordOf({ passwordFile }: MailServer): Promise<string | undefined> {
  return passwordFile === undefined ? undefined : (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

/** Commands whose refusal is about this letter. A server that refuses to talk, or our password, may be put right. */
const ABOUT_THE_LETTER = ["MAIL FROM", "RCPT TO", "DATA"];

function resultOf({ message, code, responseCode, command }: SmtpError): SendResult {
  const isFinal = responseCode !== undefined && responseCode >= 500 && ABOUT_THE_LETTER.includes(command ?? "");
  const isUnsendable = code === "EENVELOPE" && command === "API";
  return { kind: isFinal || isUnsendable ? "refused" : "deferred", words: answerLine(message) };
}
