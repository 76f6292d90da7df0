/** Somebody of the example organisation at their browser: keeps a session, and decides with a passkey of their own. */
import type { AssertionBody } from "../kernel/contract.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import { msBetween } from "../kernel/time.ts";
import type { Question, SoftwareAuthenticator } from "./authenticator.ts";

/** Anything that answers requests: the HTTP application of an instance. */
export interface Server {
  fetch(request: Request): Response | Promise<Response>;
}

type Reply = Readonly<Record<string, unknown>>;

export interface Visitor {
  /** Makes a passkey with an enrolment link. */
  enrol(link: string, name?: string): Promise<void>;
  /** Signs in with the passkey and gives the whole answer: the cookie is in it. */
  signIn(): Promise<Response>;
  /** Asks as this person, signing in again where the session has ended. Throws {@link Declined} with the server's own words. */
  ask<T = Reply>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  /** The signature under one decision. */
  sign(action: string, subject: string, contentHash?: string): Promise<AssertionBody>;
}

/** What the server answered when it did not do what was asked. */
export class Declined extends Error {
  readonly status: number;

  constructor(status: number, what: string, words: string) {
    super(`${what}: ${status} ${words}`);
    this.name = "Declined";
    this.status = status;
  }
}

/** Signed in anew before the session would end by idleness. */
const SIGNED_IN_MS = 20 * 60_000;

export function createVisitor(server: Server, origin: string, authenticator: SoftwareAuthenticator, clock: Clock): Visitor {
  let cookie = "";
  let seenAt: Instant | undefined;

  async function send(method: string, path: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    const headers = { Origin: origin, ...(cookie !== "" && { Cookie: cookie }), "Content-Type": "application/json", ...more };
    const response = await server.fetch(
      new Request(origin + path, { method, headers, ...(method !== "GET" && { body: JSON.stringify(body ?? {}) }) }),
    );
    if (response.status >= 300) throw new Declined(response.status, `${method} ${path}`, await response.text());
    return response;
  }

  async function signIn(): Promise<Response> {
    cookie = "";
    const { challengeId, options } = await read<Asked>(await send("POST", "/api/v1/sign-in/begin", {}));
    const answer = await send("POST", "/api/v1/sign-in/finish", { challengeId, response: authenticator.get(options) });
    const [set = ""] = answer.headers.getSetCookie();
    cookie = set.slice(0, set.indexOf(";"));
    seenAt = clock.now();
    return answer;
  }

  async function ask<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
    if (seenAt === undefined || msBetween(seenAt, clock.now()) > SIGNED_IN_MS) await signIn();
    seenAt = clock.now();
    return read<T>(await send(method, path, body, headers));
  }

  return {
    signIn,
    ask,
    async enrol(link, name) {
      const secret = link.slice(link.indexOf("#") + 1);
      const begun = await read<Asked>(await send("POST", "/api/v1/enrolments/begin", { secret, ...(name !== undefined && { name }) }));
      const { challengeId, options } = begun;
      await send("POST", "/api/v1/enrolments/finish", { secret, challengeId, response: authenticator.create(options), label: "Laptop" });
    },
    async sign(action, subject, contentHash) {
      const asked = await ask<Asked>("POST", "/api/v1/assertions", {
        action,
        subject,
        ...(contentHash !== undefined && { contentHash }),
      });
      return { challengeId: asked.challengeId, response: authenticator.get(asked.options) };
    },
  };
}

async function read<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

interface Asked {
  readonly challengeId: string;
  readonly options: Question;
}
