import { z } from "zod";

import { assertionBody, endpoint, instantText, line } from "../kernel/contract.ts";

export { BEGIN_USE_ACTION, textOfUse } from "../exceptions/signing.ts";
export { LOOK_BACK_ACTION, lookBackText } from "./decide.ts";

const idParams = z.strictObject({ id: z.string().max(40) });
const named = z.strictObject({ type: z.string(), id: z.string() });

export const accessRequestView = z.strictObject({
  id: z.string(),
  /** `expired`: nobody took it up in time. */
  state: z.enum(["waiting", "taken_up", "declined", "cancelled", "expired"]),
  /** Name of the caller that passed it on. */
  caller: z.string(),
  person: z.string(),
  personName: z.string(),
  subject: named,
  resource: named,
  /** What people call it. */
  resourceName: z.string(),
  action: z.string(),
  method: z.string().nullable(),
  /** Null where nothing was said of it, or where the reader may not know. */
  address: z.string().nullable(),
  networks: z.array(z.string()),
  deviceClasses: z.array(z.string()),
  /** Why it was denied, as the decision's reason code. */
  code: z.string(),
  deniedAt: z.string(),
  filedAt: z.string(),
  expiresAt: z.string(),
  justification: z.string(),
  wantedUntil: z.string().nullable(),
  emergency: z.boolean(),
  /** Of an emergency: the exception that stands ready, and the hash of its version, for whoever may begin a use of it. */
  standing: z.strictObject({ exception: z.string(), version: z.string(), perUse: z.string() }).nullable(),
  exception: z.string().nullable(),
  /** Of an emergency that nobody foresaw and that is over: the hash of what was granted, while nobody has looked back on it. */
  toLookBackOn: z.strictObject({ version: z.string() }).nullable(),
  /** What was said of it afterwards, by somebody who had no part in it. */
  lookedBack: z.strictObject({ by: z.string(), byName: z.string(), sentence: z.string(), at: z.string() }).nullable(),
});
export type AccessRequestView = z.output<typeof accessRequestView>;

export const listAccessRequests = endpoint({
  id: "listAccessRequests",
  method: "GET",
  path: "/api/v1/access-requests",
  summary: "What decision points passed on (draft profile): what waits for the caller, or all that one exception came of",
  access: "signedIn",
  /** `exception`: id or reference. */
  query: z.strictObject({ exception: z.string().max(40).optional() }),
  reply: z.strictObject({ items: z.array(accessRequestView) }),
});

export const listEmergencies = endpoint({
  id: "listEmergencies",
  method: "GET",
  path: "/api/v1/emergencies",
  summary: "Emergencies passed on by decision points (draft profile) that wait for the caller, who is on point or reviews them",
  access: "signedIn",
  reply: z.strictObject({ items: z.array(accessRequestView) }),
});

export const beginEmergency = endpoint({
  id: "beginEmergency",
  method: "POST",
  path: "/api/v1/access-requests/:id/begin",
  summary: "Begin a bounded use of the exception that stands ready for it, with a fresh passkey assertion; its review opens at once",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ until: instantText, reason: line(1000), assertion: assertionBody }),
  reply: z.strictObject({}),
  refusals: [
    "requests.notFound",
    "requests.notWaiting",
    "requests.notStanding",
    "exceptions.useNotYours",
    "exceptions.useTooLong",
    "exceptions.useNotDefined",
    "exceptions.postUseReviewOpen",
    "exceptions.notInForce",
  ],
});

export const lookBackOnEmergency = endpoint({
  id: "lookBackOnEmergency",
  method: "POST",
  path: "/api/v1/access-requests/:id/look-back",
  summary: "Say of an emergency that nobody foresaw, once it is over, whether it was right: by who had no part in it, with a passkey",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ sentence: line(1000), assertion: assertionBody }),
  reply: z.strictObject({}),
  refusals: [
    "requests.notFound",
    "requests.notToLookBackOn",
    "exceptions.requesterMayNotApprove",
    "exceptions.actingForRequester",
    "exceptions.helpDeskMayNotApprove",
    "exceptions.subjectMayNotApprove",
    "exceptions.implementerMayNotApprove",
    "exceptions.alreadyVoted",
    "exceptions.reviewerNotAllowed",
    "exceptions.sentenceNeeded",
    "exceptions.contentChanged",
  ],
});

export const takeUpAccessRequest = endpoint({
  id: "takeUpAccessRequest",
  method: "POST",
  path: "/api/v1/access-requests/:id/take-up",
  summary: "Ask for an exception after a denial: opens a draft with everything known filled in; it approves nothing",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ category: z.string().max(60), unit: line(80) }),
  reply: z.strictObject({ exception: z.string() }),
  status: 201,
  refusals: ["requests.notFound", "requests.notWaiting", "exceptions.categoryUnknown", "connections.unreachable"],
});

export const declineAccessRequest = endpoint({
  id: "declineAccessRequest",
  method: "POST",
  path: "/api/v1/access-requests/:id/decline",
  summary: "Say that it was not you, or that it is not needed: nothing comes of it, and the same is not passed on again for a day",
  access: "signedIn",
  params: idParams,
  body: z.strictObject({ reason: line(500) }),
  reply: z.strictObject({}),
  refusals: ["requests.notFound", "requests.notWaiting"],
});
