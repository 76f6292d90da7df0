import { z } from "zod";

import { assertionBody, endpoint, line } from "../kernel/contract.ts";

const ADMINISTRATORS = ["administrator"] as const;
const idParams = z.strictObject({ id: z.string().max(40) });
const done = z.strictObject({});
const label = line(80).default("Browser");
/** Our one-time secrets are 43 characters of base64url. */
const secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Ids and hashes: what is signed must look the same wherever it is shown. */
const visible = z.string().regex(/^[\x21-\x7e]{1,100}$/);
/** What the browser's PublicKeyCredential.toJSON() gives. */
const answer = { challengeId: z.string().max(100), response: z.record(z.string(), z.unknown()) };
/** What `navigator.credentials` takes, as JSON; handed to the browser as it is. */
const question = z.strictObject({ challengeId: z.string(), options: z.record(z.string(), z.unknown()) });

export const sessionView = z.strictObject({
  id: z.string(),
  kind: z.enum(["browser", "cli"]),
  openedBy: z.enum(["passkey", "company_account"]),
  label: z.string(),
  address: z.string(),
  openedAt: z.string(),
  seenAt: z.string(),
  /** When it ends by itself if nothing more is heard from it. */
  idleUntil: z.string(),
  expiresAt: z.string(),
  isThis: z.boolean(),
});

export const passkeyView = z.strictObject({
  id: z.string(),
  label: z.string(),
  state: z.enum(["active", "suspended", "removed"]),
  deviceType: z.enum(["device_bound", "synced"]),
  backedUp: z.boolean(),
  transports: z.array(z.string()),
  registeredAt: z.string(),
  usedAt: z.string().optional(),
  /** Why it is suspended. */
  why: z.string().optional(),
});

export const invitationView = z.strictObject({
  id: z.string(),
  purpose: z.enum(["first_run", "invitation"]),
  /** `ended`: nobody used it in time. */
  state: z.enum(["open", "ended", "accepted", "revoked"]),
  person: z.string().optional(),
  name: z.string().optional(),
  invitedAt: z.string(),
  expiresAt: z.string(),
});

const me = z.strictObject({
  person: z.strictObject({ id: z.string(), name: z.string() }),
  roles: z.array(z.string()),
  session: sessionView,
});

export const readSession = endpoint({
  id: "readSession",
  method: "GET",
  path: "/api/v1/session",
  summary: "Who is signed in here",
  access: "signedIn",
  reply: me,
});

export const signOut = endpoint({
  id: "signOut",
  method: "DELETE",
  path: "/api/v1/session",
  summary: "End this session",
  access: "signedIn",
  reply: done,
});

export const listSessions = endpoint({
  id: "listSessions",
  method: "GET",
  path: "/api/v1/sessions",
  summary: "Live sessions and command-line tokens: one's own, or as an administrator anybody's",
  access: "signedIn",
  query: z.strictObject({ person: z.string().max(40).optional() }),
  reply: z.strictObject({ items: z.array(sessionView) }),
  refusals: ["access.personUnknown"],
});

export const revokeSession = endpoint({
  id: "revokeSession",
  method: "DELETE",
  path: "/api/v1/sessions/:id",
  summary: "End a session or command-line token",
  access: "signedIn",
  params: idParams,
  reply: done,
  refusals: ["access.sessionNotFound"],
});

export const endSessions = endpoint({
  id: "endSessions",
  method: "POST",
  path: "/api/v1/sessions/end-others",
  summary: "End every session and command-line token but this one: one's own, or as an administrator anybody's",
  access: "signedIn",
  body: z.strictObject({ person: z.string().max(40).optional() }),
  reply: z.strictObject({ ended: z.number().int() }),
  refusals: ["access.personUnknown"],
});

export const beginSignIn = endpoint({
  id: "beginSignIn",
  method: "POST",
  path: "/api/v1/sign-in/begin",
  summary: "Ask the browser for a passkey",
  access: "anyone",
  reply: question,
  refusals: ["access.tooManyTries"],
});

export const finishSignIn = endpoint({
  id: "finishSignIn",
  method: "POST",
  path: "/api/v1/sign-in/finish",
  summary: "Sign in with the passkey's answer",
  access: "anyone",
  body: z.strictObject({ ...answer, label }),
  reply: me,
  refusals: ["access.tooManyTries", "access.challengeInvalid", "access.signInRefused", "access.passkeySuspended"],
});

export const beginEnrolment = endpoint({
  id: "beginEnrolment",
  method: "POST",
  path: "/api/v1/enrolments/begin",
  summary: "Ask the browser for a new passkey, with the secret of a one-time link",
  access: "anyone",
  body: z.strictObject({ secret, name: line(120).optional() }),
  reply: question.extend({ name: z.string(), isFirstRun: z.boolean() }),
  refusals: ["access.tooManyTries", "access.linkInvalid", "access.nameNeeded"],
});

export const finishEnrolment = endpoint({
  id: "finishEnrolment",
  method: "POST",
  path: "/api/v1/enrolments/finish",
  summary: "Register the new passkey and use the link up; then sign in with it",
  access: "anyone",
  body: z.strictObject({ ...answer, secret, label: line(80).default("Passkey") }),
  reply: z.strictObject({ person: z.string(), passkey: z.string() }),
  status: 201,
  refusals: [
    "access.tooManyTries",
    "access.linkInvalid",
    "access.challengeInvalid",
    "access.registrationInvalid",
    "access.notDiscoverable",
    "access.passkeyKnown",
  ],
});

