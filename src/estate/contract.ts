import { z } from "zod";

import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { parsePlainDate, parseZone, type PlainDate, type Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { APPLICATION_STATUSES, TIERS } from "./estate.ts";
import { PLAN_KINDS } from "./file.ts";
import { ESTATE_REFUSALS } from "./refusals.ts";

const KEEPERS = ["administrator", "iam"] as const;
const VENDOR_KEEPERS = ["administrator", "iam", "vendor_manager"] as const;

const idText = z.string().regex(/^[a-z]{3}_[0-9a-z]{1,40}$/, "an id of ours");
const personId = idText.transform((text) => text as PersonId);
const idParams = z.strictObject({ id: idText });
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "lower-case letters, digits and dashes, starting with a letter");
const search = z.string().max(200).optional();

const zone = z
  .string()
  .max(60)
  .transform((text, context): Zone => {
    const read = parseZone(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: "a time zone such as Europe/Zurich" });
    return z.NEVER;
  });

const day = z
  .string()
  .max(10)
  .transform((text, context): PlainDate => {
    const read = parsePlainDate(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: "a day such as 2027-03-31" });
    return z.NEVER;
  });

const changing = ["estate.notFound", "estate.changedMeanwhile", "estate.ifMatchNeeded"];
const answering = ["estate.personUnknown", "estate.personNotActive", "estate.helpDeskMayNotOwn"];

export const organisationView = z.strictObject({
  version: z.number().int(),
  name: z.string(),
  zone: z.string(),
  /** False until somebody named it: what is shown are the defaults. */
  isNamed: z.boolean(),
});
export type OrganisationView = z.output<typeof organisationView>;

export const getOrganisation = endpoint({
  id: "getOrganisation",
  method: "GET",
  path: "/api/v1/organisation",
  summary: "Name and time zone of the organisation",
  access: "signedIn",
  reply: organisationView,
});

export const setOrganisation = endpoint({
  id: "setOrganisation",
  method: "PUT",
  path: "/api/v1/organisation",
  summary: "Set name and time zone; needs If-Match with the version read (0 the first time)",
  access: KEEPERS,
  body: z.strictObject({ name: line(200), zone }),
  reply: organisationView,
  refusals: ["estate.changedMeanwhile", "estate.ifMatchNeeded"],
});

/** Who answers for it, by id and by name. */
const answers = { id: z.string(), name: z.string(), active: z.boolean() };
const answersView = z.strictObject(answers);
const common = { id: z.string(), version: z.number().int(), key: z.string(), name: z.string() };

export const applicationView = z.strictObject({
  ...common,
  owner: answersView,
  tier: z.literal(TIERS),
  provider: z.strictObject({ connection: z.string(), policy: z.string().nullable() }).nullable(),
  supportsPasskeys: z.boolean(),
  status: z.enum(APPLICATION_STATUSES),
});
export type ApplicationView = z.output<typeof applicationView>;

export const deviceClassView = z.strictObject({ ...common, lead: answersView, status: z.enum(["active", "retired"]) });
export type DeviceClassView = z.output<typeof deviceClassView>;

export const vendorView = z.strictObject({
  ...common,
  manager: answersView,
  contracts: z.array(
    z.strictObject({
      ref: z.string(),
      endsOn: z.string(),
      /** The instant that day ends in the organisation's zone. */
      endsAt: z.string(),
    }),
  ),
});
export type VendorView = z.output<typeof vendorView>;

const applicationBody = {
  name: line(200),
  owner: personId,
  tier: z.literal(TIERS),
  provider: z.strictObject({ connection: slug, policy: line(80).nullable() }).nullable(),
  supportsPasskeys: z.boolean(),
  status: z.enum(APPLICATION_STATUSES),
};

export const listApplications = endpoint({
  id: "listApplications",
  method: "GET",
  path: "/api/v1/applications",
  summary: "Applications by name",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, search, owner: idText.optional(), status: z.enum(APPLICATION_STATUSES).optional() }),
  reply: pageOf(applicationView),
});

export const getApplication = endpoint({
  id: "getApplication",
  method: "GET",
  path: "/api/v1/applications/:id",
  summary: "One application",
  access: "signedIn",
  params: idParams,
  reply: applicationView,
  refusals: ["estate.notFound"],
});

export const addApplication = endpoint({
  id: "addApplication",
  method: "POST",
  path: "/api/v1/applications",
  summary: "Add an application",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({
    ...applicationBody,
    key: slug,
    provider: applicationBody.provider.default(null),
    supportsPasskeys: z.boolean().default(false),
    status: applicationBody.status.default("active"),
  }),
  reply: applicationView,
  status: 201,
  refusals: ["estate.keyTaken", ...answering],
});

export const changeApplication = endpoint({
  id: "changeApplication",
  method: "PUT",
  path: "/api/v1/applications/:id",
  summary: "Change an application; needs If-Match with the version read",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  body: z.strictObject(applicationBody),
  reply: applicationView,
  refusals: [...changing, ...answering],
});

