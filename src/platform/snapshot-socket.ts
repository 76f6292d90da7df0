/**
 * How `postern backup` asks a running server for a copy of its embedded database: over a socket in the data folder, which only
 * the folder's owner can reach. No network, no session, no secret: whoever may read the folder may ask.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { join, relative, resolve } from "node:path";

import type { Database } from "./db.ts";

/** Nobody answered, or the server could not make the copy. */
export class SnapshotFault extends Error {
  override readonly name = "SnapshotFault";
}

/** What an address of a socket may be long, on every system Postern runs on. */
const MAX_ADDRESS_BYTES = 103;

type Answer = { readonly folder: string } | { readonly fault: string };

/** Answers requests for a copy until closed. Does nothing on PostgreSQL, which has its own tools. */
export async function answerSnapshots(dataDir: string, database: Database): Promise<{ close(): Promise<void> }> {
  const { copyTo } = database;
  if (copyTo === undefined) return { close: () => Promise.resolve() };
  const address = addressOf(dataDir);
  // Left by a server that was killed; the folder's lock, which we hold, says that nobody answers there.
  if (process.platform !== "win32") await rm(address, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    void answer(dataDir, copyTo).then((said) => socket.end(`${JSON.stringify(said)}\n`));
  });
  server.listen(address);
  await once(server, "listening");
  return {
    close: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(dataDir: string, copyTo: (folder: string) => Promise<void>): Promise<Answer> {
  const folder = resolve(dataDir, `snapshot-${randomUUID()}`);
  try {
    await copyTo(folder);
    return { folder };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return { fault: error instanceof Error ? error.message : "unknown error" };
  }
}

/** A folder with a copy of the database as it is now; the caller removes it. Throws {@link SnapshotFault}. */
export async function requestSnapshot(dataDir: string): Promise<string> {
  const socket = createConnection(addressOf(dataDir));
  const said = await textOf(socket).catch((error: unknown) => {
    const detail = `The data folder ${dataDir} is in use, but not by a server that answers. Try again when that has ended.`;
    throw new SnapshotFault(detail, { cause: error });
  });
  const given = JSON.parse(said) as Answer;
  if ("fault" in given) throw new SnapshotFault(`The server could not copy its database: ${given.fault}`);
  return given.folder;
}

async function textOf(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of socket as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

/** The shorter way to the socket: the address of one has little room, and folders of tests lie deep. */
function addressOf(dataDir: string): string {
  const absolute = resolve(dataDir, "snapshot.sock");
  if (process.platform === "win32") return join("\\\\?\\pipe", absolute);
  const fromHere = relative("", absolute);
  const address = fromHere.length < absolute.length ? fromHere : absolute;
  if (Buffer.byteLength(address) > MAX_ADDRESS_BYTES)
    throw new SnapshotFault(`The path of the data folder ${dataDir} is too long for a socket.`);
  return address;
}
