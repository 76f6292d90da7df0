/** A real SMTP server that can be told to behave badly. Keeps every letter it took. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** What the server does with the next letters. */
export type Mood = "takes" | "defers" | "refuses" | "hangs" | "dropsInData" | "takesAndDrops" | "takesAndHangs";

export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly raw: string;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

export interface TestMailServer {
  readonly port: number;
  readonly taken: readonly Taken[];
  /** Letters whose address was given, whatever became of them. */
  readonly tries: number;
  mood: Mood;
  /** Stops listening, as a machine that is switched off. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export interface TestMailOptions {
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly credentials?: { readonly user: string; readonly password: string };
}

export async function startMailServer({ certificate, credentials }: TestMailOptions = {}): Promise<TestMailServer> {
  const taken: Taken[] = [];
  const sockets = new Set<Socket>();
  /** Cuts every line without another word. */
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const state = { mood: "takes" as Mood, tries: 0, port: 0 };
  const options: SMTPServerOptions = {
    authOptional: credentials === undefined,
    ...(certificate === undefined ? { hideSTARTTLS: true } : certificate),
    ...(credentials === undefined && { disabledCommands: ["AUTH"] }),
    closeTimeout: 100,
    onAuth: ({ username, password }, _, done) =>
      username === credentials?.user && password === credentials?.password
        ? done(null, { user: username ?? "" })
        : done(new Error("wrong user or password")),
    onRcptTo: (_, __, done) => {
      state.tries += 1;
      if (state.mood === "defers") done(answering(451, "4.7.1 Greylisted, come back later"));
      else if (state.mood === "refuses") done(answering(550, "5.1.1 No such mailbox\u0007 here"));
      // Says nothing any more: the other side has to lose patience.
      else if (state.mood !== "hangs") done();
    },
    onData: (stream, session, done) => {
      if (state.mood === "dropsInData") {
        stream.once("data", () => drop());
        stream.resume();
        return;
      }
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        taken.push({
          from: session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("utf8"),
          isEncrypted: session.secure,
          user: session.user,
        });
        if (state.mood === "takesAndDrops") drop();
        else if (state.mood !== "takesAndHangs") done(null, "2.0.0 taken");
      });
    },
  };
  let server = new SMTPServer(options);
  const up = async () => {
    server = new SMTPServer(options);
    server.on("error", () => undefined);
    server.server.on("connection", (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(state.port, "127.0.0.1", resolve));
    state.port = (server.server.address() as AddressInfo).port;
  };
  const down = () => new Promise<void>((resolve) => server.close(() => resolve()));
  await up();
  return {
    taken,
    get port() {
      return state.port;
    },
    get tries() {
      return state.tries;
    },
    get mood() {
      return state.mood;
    },
    set mood(mood: Mood) {
      state.mood = mood;
    },
    up,
    down,
    close: down,
  };
}

function answering(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A header of a letter, unfolded; undefined when there is none. */
export function headerOf({ raw }: Taken, name: string): string | undefined {
  const head = raw.split("\r\n\r\n")[0]!.replaceAll(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}

/** The text of a letter with its transfer encodings undone, near enough to search in. */
export function textOf({ raw }: Taken): string {
  const parts = raw.split(/\r\n--[^\r\n]+\r\n/);
  return parts
    .map((part) => {
      const [head = "", ...body] = part.split("\r\n\r\n");
      const text = body.join("\r\n\r\n");
      if (/base64/i.test(head)) return Buffer.from(text, "base64").toString("utf8");
      if (!/quoted-printable/i.test(head)) return text;
      const bytes = text.replaceAll(/=\r\n/g, "").replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
      return decodeURIComponent(bytes.replaceAll(/%(?![0-9A-F]{2})/g, "%25"));
    })
    .join("\n");
}

/** A certificate for localhost that nobody trusts yet. */
export function selfSigned(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "postern-cert-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      key,
      "-out",
      cert,
      "-days",
      "2",
      ...subject,
    ],
    { stdio: "pipe" },
  );
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}
