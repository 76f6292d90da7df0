/** Parts of the model to and from other tools, as Open-PSA fault trees. */
import { z } from "zod";

import { planView } from "../estate/contract.ts";
import { MODEL_READERS } from "../estate/contract-model.ts";
import { ESTATE_REFUSALS } from "../estate/refusals.ts";
import { endpoint, line } from "../kernel/contract.ts";
import { OPEN_PSA_REFUSALS } from "./open-psa/refusals.ts";

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "lower-case letters, digits and dashes, starting with a letter");

export const importFaultTree = endpoint({
  id: "importFaultTree",
  method: "POST",
  path: "/api/v1/lock-out/import",
  summary: "Take an Open-PSA fault tree into the model as one operation and what it needs, or say what that would change",
  access: ["administrator", "iam"],
  makesDeciders: true,
  body: z.strictObject({ xml: z.string().max(900_000), operation: slug, top: line(200).optional(), dryRun: z.boolean() }),
  reply: planView,
  refusals: [...Object.keys(OPEN_PSA_REFUSALS), "lockout.treeNotAModel", ...Object.keys(ESTATE_REFUSALS)],
});

export const exportFaultTree = endpoint({
  id: "exportFaultTree",
  method: "GET",
  path: "/api/v1/lock-out/operations/:key/open-psa",
  summary: "One operation as an Open-PSA fault tree, for other tools",
  access: MODEL_READERS,
  params: z.strictObject({ key: z.string().max(100) }),
  reply: z.strictObject({ xml: z.string() }),
  refusals: ["lockout.notFound", "lockout.circle"],
});
