/**
 * A provider that lies, stalls, breaks off, turns in circles or says "200" to an error. Whatever a connector makes of it, it may never
 * be a wrong "closed": a fault is right, "unknown" is right, and so is the truth where the answer did not matter.
 *
 * Between the connector and a working provider stands a liar that spoils the answers one at a time: every kind of request that
 * an operation sends is spoiled in every way there is.
 */
import { createServer, type IncomingHttpHeaders, request as requestHttp, type ServerResponse } from "node:http";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Connector, type GrantOrder, ProviderFault } from "./port.ts";

export interface FaultsHarness {
  /** A connector that reaches its provider at this origin, and waits so long for an answer. */
  open(origin: string, timeoutMs: number): Connector;
  /** Where the provider really is. */
  readonly upstream: { readonly host: string; readonly port: number };
  /** An order for somebody new whom the policy holds. */
  order(): Promise<GrantOrder>;
  /** Names a kind of request, so that each kind is spoiled for itself; undefined for those that are let alone (the token). */
  kindOf(method: string, path: string): string | undefined;
  /** Where the provider keeps its lists: `value` of an object; undefined: the whole body is the list. */
  readonly listAt?: string;
  /** The answer with a next page that is this URL: in the body or in a header. */
  withNextPage(answer: Answer, url: string): Answer;
  /** How this provider words an error. */
  errorBody(): unknown;
  close(): Promise<void>;
}

