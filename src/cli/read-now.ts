/** Has the server read a provider in full, however long that takes: a request waits for minutes at most, a reading takes hours. */
import { setTimeout } from "node:timers/promises";

import { scanConnection } from "../bypasses/contract.ts";
import { type ConnectionView, listConnections } from "../connections/contract.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Client } from "./client.ts";

/** Until the server is asked again how far it is. */
export type Pause = () => Promise<unknown>;

export const pause: Pause = () => setTimeout(2000);

/** Returns what came of it, in words. Where somebody else has it read already, that reading is waited for. */
export async function readNow(client: Client, before: ConnectionView, wait: Pause): Promise<string> {
  try {
    const { seen, found, gone } = await client.call(scanConnection, { params: { id: before.id } });
    return `${seen} bypasses seen, ${found} new, ${gone} gone`;
  } catch (error) {
    if (!goesOn(error)) throw error;
  }
  for (;;) {
    await wait();
    const { items } = await client.call(listConnections);
    const now = items.find(({ id, status }) => id === before.id && status === "connected");
    if (now === undefined) throw broken(before, { words: "it was removed meanwhile" });
    if (now.scannedAt !== before.scannedAt) return now.scanWords ?? `read in full at ${now.scannedAt}`;
    if (now.brokeOff !== undefined && now.brokeOff.at !== before.brokeOff?.at) throw broken(now, now.brokeOff);
  }
}

function broken({ key }: ConnectionView, { words = "" }: { readonly words?: string | undefined }): Refused {
  return new Refused([refusal("connections.unreachable", `The reading of ${key} broke off: ${words}`)]);
}

const READING: ReadonlySet<string> = new Set(["bypasses.beingRead", "cli.noAnswerInTime"]);
/** A proxy between gave up: 504, and what some say instead. */
const GAVE_UP: ReadonlySet<number> = new Set([504, 524]);

/** Whoever waited for the answer was told none: what the server was asked for it does all the same. */
function goesOn(error: unknown): boolean {
  return error instanceof Refused && (GAVE_UP.has(error.status) || error.reasons.some(({ code }) => READING.has(code)));
}
