/**
 * Reads a text from an https address that somebody signed in, or a file of the operator's, has named. What comes of it is told in words of ours only: neither the
 * answer nor the network's own words, so that nobody can look around in this network through it.
 */
import { request as requestInClear } from "node:http";
import { request } from "node:https";
import { getCACertificates } from "node:tls";

import { guardedLookup, isBarred, isLoopback } from "./addresses.ts";

export interface HttpsTextSettings {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Only where it is sure that nothing of ours listens on this machine. */
  readonly allowsLoopback?: boolean;
  /** Media types that are asked for; a calendar or plain text unless said. */
  readonly accept?: string;
  /** Also http, where `allowsLoopback` and the address is this machine's. */
  readonly allowsHttpHere?: boolean;
  /** Certificates to trust beside the machine's own store, in PEM. */
  readonly trustPem?: string;
}

export type HttpsText = { readonly kind: "text"; readonly text: string } | { readonly kind: "failed"; readonly words: string };

const failed = (words: string): HttpsText => ({ kind: "failed", words });
const UNREACHABLE = failed("It could not be reached.");

/** Never throws for what a server or the network does: that is a result. */
export async function readHttpsText(address: string, settings: HttpsTextSettings): Promise<HttpsText> {
  const url = URL.parse(address);
  if (url === null || !isReadable(url, settings)) return failed("Its address is no https address.");
  if (isBarred(url.hostname, settings.allowsLoopback === true)) return UNREACHABLE;
  const signal = AbortSignal.timeout(settings.timeoutMs);
  try {
    return await get(url, signal, settings);
  } catch (error) {
    if (signal.aborted) return failed(`It did not answer within ${Math.round(settings.timeoutMs / 1000)} seconds.`);
    return isOfCertificate(error) ? failed("Its certificate is not trusted.") : UNREACHABLE;
  }
}

function isReadable(url: URL, { allowsLoopback, allowsHttpHere }: HttpsTextSettings): boolean {
  if (url.username !== "" || url.password !== "") return false;
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && allowsLoopback === true && allowsHttpHere === true && isLoopback(url.hostname))
  );
}

function get(url: URL, signal: AbortSignal, settings: HttpsTextSettings): Promise<HttpsText> {
  const { maxBytes, allowsLoopback, trustPem, accept = "text/calendar, text/plain" } = settings;
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === "http:" ? requestInClear : request)(
      url,
      {
        method: "GET",
        // Not packed: a small answer would not stay small.
        headers: { accept, "accept-encoding": "identity", "user-agent": "Postern" },
        lookup: guardedLookup(allowsLoopback === true),
        signal,
        agent: false,
        ...(trustPem !== undefined && { ca: [...getCACertificates("default"), trustPem] }),
      },
      (answer) => {
        answer.on("error", reject);
        const status = answer.statusCode ?? 0;
        const end = (result: HttpsText) => (answer.destroy(), resolve(result));
        if (status >= 300 && status < 400) return end(failed("It answered with another address; that is not followed."));
        if (status !== 200) return end(failed(`It answered ${status}.`));
        const parts: Buffer[] = [];
        let size = 0;
        answer.on("data", (part: Buffer) => {
          size += part.length;
          if (size > maxBytes) return end(failed(`It is larger than ${Math.round(maxBytes / 1024)} kB.`));
          parts.push(part);
          return undefined;
        });
        answer.on("end", () => resolve(textOf(Buffer.concat(parts))));
        return undefined;
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

function textOf(bytes: Buffer): HttpsText {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return failed("It is no text.");
  }
}

function isOfCertificate(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code);
}
