/** Signing in through the company's OpenID provider. */
import { z } from "zod";

import { assertionBody, endpoint, line } from "../kernel/contract.ts";
import { STEP_UP_REFUSALS } from "./contract.ts";

const label = line(80).default("Browser");
/** A path of the console; an address of another site is not followed. */
const ownPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)
  .default("/");
const redirect = z.strictObject({ redirect: z.string() });
const ANSWER_REFUSALS = ["access.companySignInOff", "access.companyProviderSilent", "access.companyAnswerInvalid"] as const;

export const companyAccountView = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  /** The provider's name for the account. */
  subject: z.string(),
  connectedAt: z.string(),
});

export const readCompanySignIn = endpoint({
  id: "readCompanySignIn",
  method: "GET",
  path: "/api/v1/company-sign-in",
  summary: "Whether one can sign in through a company provider, and what it is called",
  access: "anyone",
  reply: z.strictObject({ name: z.string().optional() }),
});

export const readCompanyClientKeys = endpoint({
  id: "readCompanyClientKeys",
  method: "GET",
  path: "/api/v1/company-sign-in/jwks",
  summary: "The keys that the company provider knows Postern by (JSON Web Key Set); none for a public client",
  access: "anyone",
  reply: z.strictObject({ keys: z.array(z.record(z.string(), z.string())) }),
  refusals: ["access.tooManyTries"],
});

export const beginCompanySignIn = endpoint({
  id: "beginCompanySignIn",
  method: "POST",
  path: "/api/v1/company-sign-in/begin",
  summary: "Where to send the browser to sign in at the company provider",
  access: "anyone",
  body: z.strictObject({ to: ownPath, label }),
  reply: redirect,
  refusals: ["access.tooManyTries", ...ANSWER_REFUSALS],
});

export const finishCompanySignIn = endpoint({
  id: "finishCompanySignIn",
  method: "POST",
  path: "/api/v1/company-sign-in/finish",
  summary: "Hand over what the company provider answered, in the browser that was sent there",
  access: "anyone",
  body: z.strictObject({
    /** What stands behind the # of the address the provider sent the browser to: `code=…&state=…`. */
    answer: z.string().max(8000),
  }),
  reply: z.strictObject({ to: z.string(), outcome: z.enum(["signedIn", "connected"]) }),
  refusals: [
    "access.tooManyTries",
    ...ANSWER_REFUSALS,
    "access.challengeInvalid",
    "access.companyRefused",
    "access.companySignInWeak",
    "access.companyAccountUnknown",
    "access.companyAccountTaken",
  ],
});

export const listCompanyAccounts = endpoint({
  id: "listCompanyAccounts",
  method: "GET",
  path: "/api/v1/company-accounts",
  summary: "Connected company accounts: one's own, or as an administrator anybody's",
  access: "signedIn",
  query: z.strictObject({ person: z.string().max(40).optional() }),
  reply: z.strictObject({ items: z.array(companyAccountView) }),
  refusals: ["access.personUnknown"],
});

export const connectCompanyAccount = endpoint({
  id: "connectCompanyAccount",
  method: "POST",
  path: "/api/v1/company-accounts",
  summary:
    "Where to send the browser to connect one's account at the company provider (signs access.connectAccount over one's own person id)",
  access: "signedIn",
  assertion: true,
  body: z.strictObject({ to: ownPath, assertion: assertionBody }),
  reply: redirect,
  refusals: [...STEP_UP_REFUSALS, ...ANSWER_REFUSALS],
});

export const disconnectCompanyAccount = endpoint({
  id: "disconnectCompanyAccount",
  method: "POST",
  path: "/api/v1/company-accounts/:id/disconnect",
  summary: "Let a company account of one's own, or as an administrator anybody's, in no more (signs access.disconnectAccount over its id)",
  access: "signedIn",
  assertion: true,
  params: z.strictObject({ id: z.string().max(40) }),
  body: z.strictObject({ assertion: assertionBody }),
  reply: z.strictObject({}),
  refusals: [...STEP_UP_REFUSALS, "access.companyAccountNotFound"],
});
