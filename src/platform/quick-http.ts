/**
 * Bodies in and answers out over bare node:http, for endpoints of which thousands a second are asked. What an honest client never does
 * costs it nothing here: a body that is too large, comes too slowly or never ends is cut off.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

export type BodyFault = "too_large" | "too_slow";

export interface BodyReader {
  /** Calls back once, or never where the client went away before its body had arrived. */
  read(request: IncomingMessage, maxBytes: number, done: (body: Uint8Array | BodyFault) => void): void;
  close(): void;
}

interface Open {
  sweeps: number;
  finish(fault: BodyFault): void;
}

/** A body waits for so many sweeps before it is cut off: no clock is read for those that come at once, which is nearly all. */
const SWEEPS = 4;

export function createBodyReader({ withinMs }: { readonly withinMs: number }): BodyReader {
  const open = new Set<Open>();
  const timer = setInterval(
    () => {
      for (const each of open) if (++each.sweeps > SWEEPS) each.finish("too_slow");
    },
    Math.ceil(withinMs / SWEEPS),
  );
  timer.unref();

  return {
    read(request, maxBytes, done) {
      let first: Buffer | undefined;
      let more: Buffer[] | undefined;
      let bytes = 0;
      let isDone = false;
      const entry: Open = { sweeps: 0, finish };
      function finish(outcome: Uint8Array | BodyFault | undefined): void {
        if (isDone) return;
        isDone = true;
        open.delete(entry);
        if (outcome !== undefined) done(outcome);
      }
      if (Number(request.headers["content-length"] ?? 0) > maxBytes) return finish("too_large");
      open.add(entry);
      request.on("data", (chunk: Buffer) => {
        if (isDone) return;
        bytes += chunk.length;
        if (bytes > maxBytes) finish("too_large");
        else if (first === undefined) first = chunk;
        else (more ??= [first]).push(chunk);
      });
      request.on("end", () => finish(more === undefined ? (first ?? EMPTY) : Buffer.concat(more)));
      request.on("close", () => finish(undefined));
    },
    close: () => clearInterval(timer),
  };
}

const EMPTY = new Uint8Array();

export interface Reply {
  readonly status: number;
  /** Names and values one after the other, beside those that every answer has. */
  readonly headers?: readonly string[] | undefined;
  readonly body: string | Uint8Array;
  /** The connection ends with this answer: what else comes over it is not to be read. */
  readonly isLast?: boolean;
}

/** One write: the headers travel with the body. `always`: names and values of headers that do not change. */
export function sendReply(response: ServerResponse, { status, headers, body, isLast }: Reply, always: readonly string[]): void {
  if (response.destroyed || response.headersSent) return;
  const all = [...always, "Content-Length", String(Buffer.byteLength(body))];
  if (headers !== undefined) all.push(...headers);
  if (isLast === true) all.push("Connection", "close");
  response.writeHead(status, all);
  response.end(body);
}
