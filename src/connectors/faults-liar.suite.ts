/** What stands between a connector and a working provider, and spoils the answers of one kind. */
import { createServer, request as requestHttp, type ServerResponse } from "node:http";

import type { Answer, FaultsHarness } from "./faults-harness.suite.ts";
import { DONE, type Effect, type Fault, isOk } from "./faults-list.suite.ts";

export type Liar = Awaited<ReturnType<typeof openLiar>>;

/** Passes requests on, and spoils the answers of one kind. What was read stays true until something is changed, and is asked for once. */
export async function openLiar(harness: FaultsHarness) {
  const known = new Map<string, Answer>();
  const earlier = new Map<string, Answer>();
  const last = new Map<string, Answer>();
  let [fault, spoiled, bites]: [Fault | undefined, string | undefined, number] = [undefined, undefined, 0];
  const counts = new Map<string, number>();
  let seen = new Set<string>();
  let origin = "";

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "GET", url = "/", headers } = incoming;
      const kind = kindAt(method, url);
      const answerWith = (answer: Answer) => reply(outgoing, effectOn(answer, method, url), answer);
      const isSwallowed = method !== "GET" && fault?.swallows === true && kind === spoiled;
      const before = isSwallowed ? DONE : method === "GET" ? known.get(url) : undefined;
      if (before !== undefined) {
        answerWith(before);
        return;
      }
      if (method !== "GET" && kind !== undefined) change();
      const passed = requestHttp({ ...harness.upstream, method, path: url, headers }, (answered) => {
        const parts: Buffer[] = [];
        answered.on("data", (part: Buffer) => parts.push(part));
        answered.on("end", () => {
          const answer = { status: answered.statusCode ?? 0, headers: answered.headers, text: Buffer.concat(parts).toString("utf8") };
          if (method === "GET" && isOk(answer)) known.set(url, answer);
          answerWith(answer);
        });
      });
      passed.on("error", () => outgoing.destroy());
      passed.end(Buffer.concat(chunks));
    });
  });

  function change(): void {
    for (const [url, answer] of known) earlier.set(url, answer);
    known.clear();
  }

  const kindAt = (method: string, url: string) => harness.kindOf(method, url.replace(/\?.*/s, ""));

  function effectOn(answer: Answer, method: string, url: string): Effect {
    const kind = kindAt(method, url);
    if (kind === undefined) return answer;
    seen.add(kind);
    if (fault === undefined || kind !== spoiled) {
      last.delete(kind);
      last.set(kind, answer);
      return answer;
    }
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    const other = [...last].findLast(([of]) => of !== kind)?.[1];
    const effect = fault.spoil(answer, { harness, method, url: `${origin}${url}`, origin, nth, earlier: earlier.get(url), other });
    if (effect !== undefined) bites += 1;
    return effect ?? answer;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin,
    spoil(next: Fault, kind: string): void {
      [fault, spoiled, bites] = [next, kind, 0];
    },
    /** Returns how many answers were spoiled. */
    tellTheTruth(): number {
      fault = undefined;
      return bites;
    },
    /** The kinds of answers that some work gets; afterwards what it did is put right. */
    async kindsOf(work: () => Promise<unknown>, putRight: () => Promise<unknown> = async () => undefined): Promise<readonly string[]> {
      seen = new Set();
      await work();
      const kinds = [...seen];
      await putRight();
      return kinds;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(outgoing: ServerResponse, effect: Effect, answer: Answer): void {
  if (effect === "stall") return;
  if (effect === "cut") {
    outgoing.destroy();
    return;
  }
  if (effect === "half") {
    outgoing.writeHead(answer.status, { ...answer.headers, "content-length": String(Buffer.byteLength(answer.text)) });
    outgoing.write(answer.text.slice(0, Math.floor(answer.text.length / 2)), () => outgoing.destroy());
    return;
  }
  if (effect === "endless") {
    outgoing.writeHead(answer.status, { "content-type": answer.headers["content-type"] ?? "application/json" });
    const drip = setInterval(() => outgoing.write(" "), 50);
    outgoing.on("close", () => clearInterval(drip));
    return;
  }
  outgoing.writeHead(effect.status, effect.headers);
  outgoing.end(effect.text);
}