export interface FaultsDescription {
  readonly start: () => Promise<FaultsHarness>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

type Effect = Answer | "cut" | "stall" | "half" | "endless";

interface Fault {
  readonly name: string;
  /** What becomes of an answer; undefined where the fault has nothing to bite on in it. */
  readonly spoil: (answer: Answer, told: Told) => Effect | undefined;
  /** It cannot be seen by looking once. */
  readonly foolsDiscovery?: true;
  /** It is waited for until the connector gives up. */
  readonly waits?: true;
}

interface Told {
  readonly harness: FaultsHarness;
  readonly url: string;
  readonly origin: string;
  /** How many answers of this kind came before. */
  readonly nth: number;
}

const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;

function replaced(answer: Answer, text: string, more: Partial<Answer> = {}): Answer {
  const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
  return { ...answer, headers, text, ...more };
}

function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

function listIn(answer: Answer, { harness: { listAt } }: Told): readonly unknown[] | undefined {
  const json = jsonOf(answer);
  const list = listAt === undefined ? json : (json as Readonly<Record<string, unknown>> | undefined)?.[listAt];
  return Array.isArray(list) ? list : undefined;
}

function withList(answer: Answer, { harness: { listAt } }: Told, list: unknown): Answer {
  if (listAt === undefined) return replaced(answer, JSON.stringify(list));
  return replaced(answer, JSON.stringify({ ...(jsonOf(answer) as object), [listAt]: list }));
}

const onText = (name: string, change: (text: string, told: Told) => string): Fault => ({
  name,
  spoil: (answer, told) => (answer.text === "" ? undefined : replaced(answer, change(answer.text, told))),
});

const onList = (name: string, change: (list: readonly unknown[]) => unknown): Fault => ({
  name,
  spoil: (answer, told) => {
    const list = listIn(answer, told);
    return list === undefined || list.length === 0 ? undefined : withList(answer, told, change(list));
  },
});

const status = (code: number, headers: IncomingHttpHeaders = {}): Fault => ({
  name: `answers ${code}${headers["retry-after"] === undefined ? "" : " and to come back in an hour"}`,
  spoil: (answer, { harness }) =>
    replaced(answer, JSON.stringify(harness.errorBody()), { status: code, headers: { ...answer.headers, ...headers } }),
});

const PAGE = "<!doctype html><title>Sign in</title><p>Please sign in to the network.";

export const FAULTS: readonly Fault[] = [
  { name: "breaks the connection before it answers", spoil: () => "cut" },
  { name: "breaks the connection in the middle of an answer", spoil: (answer) => (answer.text === "" ? undefined : "half") },
  { name: "never answers", spoil: () => "stall", waits: true },
  { name: "never stops answering", spoil: (answer) => (answer.text === "" ? undefined : "endless"), waits: true },
  onText("ends its JSON in the middle, and calls it whole", (text) => text.slice(0, Math.floor(text.length / 2))),
  onText("answers with nothing", () => ""),
  onText("answers with a page of the network's sign-in", () => PAGE),
  onText("answers with null", () => "null"),
  onText("answers with an empty object", () => "{}"),
  onText("answers with a list in place of an object, or the other way round", (text) => (text.startsWith("[") ? "{}" : "[]")),
  onText("answers with a text", () => '"ok"'),
  onText("answers 200 with an error in it", (_, { harness }) => JSON.stringify(harness.errorBody())),
  {
    name: "answers 200 with an error in it to what has no answer",
    spoil: (answer, { harness }) =>
      isOk(answer) && answer.text === "" ? replaced(answer, JSON.stringify(harness.errorBody()), { status: 200 }) : undefined,
  },
  { name: "says not found, with a page of somebody else", spoil: (answer) => replaced(answer, PAGE, { status: 404 }) },
  {
    name: "accepts (202) what it should have done",
    spoil: (answer) => (isOk(answer) ? replaced(answer, answer.text, { status: 202 }) : undefined),
  },
  {
    name: "redirects elsewhere",
    spoil: (answer) => replaced(answer, "", { status: 302, headers: { location: "https://elsewhere.test/" } }),
  },
  status(400),
  status(403),
  status(409),
  status(412),
  status(429, { "retry-after": "3600" }),
  status(500),
  status(502),
  status(503),
  status(504),
  onList("lists nulls", (list) => list.map(() => null)),
  onList("lists texts", (list) => list.map(() => "x")),
  onList("lists things without an id", (list) =>
    list.map((one) =>
      typeof one === "object" && one !== null ? Object.fromEntries(Object.entries(one).filter(([key]) => key !== "id")) : one,
    ),
  ),
  onList("gives numbers where texts were", (list) => list.map((one) => withoutTexts(one))),
  onList("gives an object where the list was", () => ({})),
  { ...onList("gives an empty list", () => []), foolsDiscovery: true },
  onList("gives every item twice", (list) => [...list, ...list]),
  onList("gives a list backwards", (list) => list.toReversed()),
  {
    name: "names the page itself as the next",
    spoil: (answer, told) => (listIn(answer, told) === undefined ? undefined : told.harness.withNextPage(answer, told.url)),
  },
  {
    name: "has always one more page, with a new name and the same on it",
    spoil: (answer, told) => {
      if (listIn(answer, told) === undefined) return undefined;
      const mark = told.url.includes("?") ? "&" : "?";
      return told.harness.withNextPage(answer, `${told.url}${mark}again=${told.nth}`);
    },
  },
  {
    name: "sends to another server for the next page",
    spoil: (answer, told) =>
      listIn(answer, told) === undefined ? undefined : told.harness.withNextPage(answer, "http://127.0.0.1:9/v1.0/elsewhere"),
  },
  {
    name: "gives a next page that is no address",
    spoil: (answer, told) => (listIn(answer, told) === undefined ? undefined : told.harness.withNextPage(answer, "http://")),
  },
];

function withoutTexts(one: unknown): unknown {
  if (typeof one !== "object" || one === null) return 7;
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, typeof value === "string" ? 7 : value]));
}

export function describeFaults(name: string, { start }: FaultsDescription): void {
  let harness: FaultsHarness;

  describe.concurrent(`${name}, when the provider lies`, () => {
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.close());

    it("works through the liar while that tells the truth", async () => {
      await withLiar(harness, async ({ connector, order }) => {
        expect((await connector.grant(order)).outcome).toBe("applied");
        expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
        expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
        expect(await connector.read(order)).toMatchObject({ configured: false, effective: false });
      });
    });

    it.each(FAULTS)("never calls closed what is open: $name", async (fault) => {
      const bites = await withLiar(harness, async (stage) => {
        await stage.connector.grant(stage.order);
        return (await spoilReading(stage, fault)) + (await spoilDiscovery(stage, fault)) + (await spoilRevocation(stage, fault));
      });
      expect(bites, "answers that could be spoiled this way").toBeGreaterThan(0);
    });
  });
}

/** A machine at work on other things is slow: who is told the truth has time. Who waits for nothing gives up soon. */
const PATIENT_MS = 30_000;
const HASTY_MS = 150;

