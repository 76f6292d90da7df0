/**
 * Decisions of OpenID AuthZEN: cases of others, asked over HTTP of the server with one of the rule sets that ship. With
 * `--rules NAME` of that one; else of the one the file is about.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import type { Oracle, Verdict } from "../oracle.ts";
import { type Case, readCases, rulesFor } from "./authzen-cases.ts";
import { type Got, type RunningServer, startServer } from "./authzen-server.ts";

export const authzen: Oracle = { files: /^(?!.*schema).*\.json$/, judge, close };

let instance: Promise<RunningServer> | undefined;

async function close(): Promise<void> {
  const running = instance;
  instance = undefined;
  await (await running)?.stop();
}

async function judge(path: string, options: Readonly<Record<string, string>> = {}): Promise<Verdict[]> {
  let cases: readonly Case[];
  try {
    cases = readCases(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    return [{ name: path, disagreement: `cannot be read as cases: ${why}` }];
  }
  const rules = options["rules"] ?? rulesFor(cases);
  instance ??= startServer();
  const running = await instance;
  const verdicts: Verdict[] = [];
  for (const each of cases) {
    const disagreement = await disagreementOf(running, rules, each);
    verdicts.push({ name: `${path} ${each.name}`, ...(disagreement !== undefined && { disagreement }) });
  }
  return verdicts;
}

async function disagreementOf(running: RunningServer, rules: string, each: Case): Promise<string | undefined> {
  const behind = rules === "default" ? "" : `/rules/${rules}`;
  const path = each.kind === "metadata" ? `/.well-known/authzen-configuration${behind}` : `${behind}/access/v1/${each.kind}`;
  const body = each.wantsToken ? await withToken(running, path, each) : each.body;
  for (let i = 0; i < each.times; i++) {
    const headers = { "X-Request-ID": `${each.name.split(" ", 1)[0]}/${i}`, ...each.headers };
    const got = await running.send({ method: each.method, path, headers, body });
    const fault = faultOf(each, got, headers["X-Request-ID"]) ?? metadataFault(running, behind, each, got);
    if (fault !== undefined) return `${fault}; we say ${got.status} ${JSON.stringify(got.body)}`;
  }
  return undefined;
}

function faultOf({ statuses, expected, among, kind }: Case, { status, headers, body }: Got, requestId: string): string | undefined {
  if (!statuses.includes(status)) return `should be ${statuses.join(" or ")}`;
  if (headers["x-request-id"] !== requestId) return "should give back X-Request-ID";
  if (status !== 200) return undefined;
  if (headers["content-type"] !== "application/json") return "should be application/json";
  if (expected !== undefined && !holds(expected, body)) return `should hold ${JSON.stringify(expected)}`;
  const shape = shapeFault(kind, body as Record<string, unknown>);
  if (shape !== undefined) return shape;
  const results = JSON.stringify((body as Record<string, unknown>)["results"] ?? []);
  const absent = among.filter((name) => !results.includes(`"${name}"`));
  return absent.length === 0 ? undefined : `should find ${absent.join(", ")}`;
}

/** What the certification looks at in every answer, whatever was asked. */
function shapeFault(kind: Case["kind"], body: Record<string, unknown>): string | undefined {
  if (kind === "metadata") return undefined;
  if (kind.startsWith("search")) return resultsFault(kind, body);
  const items = "evaluations" in body ? body["evaluations"] : [body];
  const isDecided = Array.isArray(items) && items.every((each: { decision?: unknown }) => typeof each.decision === "boolean");
  return isDecided ? undefined : "each answer should have a decision";
}

function resultsFault(kind: Case["kind"], { results, page }: Record<string, unknown>): string | undefined {
  if (!Array.isArray(results)) return "should have a list of results";
  const members = kind === "search/action" ? ["name"] : ["type", "id"];
  const isWhole = results.every((each: unknown) => members.every((key) => typeof (each as Record<string, unknown>)[key] === "string"));
  if (!isWhole) return `each result should have ${members.join(" and ")}`;
  return page === undefined || holds({ next_token: "<string>" }, page) ? undefined : "page should have a next_token";
}

/** Whether everything that is expected is in what came: also more may have come, but not in a list of decisions. */
function holds(expected: unknown, got: unknown): boolean {
  if (typeof expected === "string" && /^<[^<>]+>$/.test(expected)) return isOfKind(expected, got);
  if (typeof expected !== "object" || expected === null) return isDeepStrictEqual(expected, got);
  if (typeof got !== "object" || got === null) return false;
  if (Array.isArray(expected)) {
    return Array.isArray(got) && expected.length === got.length && expected.every((each, i) => holds(each, got[i]));
  }
  return Object.entries(expected).every(([key, value]) => {
    const came = (got as Record<string, unknown>)[key];
    if (key !== "results" || !Array.isArray(value) || !Array.isArray(came)) return holds(value, came);
    return value.length === 0 ? came.length === 0 : value.every((each) => came.some((one) => holds(each, one)));
  });
}

function isOfKind(place: string, got: unknown): boolean {
  if (place.includes("boolean")) return typeof got === "boolean";
  if (/number|integer|count|total/.test(place)) return typeof got === "number";
  if (/context|object|properties/.test(place)) return typeof got === "object" && got !== null;
  return typeof got === "string";
}

function metadataFault({ origin }: RunningServer, behind: string, { kind }: Case, { body }: Got): string | undefined {
  if (kind !== "metadata") return undefined;
  const metadata = body as Record<string, unknown>;
  if (metadata["policy_decision_point"] !== origin + behind) return `policy_decision_point should be ${origin}${behind}`;
  const wrong = Object.entries(metadata).filter(([key, value]) => key.endsWith("_endpoint") && !String(value).startsWith("https://"));
  return wrong.length === 0 ? undefined : `${wrong.map(([key]) => key).join(", ")} should be https`;
}

/** The same search asked for its first page, of one result. */
async function withToken(running: RunningServer, path: string, { body, headers }: Case): Promise<string> {
  const asked = JSON.parse(body!) as Record<string, unknown>;
  const first = await running.send({ method: "POST", path, headers, body: JSON.stringify({ ...asked, page: { limit: 1 } }) });
  const token = (first.body as { page?: { next_token?: string } } | undefined)?.page?.next_token ?? "";
  return JSON.stringify({ ...asked, page: { ...(asked["page"] as object), token } });
}
