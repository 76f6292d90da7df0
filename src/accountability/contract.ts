import { z } from "zod";

import { POPULATIONS } from "../estate/operation.ts";
import { assertionBody, endpoint, line, pageOf, pageQuery, prose } from "../kernel/contract.ts";
import type { PersonId } from "../people/person.ts";
import { VOIDED_BY } from "./approval.ts";
import { shiftView } from "./contract-rotas.ts";
import { seatBody, seatView } from "./contract-seats.ts";
import { ABOUTS, SEATS } from "./journey.ts";
import type { RotaId } from "./rota.ts";

export { APPROVE_ACTION } from "./journey.ts";

const KEEPERS = ["administrator", "iam", "security_governance"] as const;

const id = z.string().max(60);
const idParams = z.strictObject({ id });
const personId = id.transform((text) => text as PersonId);

export const gapView = z.strictObject({
  kind: z.string(),
  /** The seat it is about; null: the journey itself. */
  seat: z.enum(SEATS).nullable(),
  statement: z.string(),
  dueInDays: z.number().int(),
});
export type GapView = z.output<typeof gapView>;

const named = z.strictObject({ key: z.string(), name: z.string().nullable() });

export const journeyView = z.strictObject({
  id: z.string(),
  version: z.number().int(),
  population: z.enum(POPULATIONS),
  about: z.strictObject({ kind: z.enum(ABOUTS), key: z.string(), name: z.string().nullable() }),
  deviceClass: named.nullable(),
  model: z.strictObject({ statement: z.string(), by: z.string(), byName: z.string(), at: z.string() }),
  businessOwner: seatView.nullable(),
  approver: seatView.nullable(),
  maintainer: seatView.nullable(),
  platformOwner: seatView.nullable(),
  operationOwner: seatView.nullable(),
  rota: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  /** At the moment of the answer; null without a rota. */
  onPoint: shiftView.nullable(),
  status: z.enum(["active", "retired"]),
  /** What the approver's passkey signs: of the model as it stands, with the operation it rests on. */
  contentHash: z.string(),
  approval: z.strictObject({
    state: z.enum(["missing", "approved", "void"]),
    voidedBy: z.array(z.enum(VOIDED_BY)),
    last: z.strictObject({ by: z.string(), byName: z.string(), at: z.string(), assertion: z.string(), contentHash: z.string() }).nullable(),
  }),
  gaps: z.array(gapView),
});
export type JourneyView = z.output<typeof journeyView>;

const journeyBody = {
  statement: prose(4000),
  businessOwner: seatBody.nullable(),
  approver: personId.nullable(),
  maintainer: seatBody.nullable(),
  rota: id.transform((text) => text as RotaId).nullable(),
  platformOwner: seatBody.nullable(),
  operationOwner: seatBody.nullable(),
  status: z.enum(["active", "retired"]),
};
const seating = [
  "accountability.journeyExists",
  "accountability.seatUnknown",
  "accountability.seatEmpty",
  "accountability.helpDeskMayNotOwn",
  "accountability.approverNotAllowed",
  "accountability.maintainerMayNotApprove",
  "accountability.rotaUnknown",
];

export const listJourneys = endpoint({
  id: "listJourneys",
  method: "GET",
  path: "/api/v1/journeys",
  summary: "Ways of signing in without a password and who answers for each; with what is missing",
  access: "signedIn",
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(["active", "retired"]).default("active"),
    seat: id.optional(),
    about: z.enum(ABOUTS).optional(),
    key: line(80).optional(),
    /** Only those where something is missing. */
    gaps: z.literal("true").optional(),
  }),
  reply: pageOf(journeyView),
});

export const getJourney = endpoint({
  id: "getJourney",
  method: "GET",
  path: "/api/v1/journeys/:id",
  summary: "One journey, with the hash that its approver signs",
  access: "signedIn",
  params: idParams,
  reply: journeyView,
  refusals: ["accountability.notFound"],
});

export const addJourney = endpoint({
  id: "addJourney",
  method: "POST",
  path: "/api/v1/journeys",
  summary: "Add a journey: a population, to an application or operation, on a class of devices",
  access: KEEPERS,
  makesDeciders: true,
  body: z.strictObject({
    population: z.enum(POPULATIONS),
    about: z.strictObject({ kind: z.enum(ABOUTS), key: line(80) }),
    deviceClass: line(80).nullable().default(null),
    statement: journeyBody.statement,
    businessOwner: journeyBody.businessOwner.default(null),
    approver: journeyBody.approver.default(null),
    maintainer: journeyBody.maintainer.default(null),
    rota: journeyBody.rota.default(null),
    platformOwner: journeyBody.platformOwner.default(null),
    operationOwner: journeyBody.operationOwner.default(null),
  }),
  reply: journeyView,
  status: 201,
  refusals: ["accountability.aboutUnknown", "accountability.deviceClassUnknown", ...seating],
});

export const changeJourney = endpoint({
  id: "changeJourney",
  method: "PUT",
  path: "/api/v1/journeys/:id",
  summary: "Change who answers for a journey, or its access model; needs If-Match with the version read",
  access: KEEPERS,
  makesDeciders: true,
  params: idParams,
  body: z.strictObject(journeyBody),
  reply: journeyView,
  refusals: ["accountability.notFound", "accountability.changedMeanwhile", "accountability.ifMatchNeeded", ...seating],
});

export const approveModel = endpoint({
  id: "approveModel",
  method: "POST",
  path: "/api/v1/journeys/:id/approve",
  summary: "Approve the access model of a journey, bound to the hash read, with a fresh passkey assertion",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ contentHash: z.string().max(100), assertion: assertionBody }),
  reply: journeyView,
  refusals: [
    "accountability.notFound",
    "accountability.retired",
    "accountability.notYours",
    "accountability.approverNotAllowed",
    "accountability.maintainerMayNotApprove",
    "accountability.authorMayNotApprove",
    "accountability.changedMeanwhile",
    "accountability.alreadyApproved",
  ],
});