const deviceClassBody = { name: line(200), lead: personId, status: z.enum(["active", "retired"]) };

export const listDeviceClasses = endpoint({
  id: "listDeviceClasses",
  method: "GET",
  path: "/api/v1/device-classes",
  summary: "Classes of devices by name",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, search, lead: idText.optional() }),
  reply: pageOf(deviceClassView),
});

export const getDeviceClass = endpoint({
  id: "getDeviceClass",
  method: "GET",
  path: "/api/v1/device-classes/:id",
  summary: "One class of devices",
  access: "signedIn",
  params: idParams,
  reply: deviceClassView,
  refusals: ["estate.notFound"],
});

export const addDeviceClass = endpoint({
  id: "addDeviceClass",
  method: "POST",
  path: "/api/v1/device-classes",
  summary: "Add a class of devices",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({ ...deviceClassBody, key: slug, status: deviceClassBody.status.default("active") }),
  reply: deviceClassView,
  status: 201,
  refusals: ["estate.keyTaken", ...answering],
});

export const changeDeviceClass = endpoint({
  id: "changeDeviceClass",
  method: "PUT",
  path: "/api/v1/device-classes/:id",
  summary: "Change a class of devices; needs If-Match with the version read",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  body: z.strictObject(deviceClassBody),
  reply: deviceClassView,
  refusals: [...changing, ...answering],
});

const vendorBody = {
  name: line(200),
  manager: personId,
  contracts: z.array(z.strictObject({ ref: line(80), endsOn: day })).max(200),
};

export const listVendors = endpoint({
  id: "listVendors",
  method: "GET",
  path: "/api/v1/vendors",
  summary: "Vendors and their contracts by name",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, search, manager: idText.optional() }),
  reply: pageOf(vendorView),
});

export const getVendor = endpoint({
  id: "getVendor",
  method: "GET",
  path: "/api/v1/vendors/:id",
  summary: "One vendor",
  access: "signedIn",
  params: idParams,
  reply: vendorView,
  refusals: ["estate.notFound"],
});

export const addVendor = endpoint({
  id: "addVendor",
  method: "POST",
  path: "/api/v1/vendors",
  summary: "Add a vendor",
  access: VENDOR_KEEPERS,
  body: z.strictObject({ ...vendorBody, key: slug, contracts: vendorBody.contracts.default([]) }),
  reply: vendorView,
  status: 201,
  refusals: ["estate.keyTaken", "estate.contractTwice", ...answering],
});

export const changeVendor = endpoint({
  id: "changeVendor",
  method: "PUT",
  path: "/api/v1/vendors/:id",
  summary: "Change a vendor; needs If-Match with the version read",
  access: VENDOR_KEEPERS,
  params: idParams,
  body: z.strictObject(vendorBody),
  reply: vendorView,
  refusals: [...changing, "estate.contractTwice", ...answering],
});

const planItem = { kind: z.enum(PLAN_KINDS), key: z.string(), name: z.string() };

export const planView = z.strictObject({
  dryRun: z.boolean(),
  created: z.array(z.strictObject(planItem)),
  changed: z.array(
    z.strictObject({
      ...planItem,
      fields: z.array(z.strictObject({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    }),
  ),
  unchanged: z.number().int(),
  /** Known by a key that the file does not mention: left as they are. Persons beyond the first few hundred are not listed. */
  leftAlone: z.array(z.strictObject(planItem)),
});
export type PlanView = z.output<typeof planView>;

/** What the decisions on persons can add to the refusals of a file. */
const OF_PERSONS = [
  "people.managerCycle",
  "people.deputyIsSelf",
  "people.leaveUnordered",
  "people.helpDeskCombined",
  "people.ownRoles",
  "people.administratorOnly",
  "people.lastAdministrator",
  "people.accountDisabled",
];

/** … and those on rotas and journeys. */
const OF_WAYS = [
  "accountability.aboutUnknown",
  "accountability.deviceClassUnknown",
  "accountability.seatUnknown",
  "accountability.seatEmpty",
  "accountability.helpDeskMayNotOwn",
  "accountability.approverNotAllowed",
  "accountability.maintainerMayNotApprove",
  "accountability.rotaUnknown",
  "accountability.rotaInUse",
  "accountability.rotationEmpty",
  "accountability.feedAddress",
];

export const applyEstate = endpoint({
  id: "applyEstate",
  method: "POST",
  path: "/api/v1/estate/apply",
  summary: "Bring people and estate in line with a YAML file, or say what that would do",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({ yaml: z.string().max(1_000_000), dryRun: z.boolean() }),
  reply: planView,
  refusals: [...Object.keys(ESTATE_REFUSALS).filter((code) => !changing.includes(code)), ...OF_PERSONS, ...OF_WAYS],
});
