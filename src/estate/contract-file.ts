/** The shape of estate.yaml: what can be said in it. References between items are by key, and checked by the plan. */
import { z } from "zod";

import { line } from "../kernel/contract.ts";
import { parsePlainDate, parseZone, type PlainDate, type Zone } from "../kernel/time.ts";
import { ROLES } from "../people/role.ts";
import { APPLICATION_STATUSES, TIERS } from "./estate.ts";

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "A key has lower-case letters, digits and dashes, and starts with a letter");

const day = z.string().transform((text, context): PlainDate => {
  const read = parsePlainDate(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: `"${text}" is not a day; write it as 2027-03-31` });
  return z.NEVER;
});

const zone = z.string().transform((text, context): Zone => {
  const read = parseZone(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: `"${text}" is not a time zone; write one such as Europe/Zurich or UTC` });
  return z.NEVER;
});

/** A section or list that is there but empty is an empty list. */
const listOf = <Item extends z.ZodType>(item: Item, max = 20_000) =>
  z
    .array(item)
    .max(max)
    .nullish()
    .transform((items) => items ?? []);

const text = (max: number) => line(max).nullish();
const reference = slug.nullish();

export const personItem = z.strictObject({
  key: slug,
  name: line(200),
  email: z.email("An e-mail address is needed here").max(320).nullish(),
  unit: text(80),
  manager: reference,
  deputy: reference,
  roles: listOf(z.enum(ROLES), ROLES.length),
  /** Left out: as it is. */
  active: z.boolean().optional(),
  leave: listOf(z.strictObject({ from: day, until: day }), 50),
  accounts: listOf(z.strictObject({ connection: slug, key: line(200), secondary: z.boolean().default(false) }), 20),
});

export const teamItem = z.strictObject({ key: slug, name: line(200), lead: reference, members: listOf(slug, 5000) });

export const applicationItem = z.strictObject({
  key: slug,
  name: line(200),
  owner: slug,
  tier: z.literal(TIERS),
  provider: z.strictObject({ connection: slug, policy: line(80).nullish() }).nullish(),
  supportsPasskeys: z.boolean().default(false),
  status: z.enum(APPLICATION_STATUSES).default("active"),
});

export const deviceClassItem = z.strictObject({
  key: slug,
  name: line(200),
  lead: slug,
  status: z.enum(["active", "retired"]).default("active"),
});

export const vendorItem = z.strictObject({
  key: slug,
  name: line(200),
  manager: slug,
  contracts: listOf(z.strictObject({ ref: line(80), endsOn: day }), 200),
});

export const estateFile = z.strictObject({
  organisation: z.strictObject({ name: line(200), zone }).nullish(),
  people: listOf(personItem),
  teams: listOf(teamItem),
  applications: listOf(applicationItem),
  deviceClasses: listOf(deviceClassItem),
  vendors: listOf(vendorItem),
});
