/** A browser as our server sees one: keeps the cookie, says where a request comes from, and has an authenticator at hand. */
import type { AssertionBody } from "../../src/kernel/contract.ts";
import { type Authenticator, createAuthenticator, type Question, type Tweaks } from "./authenticator.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, whatever it is; a test knows what it asked for. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Anything that answers requests: a Hono application, or `{ fetch }` of a running server. */
export interface Server {
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * A server at a port, which comes and goes. No connection outlives its request: one of a process that was killed, or that the server
 * has just thought idle, would fail the next.
 */
export const serverAt = (port: number): Server => ({
  async fetch(request) {
    const { origin } = new URL(request.url);
    return fetch(request.url.replace(origin, `http://127.0.0.1:${port}`), {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), Connection: "close" },
      ...(request.method !== "GET" && { body: await request.text() }),
    });
  },
});

export interface Browser {
  readonly authenticator: Authenticator;
  readonly origin: string;
  /** The Cookie header as it stands. */
  cookie(): string;
  setCookie(cookie: string): void;
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Registers a passkey with an enrolment link (or its secret) and signs in with it. Throws unless both succeed. */
  enrol(link: string, name?: string): Promise<Answer>;
  signIn(tweaks?: Tweaks): Promise<Answer>;
  /** Signs a decision; the result goes into the body of the request that makes it. Throws when the question is refused. */
  sign(action: string, subject: string, contentHash?: string, tweaks?: Tweaks): Promise<AssertionBody>;
}

export function createBrowser(server: Server, origin: string, authenticator = createAuthenticator({ origin })): Browser {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const keep = (line: string) => {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  };

  async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await server.fetch(
      new Request(origin + path, {
        method,
        headers: {
          Origin: origin,
          "Sec-Fetch-Site": "same-origin",
          ...(jar.size > 0 && { Cookie: cookie() }),
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    for (const line of response.headers.getSetCookie()) keep(line);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : (JSON.parse(text) as Answer["body"]) };
  }

  async function signIn(tweaks: Tweaks = {}): Promise<Answer> {
    const { challengeId, options } = questionOf(await ask("POST", "/api/v1/sign-in/begin", {}));
    return ask("POST", "/api/v1/sign-in/finish", { challengeId, response: authenticator.get(options, tweaks) });
  }

  return {
    authenticator,
    origin,
    cookie,
    setCookie: (to) => {
      jar.clear();
      for (const each of to.split("; ")) keep(each);
    },
    ask,
    signIn,
    async enrol(link, name) {
      const secret = link.slice(link.indexOf("#") + 1);
      const begun = await ask("POST", "/api/v1/enrolments/begin", { secret, ...(name !== undefined && { name }) });
      const { challengeId, options } = questionOf(begun);
      succeeded(await ask("POST", "/api/v1/enrolments/finish", { secret, challengeId, response: authenticator.create(options) }));
      return succeeded(await signIn());
    },
    async sign(action, subject, contentHash, tweaks = {}) {
      const asked = await ask("POST", "/api/v1/assertions", { action, subject, ...(contentHash !== undefined && { contentHash }) });
      const { challengeId, options } = questionOf(asked);
      return { challengeId, response: authenticator.get(options, tweaks) };
    },
  };
}

export function questionOf(answer: Answer): { challengeId: string; options: Question } {
  return succeeded(answer).body as { challengeId: string; options: Question };
}

export function succeeded(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
}

/** The first refusal's code, where it is one. */
export function codeOf(answer: Answer): string | undefined {
  return (answer.body["reasons"] as { code: string }[] | undefined)?.[0]?.code;
}
