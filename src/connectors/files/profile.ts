/** What the columns of somebody's own list mean: written once, kept under a name, used again. */
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

import { parseZone } from "../../kernel/time.ts";
import { type BypassForm, UnreadableFile } from "../port.ts";
import { DATE_ORDERS, LIST_FIELDS, type ListProfile } from "./map-list.ts";

/** What a row of a list may stand for; one thing for the whole list. */
const FORMS = [
  "ungoverned_exemption",
  "requirement_cleared",
  "password_usable",
  "application_exempt",
  "legacy_sign_in",
  "temporary_pass",
  "static_secret",
] as const satisfies readonly BypassForm[];

const column = z.string().trim().min(1).max(200);

const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, "lower-case letters, digits and dashes, starting with a letter"),
  title: z.string().trim().min(1).max(120).optional(),
  columns: z.strictObject({ ...Object.fromEntries(LIST_FIELDS.map((field) => [field, column.optional()])), subject: column }),
  form: z.enum(FORMS).default("ungoverned_exemption"),
  kind: z.enum(["user", "group", "service", "device", "role", "application"]).default("user"),
  dates: z.enum(DATE_ORDERS).default("YYYY-MM-DD"),
  zone: z
    .string()
    .refine((zone) => parseZone(zone) !== undefined, "a time zone such as Europe/Zurich")
    .default("UTC"),
});

/** Reads a profile from YAML or JSON. Throws {@link UnreadableFile} with everything that is wrong with it. */
export function readProfile(file: string, text: string): ListProfile {
  const read = profileSchema.safeParse(parseYaml(file, text));
  if (read.success) return read.data as ListProfile;
  throw new UnreadableFile(
    file,
    read.error.issues.map(({ path, message }) => ({ at: `/${path.join("/")}`, words: message })),
  );
}

/** JSON is YAML too. */
function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    const words = error instanceof YAMLParseError ? error.message.split("\n", 1)[0]! : "it is no YAML";
    throw new UnreadableFile(file, [{ at: "", words }]);
  }
}
