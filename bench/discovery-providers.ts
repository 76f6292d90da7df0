/** Discovery and people of a large Entra tenant, Okta organisation and Keycloak realm, beside a loop of fetches that reads the same pages. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

import { keycloakMissing } from "../test/support/keycloak-install.ts";
import { REALM_LAYOUT } from "../test/support/keycloak-realm.ts";
import type { Outcome, Task } from "./discovery-reader.ts";
import { type Bench, type Figure, figure, quantile } from "./figure.ts";

const MOST_MB = 300;
const HERE = new URL(".", import.meta.url).pathname;
/** A real server takes minutes for one. */
const ROUNDS: Readonly<Record<string, number>> = { entra: 3, okta: 3, keycloak: 1 };

interface Reached {
  readonly origin: string;
  readonly settings: object;
  readonly people: number;
  readonly bypasses: number;
}

export const discoveryEntraBench: Bench = { name: "discovery-entra", run: () => measured("entra") };
export const discoveryOktaBench: Bench = { name: "discovery-okta", run: () => measured("okta") };
export const discoveryKeycloakBench: Bench = { name: "discovery-keycloak", missing: keycloakMissing, run: () => measured("keycloak") };

async function measured(kind: string): Promise<readonly Figure[]> {
  const child = spawn(process.execPath, [`${HERE}discovery-process.ts`, kind], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [line] = await firstLine(child);
    const reached = JSON.parse(line) as Reached;
    return [...(await compared(kind, "discover", reached)), ...(await compared(kind, "people", reached))];
  } finally {
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    await closed;
  }
}

async function firstLine({ stdout }: ChildProcess): Promise<readonly [string]> {
  for await (const line of createInterface({ input: stdout! })) return [line];
  throw new Error("The provider did not start.");
}

async function compared(kind: string, what: "discover" | "people", { origin, settings, people, bypasses }: Reached) {
  const ours: Outcome[] = [];
  const theirs: Outcome[] = [];
  const asked = async () => (await (await fetch(`${origin}/-/asked`)).json()) as readonly string[];
  const postern = () => read({ who: "postern", kind, what, settings });
  // The first one tells which pages there are, and lets a fake reckon them.
  await asked();
  demand(await postern(), what, what === "people" ? people : bypasses);
  const pages = await asked();
  for (let round = 0; round < ROUNDS[kind]!; round += 1) {
    ours.push(await postern());
    theirs.push(await read({ who: "bare", origin, authorization: await authorizationFor(kind, origin), pages }));
  }
  const most = Math.max(...ours.map(({ rssMb }) => rssMb));
  if (most > MOST_MB) throw new Error(`${what} of ${kind} took ${Math.round(most)} MB, more than ${MOST_MB}`);
  const name = `${what} of ${people} people in ${kind}`;
  const note = `median of ${ours.length}; ${ours[0]!.items} items on ${pages.length} pages`;
  const bareMb = Math.round(Math.max(...theirs.map(({ rssMb }) => rssMb)));
  return [
    figure(name, "s", middle(ours), "a loop of fetches reading the same pages", middle(theirs), note),
    figure(`memory of ${name}`, "MB", most, "the limit", MOST_MB, `resident, at most; the loop of fetches took ${bareMb} MB`),
  ];
}

/** What a fake has kept it gives to everybody; a real server asks who it is. */
async function authorizationFor(kind: string, origin: string): Promise<string> {
  if (kind !== "keycloak") return "none";
  const { realm, service } = REALM_LAYOUT;
  const answer = await fetch(`${origin}/realms/${realm}/protocol/openid-connect/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: service.clientId, client_secret: service.secret }),
  });
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
}

const middle = (of: readonly Outcome[]) =>
  quantile(
    of.map(({ seconds }) => seconds),
    0.5,
  );

async function read(task: Task): Promise<Outcome> {
  const child = spawn(process.execPath, [`${HERE}discovery-reader.ts`], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(task));
  return JSON.parse(await text(child.stdout)) as Outcome;
}

/** A quick reading that left somebody out would be no reading. */
function demand({ items }: Outcome, what: string, least: number): void {
  if (items < least) throw new Error(`${what} gave ${items} of ${least}`);
}
