/**
 * Reads small texts and large files from one server, as a workload: by a token out of a file or a client certificate, each read again
 * when it changes. Nothing is followed anywhere else, nothing is unpacked, and nothing grows beyond what was expected.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Agent as PlainAgent, type IncomingMessage, request as requestInClear } from "node:http";
import { Agent, request } from "node:https";
import { pipeline } from "node:stream/promises";
import { getCACertificates } from "node:tls";

import { isLoopback } from "./addresses.ts";
import { printOf } from "./watched-files.ts";

export interface RemoteSettings {
  /** `https://postern.example:8443` */
  readonly url: string;
  readonly tokenFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Certificates to trust beside the machine's own store. */
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
}

export interface Remote {
  /** Throws {@link RemoteFault}. */
  text(path: string, maxBytes: number): Promise<string>;
  /** Writes what it gets to a file, of exactly so many bytes. Throws {@link RemoteFault}. */
  download(path: string, to: string, size: number): Promise<void>;
  /** Calls back for each event that the server sends; resolves when the stream has ended. Throws {@link RemoteFault}. */
  events(path: string, heard: () => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The server cannot be read from; the words say why, and repeat nothing of its answer. */
export class RemoteFault extends Error {
  override readonly name = "RemoteFault";
}

const TIMEOUT_MS = 10_000;
/** A stream says something at least that often. */
const SILENT_MS = 45_000;

export function openRemote(settings: RemoteSettings): Remote {
  const base = baseOf(settings.url);
  let agent: { readonly print: string; readonly of: Agent | PlainAgent } | undefined;

  async function agentNow(): Promise<Agent | PlainAgent> {
    const { certificateFile, keyFile, caFile } = settings;
    const print = printOf([certificateFile, keyFile, caFile].filter((file) => file !== undefined));
    if (agent?.print === print) return agent.of;
    agent?.of.destroy();
    const of =
      base.protocol === "http:" ? new PlainAgent({ keepAlive: true }) : new Agent({ keepAlive: true, ...(await contextOf(settings)) });
    agent = { print, of };
    return of;
  }

  async function get(path: string, accept: string, timeoutMs: number, signal?: AbortSignal): Promise<IncomingMessage> {
    const headers: Record<string, string> = { Accept: accept, "Accept-Encoding": "identity", "User-Agent": "Postern" };
    if (settings.tokenFile !== undefined) headers["Authorization"] = `Bearer ${await tokenOf(settings.tokenFile)}`;
    const send = base.protocol === "http:" ? requestInClear : request;
    const options = { method: "GET", headers, agent: await agentNow(), timeout: timeoutMs, ...(signal !== undefined && { signal }) };
    return new Promise((resolve, reject) => {
      const sent = send(new URL(path, base), options, (answer) => {
        const why = whyNot(answer);
        if (why === undefined) return resolve(answer);
        answer.destroy();
        reject(new RemoteFault(why));
      });
      sent.on("timeout", () => sent.destroy(new RemoteFault("it does not answer")));
      sent.on("error", (error) => reject(faultOf(error)));
      sent.end();
    });
  }

  return {
    async text(path, maxBytes) {
      const answer = await get(path, "text/plain, application/json", settings.timeoutMs ?? TIMEOUT_MS);
      const parts: Buffer[] = [];
      let size = 0;
      try {
        for await (const part of answer as AsyncIterable<Buffer>) {
          size += part.length;
          if (size > maxBytes) throw new RemoteFault("it answers more than there can be");
          parts.push(part);
        }
      } catch (error) {
        answer.destroy();
        throw faultOf(error);
      }
      return Buffer.concat(parts).toString();
    },
    async download(path, to, size) {
      const answer = await get(path, "application/octet-stream", settings.timeoutMs ?? TIMEOUT_MS);
      const counted = async function* (): AsyncIterable<Buffer> {
        let sum = 0;
        for await (const part of answer as AsyncIterable<Buffer>) {
          sum += part.length;
          if (sum > size) throw new RemoteFault("a file is longer than the manifest says");
          yield part;
        }
        if (sum < size) throw new RemoteFault("a file was cut off");
      };
      try {
        await pipeline(counted, createWriteStream(to, { mode: 0o600, flush: true }));
      } catch (error) {
        throw faultOf(error);
      }
    },
    async events(path, heard, signal) {
      const answer = await get(path, "text/event-stream", SILENT_MS, signal);
      try {
        for await (const part of answer as AsyncIterable<Buffer>) if (part.includes("event:")) heard();
      } catch (error) {
        throw faultOf(error);
      }
    },
    close: () => agent?.of.destroy(),
  };
}

/** In clear on this machine only: a token would be anybody's. */
function baseOf(url: string): URL {
  const base = URL.parse(url);
  if (base === null || base.username !== "" || base.search !== "" || base.hash !== "") throw new RemoteFault("its address is none");
  if (base.protocol !== "https:" && !(base.protocol === "http:" && isLoopback(base.hostname))) {
    throw new RemoteFault("its address has to be https");
  }
  return base;
}

async function contextOf({ certificateFile, keyFile, caFile }: RemoteSettings) {
  const [cert, key, ca] = await Promise.all([certificateFile, keyFile, caFile].map(textOf));
  return {
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(ca !== undefined && { ca: [...getCACertificates("default"), ca] }),
  };
}

async function textOf(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readFile(file, "utf8");
}

async function tokenOf(file: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(file, "utf8")).trim();
  } catch {
    throw new RemoteFault("the file with the token cannot be read");
  }
  if (!/^[\w~+/.-]+=*$/.test(token)) throw new RemoteFault("the file with the token holds none");
  return token;
}

function whyNot({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  if (statusCode >= 300 && statusCode < 400) return "it answers with another address; that is not followed";
  if (statusCode === 401) return "it does not know who asks (401)";
  if (statusCode === 403) return "it does not let us read the snapshot (403)";
  if (statusCode !== 200) return `it answers ${statusCode}`;
  const { "content-encoding": encoding = "identity" } = headers;
  return encoding === "identity" ? undefined : "it answers something packed, which was not asked for";
}

function faultOf(error: unknown): RemoteFault {
  if (error instanceof RemoteFault) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code)) return new RemoteFault("its certificate is not trusted");
  return new RemoteFault(/^[A-Z_]{3,40}$/.test(code) ? `it cannot be reached (${code})` : "it cannot be reached");
}

/** SHA-256 of a file in hexadecimal, read piece by piece. */
export async function digestOfFile(
  path: string,
  hash: { update(part: Buffer): unknown; digest(encoding: "hex"): string },
): Promise<string> {
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return hash.digest("hex");
}
