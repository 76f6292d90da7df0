/** What decision points pass on, with every word of it planted: what a caller says, and what people answer. */
import { declineAccessRequest, takeUpAccessRequest } from "../../../src/access-requests/contract.ts";
import type { Endpoint } from "../../../src/kernel/contract.ts";
import { addDuration, duration } from "../../../src/kernel/time.ts";
import { linkAccount } from "../../../src/people/contract.ts";
import type { Browser } from "../../support/browser.ts";
import { succeeded } from "../../support/browser.ts";
import { plantOf } from "../../support/planted.ts";
import type { WholeApp } from "../../support/whole-app.ts";

type Plant = (
  as: Browser,
  endpoint: Endpoint,
  given?: { params?: Readonly<Record<string, string>>; over?: unknown; version?: unknown },
) => Promise<Readonly<Record<string, unknown>>>;

interface Scene {
  readonly story: WholeApp;
  readonly plant: Plant;
}

/** One that is declined, one that became a draft, and one that waits for whoever reads. */
export async function plantAccessRequests({ story, plant }: Scene, reader: Browser): Promise<void> {
  const { app, admin, clock } = story;
  const { person: who } = succeeded(await reader.ask("GET", "/api/v1/session")).body as { person: { id: string } };
  const person = who.id;
  const { items } = succeeded(await admin.ask("GET", "/api/v1/connections")).body as { items: { id: string; status: string }[] };
  const connection = items.find(({ status }) => status === "connected")!.id;
  const { version } = succeeded(await admin.ask("GET", `/api/v1/people/${person}`)).body;
  await plant(admin, linkAccount, { params: { id: person }, version, over: { connection, key: "planted-account", secondary: false } });
  const text = plantOf(90);
  const file = async (n: number) => {
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
    };
    const filed = await app.accessRequests.file({ denial, justification: text, wantedUntil: null, emergency: true, key: undefined }, now);
    return filed.request.id;
  };
  await plant(reader, declineAccessRequest, { params: { id: await file(1) } });
  await plant(reader, takeUpAccessRequest, { params: { id: await file(2) }, over: { category: "remote_access" } });
  await file(3);
}
