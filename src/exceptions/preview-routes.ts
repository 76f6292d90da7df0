import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { callerOf, type Route, route } from "../platform/http.ts";
import { previewRequest } from "./contract-preview.ts";
import { previewRequest as preview } from "./request-preview-service.ts";
import type { ExceptionDependencies } from "./service.ts";
import type { DraftContent } from "./version.ts";

/** Takes one of the previews a person may ask for now; else the whole seconds to wait. */
export type TakePreview = (person: string, now: Instant) => number | undefined;

export function previewRoutes(deps: ExceptionDependencies, take: TakePreview): readonly Route[] {
  return [
    route(previewRequest, ({ body }, call) => {
      const content: object = body.content;
      const reader = callerOf(call).personId;
      refuseTooOften(take(reader, call.now));
      return preview(deps, { ...body, content: content as DraftContent, reader, now: call.now });
    }),
  ];
}

/** Each preview asks a provider about every part of the scope. */
function refuseTooOften(seconds: number | undefined): void {
  if (seconds === undefined) return;
  const detail = `You asked more often than anybody types. What you typed is kept; wait ${seconds} s.`;
  throw new Refused([refusal("exceptions.previewTooOften", detail, { facts: { retryAfterSeconds: seconds } })], 429);
}
