/** Hears the notices of a PostgreSQL channel. A hint and no more: what is not heard has to be found by looking. */
import { Client } from "pg";

import { type Log, words } from "./log.ts";

export interface Wake {
  close(): Promise<void>;
}

const AGAIN_MS = 1000;

/** Calls `heard` for every notice, and once whenever it begins to listen: what came before that was not heard. Never throws. */
export function listenFor(databaseUrl: string, channel: string, heard: () => void, log: Log): Wake {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isQuiet = false;

  const again = (error: unknown): void => {
    const lost = client;
    client = undefined;
    if (lost === undefined || isClosed) return;
    void ended(lost);
    // Said once, not every second of an outage.
    if (!isQuiet) log.warn("notices not heard", { channel, error: words(error) });
    isQuiet = true;
    timer = setTimeout(begin, AGAIN_MS);
  };

  async function listen(made: Client): Promise<void> {
    try {
      await made.connect();
      await made.query(`listen ${channel}`);
      isQuiet = false;
      heard();
    } catch (error) {
      if (client === made) again(error);
    }
  }

  const begin = (): void => {
    const made = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000, keepAlive: true });
    client = made;
    made.on("error", (error) => client === made && again(error));
    made.on("end", () => client === made && again(new Error("the connection ended")));
    made.on("notification", heard);
    void listen(made);
  };

  begin();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      if (last !== undefined) await ended(last);
    },
  };
}

async function ended(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
