/** A reader of GET /api/v1/events, as a browser's EventSource is one: keeps the id, and can come back with it. */
import type { Browser, Server } from "./browser.ts";

export interface Told {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

export interface EventReader {
  readonly status: number;
  readonly told: readonly Told[];
  /** Waits for the first event that fits, also one told already. Throws when the stream ends before. */
  until(fits: (told: Told) => boolean): Promise<Told>;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export async function readEvents(server: Server, browser: Browser, lastEventId?: string): Promise<EventReader> {
  const headers = { Cookie: browser.cookie(), ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }) };
  const response = await server.fetch(new Request(`${browser.origin}/api/v1/events`, { headers }));
  const told: Told[] = [];
  const reader = response.body!.getReader();
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const ended = (async () => {
    const decoder = new TextDecoder();
    for (let text = ""; ;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      told.push(...blocks.map(parse));
      wake.resolve();
    }
    isOver = true;
    wake.resolve();
  })();
  return {
    status: response.status,
    told,
    ended,
    async until(fits) {
      for (;;) {
        const found = told.find(fits);
        if (found !== undefined) return found;
        if (isOver) throw new Error(`the stream ended; told: ${JSON.stringify(told)}`);
        await wake.promise;
        wake = Promise.withResolvers();
      }
    },
    close: () => reader.cancel(),
  };
}

function parse(block: string): Told {
  const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { event: fields["event"] ?? "", id: fields["id"] ?? "", data: JSON.parse(fields["data"] ?? "null") };
}
