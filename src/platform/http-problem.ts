/** Errors on the wire: RFC 9457 problem documents. A refusal says everything; a fault says nothing but its request id. */
import { type Refusal, Refused } from "../kernel/problem.ts";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly reasons: readonly Refusal[];
}

/** The problem document of anything thrown. Never leaks a message of a fault. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof Refused)) {
    const detail = `Something failed inside Postern. Nothing was half done. Tell your operator the request id ${requestId}.`;
    return {
      type: "/problems/http.fault",
      title: "http.fault",
      status: 500,
      detail,
      instance: requestId,
      reasons: [{ code: "http.fault", detail }],
    };
  }
  const [first] = error.reasons;
  const code = first?.code ?? "http.fault";
  return {
    type: `/problems/${code}`,
    title: code,
    status: error.status,
    detail: error.reasons.map((reason) => reason.detail).join(" "),
    instance: requestId,
    reasons: error.reasons,
  };
}

export function problemResponse(error: unknown, requestId: string): Response {
  const problem = problemOf(error, requestId);
  const headers = new Headers({ "Content-Type": "application/problem+json", "X-Request-ID": requestId, "Cache-Control": "no-store" });
  const wait = problem.reasons[0]?.facts?.["retryAfterSeconds"];
  if (typeof wait === "number") headers.set("Retry-After", String(wait));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
