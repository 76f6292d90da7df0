/**
 * Every endpoint asked by every role and by nobody, over HTTP, against what its contract says. No handler runs: the request
 * carries a query parameter no contract knows, so whoever is let in is told that (400), and whoever is not, something else.
 */
import type { Endpoint } from "../../src/kernel/contract.ts";
import type { Server } from "./browser.ts";

export interface MatrixRow {
  readonly endpoint: string;
  /** `nobody` for a request without a session. */
  readonly role: string;
  readonly expected: Verdict;
  readonly seen: Verdict;
}

/** `unclear`: neither let in nor turned away as everybody is; the row can never be right. */
export type Verdict = "let in" | "sign in first" | "nothing here" | "unclear";

export interface MatrixRequest {
  readonly server: Server;
  readonly origin: string;
  readonly endpoints: readonly Endpoint[];
  readonly roles: readonly string[];
  /** Headers of a signed-in holder of exactly this role. */
  readonly headersOf: (role: string) => Promise<Readonly<Record<string, string>>>;
}

/** All rows, so that a test can also assert how many there were; those where `seen` is not `expected` are the faults. */
export async function runMatrix(asked: MatrixRequest): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [];
  for (const role of ["nobody", ...asked.roles]) {
    const headers = role === "nobody" ? {} : await asked.headersOf(role);
    for (const endpoint of asked.endpoints) {
      rows.push({ endpoint: endpoint.id, role, expected: expectedOf(endpoint, role), seen: await probe(asked, endpoint, headers) });
    }
  }
  return rows;
}

function expectedOf({ access }: Endpoint, role: string): Verdict {
  if (access === "anyone") return "let in";
  if (role === "nobody") return "sign in first";
  return access === "signedIn" || access.includes(role) ? "let in" : "nothing here";
}

async function probe(asked: MatrixRequest, endpoint: Endpoint, headers: Readonly<Record<string, string>>): Promise<Verdict> {
  const path = endpoint.path.replaceAll(/:[A-Za-z]+/g, "x");
  const request = new Request(`${asked.origin}${path}?noContractKnowsThis=1`, { method: endpoint.method, headers });
  const response = await asked.server.fetch(request);
  const problem = (await response.json().catch(() => ({}))) as { reasons?: { code: string; at?: string }[] };
  const code = problem.reasons?.[0]?.code;
  if (response.status === 401 && code === "http.signInNeeded") return "sign in first";
  if (response.status === 404 && code === "http.notFound") return "nothing here";
  const isQueryRefused = problem.reasons?.some((reason) => reason.at?.startsWith("query:") === true) === true;
  return response.status === 400 && isQueryRefused ? "let in" : "unclear";
}

/** The rows that are wrong, one line each, for a readable failure. */
export function faultsOf(rows: readonly MatrixRow[]): string[] {
  return rows
    .filter(({ expected, seen }) => expected !== seen)
    .map(({ endpoint, role, expected, seen }) => `${role} × ${endpoint}: ${seen}, expected ${expected}`);
}
