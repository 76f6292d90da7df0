/** A journal read from a running server over its public interface. The server is not believed, only asked. */
import { z } from "zod";

import { pathOf } from "../kernel/contract.ts";
import * as contract from "./contract.ts";
import { parseVerifierKey, type VerifierKey } from "./note.ts";
import { sha256 } from "./signing.ts";
import type { JournalSource } from "./source.ts";
import { decodeBundle, formatTilePath, type TileName, TILE_WIDTH } from "./tile.ts";

export interface ServerAccess {
  /** `https://postern.example` */
  readonly url: string;
  /** Bearer token of somebody who may read the journal. */
  readonly token?: string;
}

/** No answer of a sound server is longer: a full bundle of the longest entries. */
const MAX_REPLY_BYTES = TILE_WIDTH * (2 + 65_535);

/** A page of states can be larger than a bundle. */
const PAGE = 200;

/** The log promises to cover an entry within a second; states read just now are in a checkpoint after this. */
const COVERED_AFTER_MS = 2000;

/** The server cannot be asked: wrong address, no right to read, or something else entirely answers there. */
export class ServerUnreadable extends Error {
  override readonly name = "ServerUnreadable";
}

/** What the server says its key is. To be believed only as far as the way to it is. */
export async function fetchVerifierKey(access: ServerAccess): Promise<VerifierKey> {
  const body = await find(access, contract.journalKey.path);
  const reply = contract.journalKey.reply.safeParse(parseJson(body?.toString("utf8")));
  const key = reply.success ? parseVerifierKey(sha256, reply.data.verifierKey) : undefined;
  if (key === undefined) throw new ServerUnreadable(`${access.url} gives no verifier key: is it a Postern server?`);
  return key;
}

export function readServer(access: ServerAccess): JournalSource {
  const tile = (name: TileName) => find(access, `/api/v1/journal/${formatTilePath(name)}`);
  return {
    isSnapshot: false,
    latest: async () => (await find(access, contract.journalCheckpoint.path))?.toString("utf8"),
    async *checkpoints() {
      for await (const { note } of pages(access, contract.listCheckpoints)) yield note;
    },
    async entries(start, end) {
      const bundle = await tile({ level: "entries", index: Math.floor(start / TILE_WIDTH), width: end - start });
      return (bundle === undefined ? [] : (decodeBundle(bundle) ?? [])).map((body, i) => ({ leaf: start + i, body }));
    },
    tile: async (level, index, width) => {
      const hashes = await tile({ level, index, width });
      return hashes?.length === width * 32 ? hashes : undefined;
    },
    async *states() {
      yield* pages(access, contract.listStoredStates);
      await new Promise((resolve) => setTimeout(resolve, COVERED_AFTER_MS));
    },
    async *tail() {
      // A server shows covered entries only; what it holds back shows as a state without entries.
    },
  };
}

async function* pages<Item>(
  access: ServerAccess,
  { path, reply }: { path: string; reply: z.ZodType<{ items: Item[]; next?: string | undefined }> },
): AsyncGenerator<Item> {
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor !== undefined && { cursor }) });
    const body = await find(access, `${pathOf(path, {})}?${query.toString()}`);
    if (body === undefined) throw new ServerUnreadable(`${access.url}${path} is not there, or you may not read it`);
    const parsed = reply.safeParse(parseJson(body.toString("utf8")));
    if (!parsed.success) throw new ServerUnreadable(`${access.url}${path} does not answer what a Postern server would`);
    const page = parsed.data;
    yield* page.items;
    if (page.next !== undefined && page.next === cursor) throw new ServerUnreadable(`${access.url}${path} gives the same page for ever`);
    cursor = page.next;
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body of an answer, or undefined for a 404. Throws {@link ServerUnreadable} for every other refusal. */
async function find(access: ServerAccess, path: string): Promise<Buffer | undefined> {
  const headers = access.token === undefined ? {} : { Authorization: `Bearer ${access.token}` };
  const response = await fetch(new URL(path, access.url), { headers, redirect: "error" });
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (response.status === 401) throw new ServerUnreadable(`${access.url} asks who you are: run postern login --url ${access.url}`);
  if (!response.ok) throw new ServerUnreadable(`${access.url} answers ${response.status} for ${path}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_REPLY_BYTES) throw new ServerUnreadable(`${access.url} answers more than there can be for ${path}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
