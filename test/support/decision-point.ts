/** The decision point alone, over a real HTTP server: rules that are a function of the test, and nobody in the register. */
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";

import { UNBOUNDED } from "../../src/decisions/caller.ts";
import { createDecisionPoint, type DecisionPointDependencies, NO_EXTENSIONS, OPEN } from "../../src/decisions/index.ts";
import type { Question } from "../../src/decisions/question.ts";
import type { Register } from "../../src/decisions/register.ts";
import type { RuleSet } from "../../src/decisions/rule-set.ts";
import type { Snapshot } from "../../src/decisions/snapshot.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";

export const EMPTY_REGISTER: Register = {
  sequence: 7,
  size: 0,
  findSubject: () => undefined,
  look: () => ({ kind: "none", code: "exception_needed", words: "No exception." }),
  subjectsOn: () => [],
  resourcesOf: () => [],
};

/** Permits what the test says, by a rule named `given`. */
export function rulesThat(permits: (question: Question) => boolean, more: Partial<RuleSet> = {}): RuleSet {
  return {
    name: "default",
    digest: "sha256:00",
    asksRegister: () => false,
    decide: (question) => ({ effect: permits(question) ? "permit" : "none", rule: "given", obligations: [] }),
    subjects: [],
    resources: [],
    actions: [],
    reads: [],
    ...more,
  };
}

export function snapshotOf(rules: readonly RuleSet[], register: Register = EMPTY_REGISTER): Snapshot {
  const ruleSets = new Map(rules.map((each) => [each.name, each]));
  return { register, ruleSets, freshAtMs: Date.now(), maxAgeMs: 60_000 };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly body: Record<string, unknown>;
}

export interface ServedDecisionPoint {
  readonly port: number;
  /** Everything that was logged. */
  readonly logged: string[];
  /** `POST` with JSON unless told otherwise; a string is sent as it is. */
  ask(
    path: string,
    body?: unknown,
    more?: { readonly method?: string; readonly headers?: Readonly<Record<string, string | undefined>> },
  ): Promise<Answered>;
  drain(): void;
  stop(): Promise<void>;
}

export async function serveDecisionPoint(given: Partial<DecisionPointDependencies>): Promise<ServedDecisionPoint> {
  const logged: string[] = [];
  const point = createDecisionPoint({
    origin: "https://postern.example",
    nowMs: Date.now,
    snapshot: () => undefined,
    authenticate: () => ({ kind: "caller", caller: { name: "test", scope: UNBOUNDED } }),
    admission: OPEN,
    decisionLog: { record: () => {}, answered: () => {} },
    extensions: NO_EXTENSIONS,
    headers: [],
    log: createLog(
      () => systemClock.now(),
      (line) => void logged.push(line),
    ),
    ...given,
  });
  const server = createServer((incoming, response) => {
    if (point.take(incoming, response)) return;
    response.writeHead(418).end("not the decision point's");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    logged,
    ask: (path, body, more = {}) => send(port, path, body, more),
    drain: () => point.drain(),
    async stop() {
      point.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function send(
  port: number,
  path: string,
  body: unknown,
  { method = "POST", headers = {} }: { readonly method?: string; readonly headers?: Readonly<Record<string, string | undefined>> },
): Promise<Answered> {
  const given = { "Content-Type": "application/json", ...headers };
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", path, method, headers: kept, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = (response.headers["content-type"] ?? "").includes("json") && text !== "";
        const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ status: response.statusCode!, headers: response.headers, text, body: parsed });
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
  });
}
