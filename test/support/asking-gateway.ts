/** Gateways that ask a whole application's decision point over HTTP, each by its own name, and pass requests for access on. */
import type { AddressInfo } from "node:net";

import { createHttpServer } from "../../src/compose-listen.ts";
import { type CallerScope, UNBOUNDED } from "../../src/decisions/caller.ts";
import { OPEN } from "../../src/decisions/index.ts";
import type { DecisionSeams } from "../../src/compose-decisions.ts";
import { type Answered, send } from "./decision-point.ts";
import type { WholeApp } from "./whole-app.ts";

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
