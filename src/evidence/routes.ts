import { callerOf, type Route, route } from "../platform/http.ts";
import { getEvidence } from "./contract.ts";
import type { EvidenceService } from "./service.ts";

export function evidenceRoutes(service: EvidenceService): readonly Route[] {
  return [
    route(getEvidence, async ({ params }, call) => {
      const { name, bytes } = await service.download(params.id, callerOf(call).personId, call.now);
      const headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": `attachment; filename="${name}"`,
        "Cache-Control": "no-store",
      };
      return new Response(Uint8Array.from(bytes), { headers });
    }),
  ];
}
