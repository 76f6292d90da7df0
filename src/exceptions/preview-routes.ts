import { callerOf, type Route, route } from "../platform/http.ts";
import { previewRequest } from "./contract-preview.ts";
import { previewRequest as preview } from "./request-preview-service.ts";
import type { ExceptionDependencies } from "./service.ts";
import type { DraftContent } from "./version.ts";

export function previewRoutes(deps: ExceptionDependencies): readonly Route[] {
  return [
    route(previewRequest, ({ body }, call) => {
      const content: object = body.content;
      return preview(deps, { ...body, content: content as DraftContent, reader: callerOf(call).personId, now: call.now });
    }),
  ];
}
