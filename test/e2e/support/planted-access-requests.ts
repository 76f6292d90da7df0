/** What decision points pass on, with every word of it planted: what a caller says, and what people answer. */
import { beginEmergency, declineAccessRequest, lookBackOnEmergency, takeUpAccessRequest } from "../../../src/access-requests/contract.ts";
import type { Denial } from "../../../src/access-requests/denial.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import { addDuration, duration } from "../../../src/kernel/time.ts";
import { linkAccount } from "../../../src/people/contract.ts";
import { linkAccount as makeTheirs } from "../../support/asking-gateway.ts";
import { approveBy, breakGlass, hashOf } from "../../support/break-glass.ts";
import type { Browser } from "../../support/browser.ts";
import { succeeded } from "../../support/browser.ts";
import { plantOf } from "../../support/planted.ts";
import { requestBody, type Shown, type WholeApp } from "../../support/whole-app.ts";

type Plant = (
  as: Browser,
  endpoint: Endpoint,
  given?: { params?: Readonly<Record<string, string>>; over?: unknown; version?: unknown },
) => Promise<Readonly<Record<string, unknown>>>;

interface Scene {
  readonly story: WholeApp;
  readonly plant: Plant;
  readonly made: { route: string; path: string }[];
}

/** One that is declined, one that became a draft, one that waits for whoever reads, and two emergencies: one foreseen, one not. */
export async function plantAccessRequests({ story, plant, made }: Scene, reader: Browser): Promise<void> {
  const { app, admin, clock } = story;
  const { person: who } = succeeded(await reader.ask("GET", "/api/v1/session")).body as { person: { id: string } };
  const person = who.id;
  const { items } = succeeded(await admin.ask("GET", "/api/v1/connections")).body as { items: { id: string; status: string }[] };
  const connection = items.find(({ status }) => status === "connected")!.id;
  const { version } = succeeded(await admin.ask("GET", `/api/v1/people/${person}`)).body;
  await plant(admin, linkAccount, { params: { id: person }, version, over: { connection, key: "planted-account", secondary: false } });
  const text = plantOf(90);
  const file = async (n: number, more: Partial<Denial> = {}) => {
    const now = clock.now();
    const denial = {
      evaluation: `eva_${n}`,
      caller: text,
      rules: "default",
      digest: "sha256:0",
      sequence: 1,
      code: "exception_needed",
      exception: null,
      deniedAt: now,
      expiresAt: addDuration(now, duration("PT10M")),
      subject: { type: "user", id: person },
      resource: { type: "policy", id: `${text} ${n}` },
      action: text,
      method: text,
      address: text,
      networks: [text],
      deviceClasses: [text],
      ...more,
    };
    const filed = await app.accessRequests.file({ denial, justification: text, wantedUntil: null, emergency: true, key: undefined }, now);
    return filed.request.id;
  };
  await plant(reader, declineAccessRequest, { params: { id: await file(1) } });
  await plant(reader, takeUpAccessRequest, { params: { id: await file(2) }, over: { category: "remote_access" } });
  await file(3);
  const resource = { type: "policy", id: "vpn" };
  const hands = { story, plant, connection };
  const foreseen = await standReady(hands);
  await beginPlanted(hands, foreseen, await file(4, { exception: foreseen.id, resource }));
  await makeTheirs(story, "rolf", { connection, key: "s11" });
  const of = { subject: { type: "user", id: story.idOf.rolf }, resource, method: null, networks: [], deviceClasses: [] };
  const unforeseen = await grantUnforeseen(hands, await file(5, of));
  for (const id of [foreseen.id, unforeseen]) made.push({ route: "/exceptions/$id", path: `/exceptions/${id}` });
}

interface Hands extends Pick<Scene, "story" | "plant"> {
  readonly connection: string;
}

async function standReady({ story, connection }: Hands) {
  const yaml = "people:\n  - { key: nils, name: nils, roles: [network_security, operations] }";
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
  succeeded(await story.as.nils.signIn());
  return breakGlass(story, { connection, policy: "vpn", subject: { kind: "user", key: "s10", name: plantOf(100) } });
}

async function beginPlanted({ story, plant }: Hands, glass: Awaited<ReturnType<typeof standReady>>, id: string): Promise<void> {
  const use = { until: addDuration(story.clock.now(), duration("PT2H")), reason: plantOf(900) };
  const assertion = await story.as.gerda.sign("exceptions.beginUse", glass.id, hashOf({ version: glass.contentHash, ...use }));
  await plant(story.as.gerda, beginEmergency, { params: { id }, over: { ...use, assertion } });
}

/** Taken up, granted, ended at once, and looked back on. */
async function grantUnforeseen({ story, plant, connection }: Hands, id: string): Promise<string> {
  const { rolf } = story.as;
  const taken = { category: "remote_access", unit: "plant" };
  const { exception } = succeeded(await rolf.ask("POST", `/api/v1/access-requests/${id}/take-up`, taken)).body as { exception: string };
  const until = addDuration(story.clock.now(), duration("PT4H"));
  const subject = { kind: "user", key: "s11", name: plantOf(100) };
  const { content } = requestBody(story, { connection, policy: "vpn", subject, until }) as { content: object };
  const { version } = succeeded(await rolf.ask("GET", `/api/v1/exceptions/${exception}`)).body;
  const ifMatch = { "If-Match": `"${version as number}"` };
  succeeded(await rolf.ask("PUT", `/api/v1/exceptions/${exception}/draft`, { content }, ifMatch));
  const submitted = succeeded(await rolf.ask("POST", `/api/v1/exceptions/${exception}/submit`, {})).body as unknown as Shown;
  await approveBy(story, submitted, [story.as.ivo, story.as.nils]);
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${exception}/revoke`, { reason: "It is over." }));
  const sentence = plantOf(900);
  const { contentHash } = submitted.approval!;
  const assertion = await story.as.gerda.sign("requests.lookBack", exception, hashOf({ version: contentHash, sentence }));
  await plant(story.as.gerda, lookBackOnEmergency, { params: { id }, over: { sentence, assertion } });
  return exception;
}
