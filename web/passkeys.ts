/** Passkeys on the platform's own functions: signing in, enrolling, and signing exactly one decision. */
import type { z } from "zod";

import {
  addPasskey as addFurther,
  beginAssertion,
  beginEnrolment,
  beginPasskey,
  beginSignIn,
  finishEnrolment,
  finishSignIn,
  readSession,
} from "../src/access/contract.ts";
import { enterPersona } from "../src/example-organisation/contract-inside.ts";
import type { AssertionBody } from "../src/kernel/contract.ts";
import { refusal } from "../src/kernel/problem.ts";
import { call, CallFailed } from "./api.ts";
import { isExample } from "./instance.ts";
import { personaKept } from "./persona-kept.ts";

type Question = Readonly<Record<string, unknown>>;
type Answer = Record<string, unknown>;

/** False where the browser is too old, or the page is not on https or localhost. */
export function canUsePasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";
}

type AnswerInExample = (question: Question) => Promise<Answer | undefined>;
let inExample: AnswerInExample | undefined;

/** In the example organisation nobody has a passkey of their own: sets who answers instead. The real instance never sets anybody. */
export function answerInExample(answer: AnswerInExample | undefined): void {
  inExample = answer;
}

/** Signs in with whichever passkey the person picks. Throws {@link CallFailed}. */
export async function signIn(): Promise<z.output<(typeof finishSignIn)["reply"]>> {
  const quiet = { asksToSignIn: false };
  if (isExample) return await enterAgain();
  const question = await call(beginSignIn, {}, quiet);
  const response = await getAnswer(question.options);
  return await call(finishSignIn, { body: { challengeId: question.challengeId, response, label: deviceWords() } }, quiet);
}

/** As whoever one walked as before. */
async function enterAgain(): Promise<z.output<(typeof readSession)["reply"]>> {
  await call(enterPersona, { params: { key: personaKept() } }, { asksToSignIn: false });
  return await call(readSession, {}, { asksToSignIn: false });
}

export type EnrolmentQuestion = z.output<(typeof beginEnrolment)["reply"]>;

/** Asks for the question a new passkey answers; the secret of the link travels in the body, never in an address. */
export async function askToEnrol(secret: string, name?: string): Promise<EnrolmentQuestion> {
  return await call(beginEnrolment, { body: name === undefined ? { secret } : { secret, name } }, { asksToSignIn: false });
}

/** Makes the passkey and uses the link up. */
export async function enrol(secret: string, question: EnrolmentQuestion): Promise<void> {
  const response = await makeAnswer(question.options);
  const body = { challengeId: question.challengeId, secret, response, label: deviceWords() };
  await call(finishEnrolment, { body }, { asksToSignIn: false });
}

/** Makes a further passkey for whoever is signed in; one that works signs for it. Throws {@link CallFailed}. */
export async function addPasskey(person: string): Promise<z.output<(typeof addFurther)["reply"]>> {
  const question = await call(beginPasskey, { body: { assertion: await assert("access.addPasskey", person) } });
  const response = await makeAnswer(question.options);
  return await call(addFurther, { body: { challengeId: question.challengeId, response, label: deviceWords() } });
}

/**
 * A fresh signature over one decision: `action` (`module.verb`) on `subject`. `contentHash` is what the page shows as decided on;
 * without it the content is the subject itself. Throws {@link CallFailed}, also when the person does not sign.
 */
export async function assert(action: string, subject: string, contentHash?: string): Promise<AssertionBody> {
  const body = contentHash === undefined ? { action, subject } : { action, subject, contentHash };
  const question = await call(beginAssertion, { body });
  return { challengeId: question.challengeId, response: await getAnswer(question.options) };
}

async function getAnswer(question: Question): Promise<Answer> {
  if (inExample !== undefined) return (await inExample(question)) ?? failAsWords(undefined);
  requirePasskeys();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(question as unknown as PublicKeyCredentialRequestOptionsJSON);
  return answerOf(await navigator.credentials.get({ publicKey }).catch(failAsWords));
}

async function makeAnswer(question: Question): Promise<Answer> {
  requirePasskeys();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(question as unknown as PublicKeyCredentialCreationOptionsJSON);
  return answerOf(await navigator.credentials.create({ publicKey }).catch(failAsWords));
}

function answerOf(credential: Credential | null): Answer {
  if (!(credential instanceof PublicKeyCredential)) throw failed("console.passkeyRefused", "No passkey answered. Try again.");
  return credential.toJSON() as unknown as Answer;
}

function requirePasskeys(): void {
  if (canUsePasskeys()) return;
  throw failed(
    "console.noPasskeys",
    "This browser offers no passkeys here. Use a current browser, and open Postern over https or on localhost.",
  );
}

function failAsWords(error: unknown): never {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") {
    throw failed("console.passkeyKnown", "This authenticator already holds a passkey for you here. Sign in with it instead.");
  }
  if (name === "SecurityError") {
    throw failed("console.passkeyElsewhere", "Passkeys are bound to the address Postern was set up with. Open it under that address.");
  }
  throw failed("console.passkeyRefused", "The passkey was not used: it was cancelled, or took too long. Nothing happened; try again.");
}

function failed(code: string, words: string): CallFailed {
  return new CallFailed("refused", 0, [refusal(code, words)], "");
}

/** `Firefox on Linux`: how the session and the passkey are told apart later. */
export function deviceWords(): string {
  const agent = navigator.userAgent;
  const browser = ["Firefox", "Edg", "Chrome", "Safari"].find((each) => agent.includes(`${each}/`)) ?? "Browser";
  const system = ["Windows", "Android", "iPhone", "iPad", "Mac", "Linux"].find((each) => agent.includes(each));
  const name = browser === "Edg" ? "Edge" : browser;
  return system === undefined ? name : `${name} on ${system}`;
}