export const listPasskeys = endpoint({
  id: "listPasskeys",
  method: "GET",
  path: "/api/v1/passkeys",
  summary: "Passkeys: one's own, or as an administrator anybody's",
  access: "signedIn",
  query: z.strictObject({ person: z.string().max(40).optional() }),
  reply: z.strictObject({ items: z.array(passkeyView) }),
  refusals: ["access.personUnknown"],
});

/** What any endpoint that takes a signature can refuse it with. */
export const STEP_UP_REFUSALS = [
  "access.browserNeeded",
  "access.challengeInvalid",
  "access.assertionElsewhere",
  "access.assertionInvalid",
  "access.passkeySuspended",
] as const;

export const beginPasskey = endpoint({
  id: "beginPasskey",
  method: "POST",
  path: "/api/v1/passkeys/begin",
  summary: "Ask the browser for a further passkey (signs access.addPasskey over one's own person id)",
  access: "signedIn",
  assertion: true,
  body: z.strictObject({ assertion: assertionBody }),
  reply: question,
  refusals: STEP_UP_REFUSALS,
});

export const addPasskey = endpoint({
  id: "addPasskey",
  method: "POST",
  path: "/api/v1/passkeys",
  summary: "Register the further passkey",
  access: "signedIn",
  body: z.strictObject({ ...answer, label: line(80).default("Passkey") }),
  reply: passkeyView,
  status: 201,
  refusals: ["access.challengeInvalid", "access.registrationInvalid", "access.notDiscoverable", "access.passkeyKnown"],
});

export const removePasskey = endpoint({
  id: "removePasskey",
  method: "POST",
  path: "/api/v1/passkeys/:id/remove",
  summary: "Remove a passkey of one's own, or as an administrator a lost one (signs access.removePasskey over its id)",
  access: "signedIn",
  assertion: true,
  params: idParams,
  body: z.strictObject({ assertion: assertionBody }),
  reply: done,
  refusals: [...STEP_UP_REFUSALS, "access.passkeyNotFound", "access.lastPasskey"],
});

export const listInvitations = endpoint({
  id: "listInvitations",
  method: "GET",
  path: "/api/v1/invitations",
  summary: "Invitations, newest first; never their links",
  access: ADMINISTRATORS,
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().max(40).optional() }),
  reply: z.strictObject({ items: z.array(invitationView), next: z.string().optional() }),
});

export const invite = endpoint({
  id: "invitePerson",
  method: "POST",
  path: "/api/v1/invitations",
  summary: "Make a one-time link for a person without a working passkey (signs access.invite over the person's id)",
  access: ADMINISTRATORS,
  assertion: true,
  body: z.strictObject({ person: z.string().max(40), assertion: assertionBody }),
  reply: z.strictObject({ invitation: invitationView, link: z.string() }),
  status: 201,
  refusals: [...STEP_UP_REFUSALS, "access.personUnknown", "access.hasPasskey"],
});

export const revokeInvitation = endpoint({
  id: "revokeInvitation",
  method: "DELETE",
  path: "/api/v1/invitations/:id",
  summary: "Withdraw an open invitation",
  access: ADMINISTRATORS,
  params: idParams,
  reply: done,
  refusals: ["access.invitationNotFound"],
});

export const beginAssertion = endpoint({
  id: "beginAssertion",
  method: "POST",
  path: "/api/v1/assertions",
  summary: "Ask the browser to sign one decision",
  access: "signedIn",
  body: z.strictObject({
    /** `module.verb`. */
    action: z.string().regex(/^[a-z][A-Za-z]{1,39}\.[a-z][A-Za-z]{1,39}$/),
    subject: visible,
    /** As the thing decided on shows it; left out where the content is the subject itself. */
    contentHash: visible.optional(),
  }),
  reply: question,
  refusals: ["access.browserNeeded", "access.passkeyNeeded"],
});

export const readAssertion = endpoint({
  id: "readAssertion",
  method: "GET",
  path: "/api/v1/assertions/:digest",
  summary: "The record of a decision's signature, to verify offline",
  access: "signedIn",
  params: z.strictObject({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
  reply: z.strictObject({ record: z.record(z.string(), z.unknown()) }),
});

export const grantCli = endpoint({
  id: "grantCli",
  method: "POST",
  path: "/api/v1/cli-grants",
  summary: "Let the command line on this machine in; the page asks first, then sends the browser to `redirect`",
  access: "signedIn",
  body: z.strictObject({
    port: z.number().int().min(1024).max(65_535),
    /** PKCE S256 challenge. */
    challenge: secret,
    state: z.string().regex(/^[A-Za-z0-9_-]{16,100}$/),
    label: line(80).default("Command line"),
  }),
  reply: z.strictObject({ redirect: z.string() }),
  status: 201,
  refusals: ["access.browserNeeded"],
});

export const exchangeCliCode = endpoint({
  id: "exchangeCliCode",
  method: "POST",
  path: "/api/v1/cli-tokens",
  summary: "Exchange the code for a token",
  access: "anyone",
  body: z.strictObject({ code: secret, verifier: z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/) }),
  reply: z.strictObject({ token: z.string(), person: z.string(), expiresAt: z.string() }),
  status: 201,
  refusals: ["access.tooManyTries", "access.cliCodeInvalid"],
});
