/** Gateways that ask a whole application's decision point over HTTP, each by its own name, and pass requests for access on. */
import type { AddressInfo } from "node:net";

import { createHttpServer } from "../../src/compose-listen.ts";
import { type CallerScope, UNBOUNDED } from "../../src/decisions/caller.ts";
import { OPEN } from "../../src/decisions/index.ts";
import type { DecisionSeams } from "../../src/compose-decisions.ts";
import { succeeded } from "./browser.ts";
import { type Answered, send } from "./decision-point.ts";
import { type Player, requestBody, type RequestFor, type Shown, type WholeApp } from "./whole-app.ts";

/** Callers are who they say, and a machine that has much to do sends nobody away: both are told elsewhere. */
export function believing(scopes: Readonly<Record<string, Partial<CallerScope>>> = {}): DecisionSeams {
  return {
    admission: OPEN,
    authenticate({ headers }) {
      const name = headers.authorization?.replace(/^Bearer /, "") ?? "";
      return { kind: "caller", caller: { name, scope: { ...UNBOUNDED, ...scopes[name] } } };
    },
  };
}

export interface Gateway {
  /** Asks whether this subject may sign in by a password, after everything committed was followed. */
  evaluate(more?: Evaluated): Promise<Answered>;
  ask(
    path: string,
    body?: unknown,
    more?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answered>;
  /** What is filed of a denial; `more` in place of what it would say. */
  submission(denied: Answered, more?: object): Record<string, unknown>;
}

interface Evaluated {
  readonly subject?: string;
  readonly type?: string;
  readonly resource?: string;
  readonly method?: string;
  readonly context?: object;
}

export interface Served {
  as(name: string): Gateway;
  close(): Promise<void>;
}

/** Makes an account of a provider a person's own. */
export async function linkAccount(
  { admin, idOf }: Pick<WholeApp, "admin" | "idOf">,
  player: Player,
  linked: { readonly connection: string; readonly key: string },
): Promise<void> {
  const { version } = succeeded(await admin.ask("GET", `/api/v1/people/${idOf[player]}`)).body;
  const ifMatch = { "If-Match": `"${version as number}"` };
  succeeded(await admin.ask("POST", `/api/v1/people/${idOf[player]}/accounts`, linked, ifMatch));
}

/** Completes, as rolf, what a denial left open of the draft that came of it, and puts it forward. */
export async function putForward(story: WholeApp, exception: string, asked: RequestFor): Promise<Shown> {
  const { content } = requestBody(story, asked) as { content: Record<string, unknown> };
  const { exitPlan, accountability, compensatingControls, inherentRisk, residualRisk, reasonClass } = content;
  const { version, draft } = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${exception}`)).body;
  const known = draft as { readonly reasonClass: string | null };
  const filled = { ...known, exitPlan, accountability, compensatingControls, inherentRisk, residualRisk };
  const ifMatch = { "If-Match": `"${version as number}"` };
  const body = { content: { ...filled, reasonClass: known.reasonClass ?? reasonClass } };
  succeeded(await story.as.rolf.ask("PUT", `/api/v1/exceptions/${exception}/draft`, body, ifMatch));
  return succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${exception}/submit`, {})).body as unknown as Shown;
}

export async function serveGateways({ app }: Pick<WholeApp, "app">, subject: string): Promise<Served> {
  const server = createHttpServer(app.decisionPoint, app.http.fetch);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const question = ({ subject: id = subject, type = "user", resource = "vpn", method = "password", context = {} }: Evaluated) => ({
    subject: { type, id },
    action: { name: "sign_in", properties: { method } },
    resource: { type: "policy", id: resource },
    context: { ip: "10.4.0.7", networks: ["plant"], ...context },
  });
  return {
    as: (name) => {
      const ask: Gateway["ask"] = (path, body, { method = "POST", headers = {} } = {}) =>
        send(port, path, body, { method, headers: { Authorization: `Bearer ${name}`, ...headers } });
      return {
        ask,
        async evaluate(more = {}) {
          await app.follower.catchUp();
          return ask("/access/v1/evaluation", question(more));
        },
        submission: ({ body }, more = {}) => {
          const context = body["context"] as Record<string, unknown>;
          const { access_request: offered, ...rest } = context;
          return {
            ...question({}),
            denial: { decision: { decision: false, context: rest }, evaluation_id: context["evaluation_id"], access_request: offered },
            ...more,
          };
        },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
