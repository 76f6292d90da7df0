/** The shape of a manifest: signed, and still not taken for what it need not be. */
import { z } from "zod";

const file = {
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().min(0).max(2_147_483_647),
  plain: z.number().int().min(0).max(8_589_934_592),
};
const whole = z.number().int().min(0);

export const manifestShape = z.object({
  chain: z.string().regex(/^[0-9a-f-]{1,40}$/),
  number: whole,
  sequence: whole,
  publishedAtMs: whole,
  freshAtMs: whole,
  checkpoint: z.string().max(20_000),
  base: z.object({ ...file, form: z.enum(["packed", "lines"]) }),
  deltas: z.array(z.object(file)).max(1000),
  rules: z.array(z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,60}$/i), ...file })).max(1000),
});
