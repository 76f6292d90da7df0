/**
 * What all are asked: the same bytes go to each server, the same objects to each engine in the process, and each has to decide the
 * same. Who wants to sign in with a passkey may; with a password only who holds an exception for this application; otherwise nobody.
 *
 * The method stands in it twice and roles come along, because Cerbos lets a policy see neither `action.properties` nor a subject
 * without roles. Everybody reads all of it.
 */
import type { Question } from "../../src/decisions/question.ts";

export const EXCEPTIONS = 5_000;
/** As many different questions are asked; in turn, so that nothing answers out of a cache of the last one. */
export const QUESTIONS = 2_000;
export const BATCH = 50;
export const RESISTANT = ["passkey", "security_key"];
export const ACTION = "sign_in";
const APPLICATIONS = 20;
const DAY_MS = 86_400_000;

/** One exception: its subject may use the password at its application until then. */
export interface Held {
  readonly subject: string;
  readonly application: string;
  readonly method: "password";
  readonly until: Date;
}

/** The i-th. All of them outlast the bench: an end that passes meanwhile would be seen by each at another moment. */
export function held(i: number, from: Date): Held {
  return {
    subject: `person-user.${i}`,
    application: `app-${i % APPLICATIONS}`,
    method: "password",
    until: new Date(from.getTime() + (2 + (i % 40)) * DAY_MS),
  };
}

export interface Asked {
  readonly question: Question;
  readonly permit: boolean;
}

/** Of eight: two by passkey, four that an exception lets through, one at another's application, one by a method nobody approved. */
export function questions(): readonly Asked[] {
  return Array.from({ length: QUESTIONS }, (_, i) => {
    const { subject, application, method } = held((i * 7) % EXCEPTIONS, new Date(0));
    const kind = i % 8;
    if (kind < 2) return asked(subject, application, RESISTANT[kind]!, true);
    if (kind < 6) return asked(subject, application, method, true);
    return kind === 6 ? asked(subject, "app-nobody", method, false) : asked(subject, application, "sms", false);
  });
}

function asked(subject: string, application: string, method: string, permit: boolean): Asked {
  return {
    permit,
    question: {
      subject: { type: "user", id: subject, properties: { "cerbos.roles": ["user"] } },
      action: { name: ACTION, properties: { method } },
      resource: { type: "application", id: application, properties: { method } },
      context: { ip: "10.1.2.3" },
    },
  };
}

/** One body for each question, or for each batch of them. */
export function bodies(all: readonly Asked[], batch: number): readonly string[] {
  if (batch === 1) return all.map(({ question }) => JSON.stringify(question));
  return Array.from({ length: Math.floor(all.length / batch) }, (_, i) =>
    JSON.stringify({ evaluations: all.slice(i * batch, (i + 1) * batch).map(({ question }) => question) }),
  );
}
