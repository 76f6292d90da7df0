/**
 * The published snapshot over node:http, for callers whose scope says that they may read all of it. Files never change under their
 * names; the manifest says which count, and is signed.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import { hexDigest } from "../platform/hex-digest.ts";
import { problemOf } from "../platform/http-problem.ts";
import { sendReply } from "../platform/quick-http.ts";
import { type Admission, orRefuse } from "./admission.ts";
import type { Authenticate, Caller } from "./caller.ts";
import type { Publisher } from "./publish-service.ts";

export interface SnapshotPointDependencies {
  readonly authenticate: Authenticate;
  readonly admission: Admission;
  readonly publisher: Pick<Publisher, "manifest" | "file" | "watch">;
  /** Hashes, base 64, that show the journal of one size to be a part of that of another; undefined where there is no such proof. */
  readonly consistency: (from: number, to: number) => Promise<readonly string[] | undefined>;
  /** Somebody took the register, to answer from it. */
  readonly onFollowed: (caller: string) => void;
  readonly headers: readonly string[];
  readonly requestId: () => string;
}

export interface SnapshotPoint {
  /** Answers a request if its address is the snapshot's; false if it is somebody else's. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends all streams. */
  drain(): void;
}

const PATH = /^\/decisions\/v1\/snapshot(?:\/(events|files\/[0-9a-f]{64}|consistency\/\d{1,15}\/\d{1,15}))?$/;
const MOST_STREAMS = 256;
/** A stream ends after so long, so that whoever listens shows again who they are. */
const STREAM_MS = 300_000;
const SIGN_OF_LIFE_MS = 15_000;

export function createSnapshotPoint(deps: SnapshotPointDependencies): SnapshotPoint {
  const streams = new Set<ServerResponse>();

  async function answer(request: IncomingMessage, response: ServerResponse, what: string): Promise<void> {
    orRefuse(deps.admission.overload());
    if (request.method !== "GET" && request.method !== "HEAD") throw new Refused([WRONG_METHOD], 405);
    const found = await deps.authenticate(request);
    if (found.kind === "refused") {
      const { code, words, status, retryAfterSeconds } = found;
      throw new Refused([refusal(code, words, retryAfterSeconds === undefined ? {} : { facts: { retryAfterSeconds } })], status);
    }
    if (!found.caller.scope.mayReadSnapshot) throw new Refused([OUT_OF_SCOPE], 403);
    enter(deps.admission, found.caller, response);
    if (what === "") return tellManifest(request, response, found.caller);
    if (what === "events") return stream(response);
    const [kind, ...rest] = what.split("/");
    if (kind === "files") return tellFile(response, rest[0]!);
    return tellConsistency(response, Number(rest[0]), Number(rest[1]));
  }

  function tellManifest(request: IncomingMessage, response: ServerResponse, caller: Caller): void {
    const note = deps.publisher.manifest();
    if (note === undefined) throw new Refused([NOT_READY], 503);
    deps.onFollowed(caller.name);
    const etag = `"${hexDigest(Buffer.from(note))}"`;
    const headers = ["ETag", etag, "Cache-Control", "private, no-cache"];
    if (request.headers["if-none-match"] === etag) return send(response, 304, "text/plain; charset=utf-8", "", headers);
    return send(response, 200, "text/plain; charset=utf-8", note, headers);
  }

  function tellFile(response: ServerResponse, digest: string): void {
    const bytes = deps.publisher.file(digest);
    if (bytes === undefined) throw new Refused([NOTHING_HERE], 404);
    send(response, 200, "application/octet-stream", bytes, ["ETag", `"${digest}"`, "Cache-Control", "private, max-age=86400, immutable"]);
  }

  async function tellConsistency(response: ServerResponse, from: number, to: number): Promise<void> {
    const proof = await deps.consistency(from, to);
    if (proof === undefined) throw new Refused([NOTHING_HERE], 404);
    send(response, 200, "text/plain; charset=utf-8", proof.map((hash) => `${hash}\n`).join(""), [
      "Cache-Control",
      "private, max-age=86400",
    ]);
  }

  function stream(response: ServerResponse): void {
    if (streams.size >= MOST_STREAMS) throw new Refused([TOO_MANY_STREAMS], 503);
    response.writeHead(200, [...deps.headers, "Content-Type", "text/event-stream", "Cache-Control", "no-store"]);
    response.write(": begun\n\n");
    streams.add(response);
    // Whoever does not read is told nothing more: a wake-up is worth no memory.
    const write = (text: string) => void (response.writableLength < 65_536 && response.write(text));
    const leave = deps.publisher.watch((number) => write(`event: published\ndata: ${number}\n\n`));
    const alive = setInterval(() => write(": \n\n"), SIGN_OF_LIFE_MS);
    const over = setTimeout(() => response.end(), STREAM_MS);
    response.once("close", () => {
      leave();
      clearInterval(alive);
      clearTimeout(over);
      streams.delete(response);
    });
  }

  function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array, headers: readonly string[]): void {
    sendReply(response, { status, body, headers: ["Content-Type", type, ...headers] }, deps.headers);
  }

  function refuse(response: ServerResponse, status: number, reasons: readonly Refusal[]): void {
    const said = problemOf(new Refused(reasons, status), deps.requestId());
    const wait = String(reasons[0]?.facts?.["retryAfterSeconds"] ?? 1);
    const more = status === 401 ? ["WWW-Authenticate", "Bearer"] : status >= 503 || status === 429 ? ["Retry-After", wait] : [];
    send(response, status, "application/problem+json", JSON.stringify(said), ["Cache-Control", "no-store", ...more]);
  }

  return {
    take(request, response) {
      const match = PATH.exec(request.url ?? "");
      if (match === null) return false;
      request.resume();
      answer(request, response, match[1] ?? "").catch((error: unknown) => {
        if (error instanceof Refused) refuse(response, error.status, error.reasons);
        else refuse(response, 500, [FAULT]);
      });
      return true;
    },
    drain() {
      for (const response of streams) response.end();
    },
  };
}

function enter(admission: Admission, caller: Caller, response: ServerResponse): void {
  orRefuse(admission.enter(caller, 0));
  response.once("close", () => admission.leave(caller, 0));
  orRefuse(admission.admit(caller, 1));
}

const NOTHING_HERE = refusal("http.notFound", "There is nothing here, or nothing you may know of.");
const WRONG_METHOD = refusal("http.methodNotAllowed", "This address exists, but not for this method.");
const OUT_OF_SCOPE = refusal("decisions.outOfScope", "Whoever asks may not use this: their scope does not say so.");
const NOT_READY = refusal("decisions.notReady", "The register is not loaded yet. Ask again in a moment.");
const TOO_MANY_STREAMS = refusal("decisions.overloaded", "Too many listen already. Ask again in a moment.");
const FAULT = refusal("http.fault", "It failed by a fault of ours.");
