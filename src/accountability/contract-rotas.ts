import { z } from "zod";

import { endpoint, instantText, line, pageOf, pageQuery } from "../kernel/contract.ts";
import { parsePlainDate, type PlainDate } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { seatBody, seatView } from "./contract-seats.ts";
import { ROTA_KEEPERS } from "./decide-rota.ts";

const id = z.string().max(60);
const idParams = z.strictObject({ id });
const personId = id.transform((text) => text as PersonId);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, "lower-case letters, digits and dashes, starting with a letter");
const day = z
  .string()
  .max(10)
  .transform((text, context): PlainDate => {
    const read = parsePlainDate(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: "a day such as 2027-03-31" });
    return z.NEVER;
  });

export const shiftView = z.strictObject({
  from: z.string(),
  until: z.string(),
  /** `nobody`: it is known that nobody is; `unknown`: it is not known who. */
  by: z.enum(["rotation", "override", "feed", "nobody", "unknown"]),
  persons: z.array(z.strictObject({ id: z.string(), name: z.string(), active: z.boolean() })),
  /** Named by the calendar, known to nobody here. */
  strangers: z.array(z.string()),
  why: z.string().nullable(),
});
export type ShiftView = z.output<typeof shiftView>;

const rotation = {
  kind: z.literal("rotation"),
  startsOn: day,
  handoverAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 09:00"),
  everyDays: z.number().int().min(1).max(366),
};

export const rotaView = z.strictObject({
  id: z.string(),
  version: z.number().int(),
  key: z.string(),
  name: z.string(),
  owner: seatView.nullable(),
  status: z.enum(["active", "retired"]),
  source: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("rotation"),
      people: z.array(z.strictObject({ id: z.string(), name: z.string(), active: z.boolean() })),
      startsOn: z.string(),
      handoverAt: z.string(),
      everyDays: z.number().int(),
    }),
    z.strictObject({
      kind: z.literal("feed"),
      host: z.string(),
      /** The last good reading; null: there was none yet. */
      readAt: z.string().nullable(),
      /** Whether that still says who is on point. */
      counts: z.boolean(),
      failed: z.strictObject({ at: z.string(), words: z.string() }).nullable(),
    }),
  ]),
  overrides: z.array(z.strictObject({ from: z.string(), until: z.string(), person: z.string(), personName: z.string() })),
  zone: z.string(),
  /** At the moment of the answer. */
  onPoint: shiftView,
});
export type RotaView = z.output<typeof rotaView>;

const sourceBody = z.discriminatedUnion("kind", [
  z.strictObject({ ...rotation, people: z.array(personId).max(50) }),
  /** Left out on a change: the address stays. */
  z.strictObject({ kind: z.literal("feed"), address: z.string().max(2000).optional() }),
]);
const rotaBody = { name: line(200), owner: seatBody.nullable(), source: sourceBody, status: z.enum(["active", "retired"]) };

const keeping = [
  "accountability.seatUnknown",
  "accountability.seatEmpty",
  "accountability.helpDeskMayNotOwn",
  "accountability.rotationEmpty",
  "accountability.feedAddress",
];
const covering = ["accountability.notFound", "accountability.notYours", "accountability.retired"];

export const listRotas = endpoint({
  id: "listRotas",
  method: "GET",
  path: "/api/v1/rotas",
  summary: "Rotas by name, and who is on point now",
  access: "signedIn",
  query: z.strictObject({ ...pageQuery, status: z.enum(["active", "retired"]).optional() }),
  reply: pageOf(rotaView),
});

export const getRota = endpoint({
  id: "getRota",
  method: "GET",
  path: "/api/v1/rotas/:id",
  summary: "One rota, and who is on point now",
  access: "signedIn",
  params: idParams,
  reply: rotaView,
  refusals: ["accountability.notFound"],
});

export const readShifts = endpoint({
  id: "readShifts",
  method: "GET",
  path: "/api/v1/rotas/:id/shifts",
  summary: "Who is on point in the days to come, without a hole: nobody and not known are said",
  access: "signedIn",
  params: idParams,
  query: z.strictObject({ days: z.coerce.number().int().min(1).max(35).default(28) }),
  reply: z.strictObject({ shifts: z.array(shiftView) }),
  refusals: ["accountability.notFound"],
});

export const addRota = endpoint({
  id: "addRota",
  method: "POST",
  path: "/api/v1/rotas",
  summary: "Add a rota: people who take turns, or the address of a calendar kept elsewhere",
  access: ROTA_KEEPERS,
  body: z.strictObject({ ...rotaBody, key: slug, owner: rotaBody.owner.default(null), status: rotaBody.status.default("active") }),
  reply: rotaView,
  status: 201,
  refusals: ["accountability.keyTaken", ...keeping],
});

export const changeRota = endpoint({
  id: "changeRota",
  method: "PUT",
  path: "/api/v1/rotas/:id",
  summary: "Change a rota; needs If-Match with the version read",
  access: ROTA_KEEPERS,
  params: idParams,
  body: z.strictObject(rotaBody),
  reply: rotaView,
  refusals: [
    "accountability.notFound",
    "accountability.changedMeanwhile",
    "accountability.ifMatchNeeded",
    "accountability.rotaInUse",
    ...keeping,
  ],
});

export const coverShift = endpoint({
  id: "coverShift",
  method: "POST",
  path: "/api/v1/rotas/:id/overrides",
  summary: "Say that somebody covers for whoever it would be",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ from: instantText, until: instantText, person: personId }),
  reply: rotaView,
  refusals: [
    ...covering,
    "accountability.seatUnknown",
    "accountability.seatEmpty",
    "accountability.overrideUnordered",
    "accountability.tooManyOverrides",
  ],
});

export const uncoverShift = endpoint({
  id: "uncoverShift",
  method: "POST",
  path: "/api/v1/rotas/:id/overrides/end",
  summary: "Take back that somebody covers from a moment on",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ from: instantText }),
  reply: rotaView,
  refusals: covering,
});
