import { z } from "zod";

import { endpoint, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { type Instant, parseInstant } from "../kernel/time.ts";
import type { PersonId } from "./person.ts";
import { PERSON_SOURCES } from "./person.ts";
import { ROLES } from "./role.ts";

export { ROLES } from "./role.ts";

const KEEPERS = ["administrator", "iam"] as const;

const idText = z.string().regex(/^[a-z]{3}_[0-9a-z]{1,40}$/, "an id of ours");
const personId = idText.transform((text) => text as PersonId);
const idParams = z.strictObject({ id: idText });
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "lower-case letters, digits and dashes, starting with a letter");
const moment = z
  .string()
  .max(40)
  .transform((text, context): Instant => {
    const read = parseInstant(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: "a timestamp with its zone: 2026-11-27T09:00:00Z" });
    return z.NEVER;
  });
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const role = z.enum(ROLES);
const leave = z.array(z.strictObject({ from: moment, until: moment })).max(50);

export const personView = z.strictObject({
  id: z.string(),
  key: z.string().nullable(),
  displayName: z.string(),
  unit: z.string().nullable(),
  roles: z.array(role),
  active: z.boolean(),
  /** Away at the moment of the answer; since when and why is nobody's business. */
  onLeave: z.boolean(),
});
export type PersonView = z.output<typeof personView>;

/** What those who keep people, and the person themselves, see beside. */
export const personDetails = z.strictObject({
  ...personView.shape,
  version: z.number().int(),
  details: z
    .strictObject({
      email: z.string().nullable(),
      manager: z.string().nullable(),
      deputy: z.string().nullable(),
      leave: z.array(z.strictObject({ from: z.string(), until: z.string() })),
      source: z.enum(PERSON_SOURCES),
      accounts: z.array(z.strictObject({ connection: z.string(), key: z.string(), enabled: z.boolean(), secondary: z.boolean() })),
      left: z.strictObject({ at: z.string(), saidBy: z.enum(["yaml", "api"]), reason: z.string() }).nullable(),
    })
    .optional(),
});
export type PersonDetailsView = z.output<typeof personDetails>;

const fieldRefusals = [
  "people.personUnknown",
  "people.managerCycle",
  "people.deputyIsSelf",
  "people.leaveUnordered",
  "people.helpDeskCombined",
  "people.ownRoles",
  "people.administratorOnly",
];
const changeRefusals = ["people.notFound", "people.changedMeanwhile"];

export const listPeople = endpoint({
  id: "listPeople",
  method: "GET",
  path: "/api/v1/people",
  summary: "People by name; search by the beginning of words",
  access: "signedIn",
  query: z.strictObject({
    ...pageQuery,
    search: z.string().max(200).optional(),
    role: role.optional(),
    unit: z.string().max(80).optional(),
    manager: idText.optional(),
    active: flag.optional(),
  }),
  reply: pageOf(personView),
});

export const getPerson = endpoint({
  id: "getPerson",
  method: "GET",
  path: "/api/v1/people/:id",
  summary: "One person; the details for those who keep people and for the person themselves",
  access: "signedIn",
  params: idParams,
  reply: personDetails,
  refusals: ["people.notFound"],
});

const optional = {
  email: z.email().max(320).nullable(),
  unit: line(80).nullable(),
  manager: personId.nullable(),
  deputy: personId.nullable(),
};

export const addPerson = endpoint({
  id: "addPerson",
  method: "POST",
  path: "/api/v1/people",
  summary: "Add a person by hand",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({
    displayName: line(200),
    email: optional.email.optional(),
    unit: optional.unit.optional(),
    manager: optional.manager.optional(),
    deputy: optional.deputy.optional(),
    roles: z.array(role).max(ROLES.length).default([]),
  }),
  reply: personDetails,
  status: 201,
  refusals: fieldRefusals,
});

export const changePerson = endpoint({
  id: "changePerson",
  method: "PUT",
  path: "/api/v1/people/:id",
  summary: "Change a person; needs If-Match with the version read",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  body: z.strictObject({
    displayName: line(200),
    ...optional,
    roles: z.array(role).max(ROLES.length),
  }),
  reply: personDetails,
  refusals: [...changeRefusals, ...fieldRefusals, "people.ifMatchNeeded", "people.lastAdministrator"],
});

export const setLeave = endpoint({
  id: "setLeave",
  method: "PUT",
  path: "/api/v1/people/:id/leave",
  summary: "Say when a person is away; by themselves or those who keep people. Needs If-Match",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ leave }),
  reply: personDetails,
  refusals: [...changeRefusals, "people.ifMatchNeeded", "people.notYours", "people.leaveUnordered"],
});

