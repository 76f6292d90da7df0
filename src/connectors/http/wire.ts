/** One HTTP request and its whole answer: bounded in time and size, redirects never followed, what broke told as a fault. */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";

import { ProviderFault } from "../port.ts";

export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; what came more than once is a list (`link`). */
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface WireSettings {
  /** Certificates to trust instead of the machine's own store, in PEM. */
  readonly caPem?: string | readonly string[] | undefined;
  /** Who we are to the server, by certificate. */
  readonly client?: { readonly certificatePem: string; readonly keyPem: string } | undefined;
  /** Which addresses a name may lead to, where not any. */
  readonly lookup?: LookupFunction | undefined;
  /** From the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** An answer longer than this is given up: nothing a provider pages is. */
  readonly maxBytes?: number | undefined;
}

export interface Wire {
  /** Any status is an answer. Throws {@link ProviderFault}: unreachable, timeout, fault. */
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

const MAX_BYTES = 32 * 1024 * 1024;

/** Keeps connections open between requests. */
export function openWire({ caPem, client, lookup, timeoutMs, maxBytes = MAX_BYTES }: WireSettings): Wire {
  const plain = { keepAlive: true, ...(lookup !== undefined && { lookup }) };
  const agents = {
    "http:": new HttpAgent(plain),
    "https:": new HttpsAgent({
      ...plain,
      ...(caPem !== undefined && { ca: typeof caPem === "string" ? caPem : [...caPem] }),
      ...(client !== undefined && { cert: client.certificatePem, key: client.keyPem }),
    }),
  };
  return {
    send: async (request) => {
      const protocol = request.url.protocol === "http:" ? "http:" : "https:";
      const ending = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await open(request, protocol === "http:" ? requestHttp : requestHttps, agents[protocol], ending);
        return { status: answer.statusCode ?? 0, headers: answer.headers, text: await textOf(answer, maxBytes) };
      } catch (error) {
        throw faultOf(error, request.url, ending.aborted);
      }
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function open(
  { method, url, headers, body }: WireRequest,
  request: typeof requestHttp,
  agent: HttpAgent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      agent,
      signal,
      headers: { "user-agent": "Postern", accept: "application/json", ...headers, ...length },
    });
    sent.on("error", reject);
    sent.on("response", resolve);
    sent.end(body);
  });
}

async function textOf(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new ProviderFault("fault", `An answer was longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  // A connection that broke in the middle is no answer, whatever had come.
  if (!answer.complete) throw new ProviderFault("unreachable", "The connection broke in the middle of an answer.");
  return Buffer.concat(chunks).toString("utf8");
}

/** Names the server, never the path or what was sent: both may hold what is not for everybody. */
function faultOf(error: unknown, url: URL, late: boolean): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (late || code === "ETIMEDOUT") return new ProviderFault("timeout", `${url.origin} did not answer in time.`);
  if (code !== undefined && /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL/.test(code))
    return new ProviderFault("denied", `The certificate of ${url.origin} is not trusted: ${code}.`);
  if (code?.startsWith("HPE_") === true) return new ProviderFault("fault", `${url.origin} does not speak HTTP: ${code}.`);
  return new ProviderFault("unreachable", `${url.origin} cannot be reached: ${code ?? message}.`);
}
