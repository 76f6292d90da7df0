/** The real HTTP shell over some routes, on a clock that stands still; a caller is named by the test, not signed in. */
import { type Clock, instant } from "../../src/kernel/time.ts";
import { manualClock } from "../../src/platform/clock.ts";
import type { Database } from "../../src/platform/db.ts";
import { createHttp, type Route } from "../../src/platform/http.ts";
import { createIdempotencyStore } from "../../src/platform/idempotency.ts";
import { createLog } from "../../src/platform/log.ts";
import { createSeal } from "../../src/platform/seal.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Codes of the reasons, where it is a problem. */
  readonly codes: readonly string[];
  readonly etag: string | null;
}

export interface AskOptions {
  readonly body?: unknown;
  /** `per_… role role`; nobody when left out. */
  readonly as?: string;
  readonly ifMatch?: number;
}

export type Ask = (request: string, options?: AskOptions) => Promise<Answer>;

const ORIGIN = "http://localhost:8080";

/** `ask("GET /api/v1/people", { as: "per_1 iam" })`. */
export function serveRoutes(
  database: Database,
  routes: readonly Route[],
  clock: Clock = manualClock(instant("2026-03-02T09:00:00Z")),
): Ask {
  const app = createHttp(routes, {
    clock,
    log: createLog(
      () => clock.now(),
      (line) => process.stderr.write(`${line}\n`),
    ),
    authenticate: (request) => {
      const [personId, ...roles] = (request.headers.get("X-Test-Caller") ?? "").split(" ");
      return Promise.resolve(
        personId === undefined || personId === "" ? undefined : { personId, roles, sessionId: "ses_1", byPasskey: true },
      );
    },
    idempotency: createIdempotencyStore(database.db, createSeal([new Uint8Array(32)]).digest),
    origin: ORIGIN,
  });
  return async (request, { body, as, ifMatch } = {}) => {
    const [method, path] = request.split(" ") as [string, string];
    const headers = new Headers();
    if (as !== undefined) headers.set("X-Test-Caller", as);
    if (ifMatch !== undefined) headers.set("If-Match", `"${ifMatch}"`);
    if (method !== "GET") headers.set("Content-Type", "application/json");
    const sent = method === "GET" ? {} : { body: JSON.stringify(body ?? {}) };
    const response = await app.fetch(new Request(`${ORIGIN}${path}`, { method, headers, ...sent }));
    const answer: unknown = await response.json();
    const reasons = (answer as { reasons?: { code: string }[] }).reasons ?? [];
    return { status: response.status, body: answer, codes: reasons.map(({ code }) => code), etag: response.headers.get("ETag") };
  };
}
