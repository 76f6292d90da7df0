/** The shape of estate.yaml: what can be said in it. References between items are by key, and checked by the plan. */
import { z } from "zod";

import { identityText } from "../accountability/journey.ts";
import { line, prose } from "../kernel/contract.ts";
import { parsePlainDate, parseZone, type PlainDate, type Zone } from "../kernel/time.ts";
import { ROLES } from "../people/role.ts";
import { CAUSE_KINDS, COMPONENT_KINDS, LAYERS } from "./component.ts";
import { expressionShape } from "./contract-expression.ts";
import { APPLICATION_STATUSES, TIERS } from "./estate.ts";
import { PATH_ROLES, POPULATIONS } from "./operation.ts";

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

const status = z.enum(["active", "retired"]).default("active");
const unavailability = z.strictObject({ p: z.number(), source: z.enum(["slo", "measured", "expert"]), asOf: day }).nullish();
const minutes = z.number().int().min(0).max(525_600).nullish();

export const componentItem = z.strictObject({
  key: slug,
  name: line(200),
  kind: z.enum(COMPONENT_KINDS),
  layer: z.enum(LAYERS),
  owner: reference,
  evidence: text(500),
  unavailability,
  requires: expressionShape.nullish(),
  connection: reference,
  endpoints: listOf(z.strictObject({ kind: z.enum(["tls", "jwks", "http"]), address: line(500) }), 20),
  status,
});

export const commonCauseItem = z.strictObject({
  key: slug,
  name: line(200),
  kind: z.enum(CAUSE_KINDS),
  members: listOf(slug, 2000),
  unavailability,
  status,
});

export const operationItem = z.strictObject({
  key: slug,
  name: line(200),
  criticality: z.literal(TIERS),
  application: reference,
  businessOwner: reference,
  modelApprover: reference,
  maintainer: reference,
  onCall: reference,
  tolerates: z.literal([0, 1, 2]).default(1),
  withinMinutes: minutes,
  paths: listOf(
    z.strictObject({
      key: slug,
      name: line(200),
      population: z.enum(POPULATIONS),
      role: z.enum(PATH_ROLES),
      needs: expressionShape,
      minutes,
      assurance: z.strictObject({ aal: z.literal([1, 2, 3]), phishingResistant: z.boolean() }).nullish(),
    }),
    50,
  ),
  status,
});

const seat = z.union([slug, z.strictObject({ team: slug })], { error: "Write the key of a person, or { team: … }" }).nullish();

export const rotaItem = z
  .strictObject({
    key: slug,
    name: line(200),
    owner: seat,
    rotation: z
      .strictObject({
        people: listOf(slug, 50),
        startsOn: day,
        handoverAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Write a time of day such as 09:00"),
        everyDays: z.number().int().min(1).max(366).default(7),
      })
      .nullish(),
    feed: z.strictObject({ address: z.string().max(2000).nullish() }).nullish(),
    status,
  })
  .refine(
    ({ rotation, feed }) => (rotation ?? null) === null || (feed ?? null) === null,
    "People take turns, or a calendar says who is on point; write one of the two",
  )
  .refine(
    ({ rotation, feed }) => (rotation ?? feed ?? null) !== null,
    "Write who takes turns (rotation), or that a calendar kept elsewhere says so (feed)",
  );

const about = z.strictObject({ application: reference, operation: reference }).transform(({ application, operation }, context) => {
  const named = [...leadsTo("application", application), ...leadsTo("operation", operation)];
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  context.addIssue({ code: "custom", message: "Name one application, or one operation" });
  return z.NEVER;
});

function leadsTo<Kind extends "application" | "operation">(kind: Kind, key: string | null | undefined) {
  return key === null || key === undefined ? [] : [{ kind, key }];
}

export const journeyItem = z
  .strictObject({
    population: z.enum(POPULATIONS),
    about,
    deviceClass: reference.transform((key) => key ?? null),
    statement: prose(4000),
    businessOwner: seat,
    approver: reference,
    maintainer: seat,
    rota: reference,
    platformOwner: seat,
    operationOwner: seat,
    status,
  })
  .transform((item) => ({ ...item, key: identityText(item) }));

export const estateFile = z.strictObject({
  organisation: z.strictObject({ name: line(200), zone }).nullish(),
  people: listOf(personItem),
  teams: listOf(teamItem),
  applications: listOf(applicationItem),
  deviceClasses: listOf(deviceClassItem),
  vendors: listOf(vendorItem),
  components: listOf(componentItem),
  commonCauses: listOf(commonCauseItem),
  operations: listOf(operationItem),
  rotas: listOf(rotaItem),
  journeys: listOf(journeyItem),
});
