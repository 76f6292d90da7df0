/** Reading a pack back: the shape a verifier insists on before it looks at what is in it. */
import { z } from "zod";

import { type Pack, PACK_FORMAT } from "./pack.ts";

const names = z.record(z.string(), z.string());

const pack = z.strictObject({
  format: z.literal(PACK_FORMAT),
  log: z.string(),
  exception: z.string(),
  checkpoint: z.string(),
  entries: z.array(z.strictObject({ leaf: z.number().int().min(0), body: z.string(), inclusion: z.array(z.string()) })),
  claims: z.strictObject({ state: z.looseObject({ state: z.string() }), people: names }),
  unproven: z.strictObject({ madeAt: z.string(), madeBy: z.string(), connections: names }),
});

/** The pack, or in words what is not as in one. */
export function readPack(value: unknown): Pack | string {
  const read = pack.safeParse(value);
  if (read.success) return value as Pack;
  return read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
}