interface Stage {
  readonly connector: Connector;
  /** For what is spoiled by silence. */
  readonly hasty: Connector;
  readonly order: GrantOrder;
  readonly liar: Liar;
}

async function withLiar<T>(harness: FaultsHarness, work: (stage: Stage) => Promise<T>): Promise<T> {
  const liar = await openLiar(harness);
  const connector = harness.open(liar.origin, PATIENT_MS);
  const hasty = harness.open(liar.origin, HASTY_MS);
  try {
    return await work({ connector, hasty, liar, order: await harness.order() });
  } finally {
    await connector.close();
    await hasty.close();
    await liar.close();
  }
}

async function spoilReading({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  let bites = 0;
  for (const kind of await liar.kindsOf(() => connector.read(order))) {
    liar.spoil(fault, kind);
    const read = await (fault.waits === true ? hasty : connector).read(order).catch(faultOnly);
    bites += liar.tellTheTruth();
    if (read !== undefined) expect([read.configured, read.effective], `read, with ${kind} spoiled`).not.toEqual([false, false]);
  }
  return bites;
}

/** A list that is shorter than it is, and well formed, nobody can tell from the truth: of a reading there is a second proof, of this none. */
async function spoilDiscovery({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  if (fault.foolsDiscovery === true) return 0;
  let bites = 0;
  for (const kind of await liar.kindsOf(() => countOf(connector, order))) {
    liar.spoil(fault, kind);
    const found = await countOf(fault.waits === true ? hasty : connector, order).catch(faultOnly);
    bites += liar.tellTheTruth();
    if (found !== undefined) expect(found, `bypasses discovered, with ${kind} spoiled`).toBeGreaterThan(0);
  }
  return bites;
}

async function spoilRevocation({ liar, connector, hasty, order }: Stage, fault: Fault): Promise<number> {
  let bites = 0;
  const again = () => connector.grant(order);
  for (const kind of await liar.kindsOf(() => connector.revoke(order), again)) {
    liar.spoil(fault, kind);
    const outcome = await (fault.waits === true ? hasty : connector).revoke(order).catch(faultOnly);
    bites += liar.tellTheTruth();
    if (outcome !== undefined && outcome.outcome !== "not_supported") {
      const { configured, effective } = await connector.read(order);
      expect([configured, effective], `what is, after "${outcome.outcome}" with ${kind} spoiled`).toEqual([false, false]);
    }
    await again();
  }
  return bites;
}

/** What went wrong has to be told as a fault of the provider; anything else is a mistake of ours. */
function faultOnly(error: unknown): undefined {
  if (error instanceof ProviderFault) return undefined;
  throw error;
}

async function countOf(connector: Connector, { subject }: GrantOrder): Promise<number> {
  let found = 0;
  for await (const bypass of connector.discover()) if (bypass.subject.key === subject.key) found += 1;
  return found;
}

type Liar = Awaited<ReturnType<typeof openLiar>>;

/** Passes requests on, and spoils the answers of one kind. */
async function openLiar(harness: FaultsHarness) {
  let [fault, spoiled, bites]: [Fault | undefined, string | undefined, number] = [undefined, undefined, 0];
  const counts = new Map<string, number>();
  let seen = new Set<string>();
  let origin = "";

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "GET", url = "/", headers } = incoming;
      const passed = requestHttp({ ...harness.upstream, method, path: url, headers }, (answered) => {
        const parts: Buffer[] = [];
        answered.on("data", (part: Buffer) => parts.push(part));
        answered.on("end", () => {
          const answer = { status: answered.statusCode ?? 0, headers: answered.headers, text: Buffer.concat(parts).toString("utf8") };
          reply(outgoing, effectOn(answer, method, url), answer);
        });
      });
      passed.on("error", () => outgoing.destroy());
      passed.end(Buffer.concat(chunks));
    });
  });

  function effectOn(answer: Answer, method: string, url: string): Effect {
    const kind = harness.kindOf(method, url.replace(/\?.*/s, ""));
    if (kind === undefined) return answer;
    seen.add(kind);
    if (fault === undefined || kind !== spoiled) return answer;
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    const effect = fault.spoil(answer, { harness, url: `${origin}${url}`, origin, nth });
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