export const deactivatePerson = endpoint({
  id: "deactivatePerson",
  method: "POST",
  path: "/api/v1/people/:id/deactivate",
  summary: "Say that a person left; what they hold ends",
  access: KEEPERS,
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: personDetails,
  refusals: [...changeRefusals, "people.lastAdministrator"],
});

export const reactivatePerson = endpoint({
  id: "reactivatePerson",
  method: "POST",
  path: "/api/v1/people/:id/reactivate",
  summary: "Take back that a person left",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  reply: personDetails,
  refusals: [...changeRefusals, "people.accountDisabled"],
});

export const linkAccount = endpoint({
  id: "linkAccount",
  method: "POST",
  path: "/api/v1/people/:id/accounts",
  summary: "Say that an account of a provider is this person's",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  body: z.strictObject({ connection: idText, key: line(200), secondary: z.boolean().default(false) }),
  reply: personDetails,
  refusals: [...changeRefusals, "people.accountTaken", "people.administratorOnly"],
});

export const teamView = z.strictObject({
  id: z.string(),
  version: z.number().int(),
  key: z.string(),
  name: z.string(),
  members: z.array(z.string()),
  lead: z.string().nullable(),
  status: z.enum(["active", "dissolved"]),
});
export type TeamView = z.output<typeof teamView>;

const members = z.array(personId).max(5000);

export const listTeams = endpoint({
  id: "listTeams",
  method: "GET",
  path: "/api/v1/teams",
  summary: "Teams by name",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, search: z.string().max(200).optional(), member: idText.optional() }),
  reply: pageOf(teamView),
});

export const getTeam = endpoint({
  id: "getTeam",
  method: "GET",
  path: "/api/v1/teams/:id",
  summary: "One team",
  access: "signedIn",
  params: idParams,
  reply: teamView,
  refusals: ["people.notFound"],
});

export const addTeam = endpoint({
  id: "addTeam",
  method: "POST",
  path: "/api/v1/teams",
  summary: "Add a team",
  access: KEEPERS,
  body: z.strictObject({ key: slug, name: line(200), members: members.default([]), lead: personId.nullable().default(null) }),
  reply: teamView,
  status: 201,
  refusals: ["people.keyTaken", "people.personUnknown"],
});

export const changeTeam = endpoint({
  id: "changeTeam",
  method: "PUT",
  path: "/api/v1/teams/:id",
  summary: "Change a team; needs If-Match with the version read",
  access: KEEPERS,
  params: idParams,
  body: z.strictObject({ name: line(200), members, lead: personId.nullable(), status: z.enum(["active", "dissolved"]) }),
  reply: teamView,
  refusals: [...changeRefusals, "people.ifMatchNeeded", "people.personUnknown"],
});

export const delegationView = z.strictObject({
  id: z.string(),
  from: z.string(),
  fromName: z.string(),
  to: z.string(),
  toName: z.string(),
  validFrom: z.string(),
  validUntil: z.string(),
  /** Null for every role. */
  role: role.nullable(),
  reason: z.string(),
  revoked: z.strictObject({ at: z.string(), by: z.string() }).nullable(),
  /** At the moment of the answer. */
  inForce: z.boolean(),
});
export type DelegationView = z.output<typeof delegationView>;

export const listDelegations = endpoint({
  id: "listDelegations",
  method: "GET",
  path: "/api/v1/delegations",
  summary: "Delegations, newest first: one's own, or anybody's for those who govern and audit",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, person: idText.optional(), open: flag.optional() }),
  reply: pageOf(delegationView),
  refusals: ["people.notYours"],
});

export const delegate = endpoint({
  id: "delegate",
  method: "POST",
  path: "/api/v1/delegations",
  summary: "Let another holder of a role decide in one's place for a time",
  access: "signedIn",
  makesDeciders: true,
  body: z.strictObject({ to: personId, validFrom: moment, validUntil: moment, role: role.nullable(), reason: line(500) }),
  reply: delegationView,
  status: 201,
  refusals: [
    "people.personUnknown",
    "people.delegationWindow",
    "people.delegateIsSelf",
    "people.delegateNotActive",
    "people.delegateHelpDesk",
    "people.delegateLacksRole",
    "people.delegateOfAnother",
    "people.roleNotHeld",
  ],
});

export const revokeDelegation = endpoint({
  id: "revokeDelegation",
  method: "POST",
  path: "/api/v1/delegations/:id/revoke",
  summary: "End a delegation now; by either side, an administrator or IAM",
  access: "signedIn",
  params: idParams,
  reply: delegationView,
  refusals: ["people.notFound", "people.notYours", "people.delegationEnded"],
});
