import { z } from "zod";

import { endpoint } from "../kernel/contract.ts";

/**
 * A pack holds what the passkeys of the people who decided signed, and leaves the house with whoever downloads it: it is for those
 * who may read everything that happened.
 */
const EVIDENCE_READERS = ["administrator", "iam", "security_governance", "executive", "auditor"] as const;

export const getEvidence = endpoint({
  id: "getEvidence",
  method: "GET",
  path: "/api/v1/exceptions/:id/evidence",
  summary:
    "Everything that happened to one exception with its proofs, as a ZIP archive of a page and a JSON file. Verify it with postern verify --pack",
  access: EVIDENCE_READERS,
  params: z.strictObject({ id: z.string().max(40) }),
  reply: z.unknown(),
  refusals: ["exceptions.notFound", "journal.notCoveredYet"],
});
