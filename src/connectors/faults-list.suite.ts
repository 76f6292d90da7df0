/** The ways in which a provider's answer can be spoiled. */
import type { IncomingHttpHeaders } from "node:http";

import type { Answer, FaultsHarness } from "./faults-harness.suite.ts";

export type Effect = Answer | "cut" | "stall" | "half" | "endless";

export interface Fault {
  readonly name: string;
  /** What becomes of an answer; undefined where the fault has nothing to bite on in it. */
  readonly spoil: (answer: Answer, told: Told) => Effect | undefined;
  /** In good form, and not so: nobody can tell by looking once. */
  readonly isPlausible?: true;
  /** It is waited for until the connector gives up. */
  readonly waits?: true;
  /** What is asked for is never done: the request does not reach the provider. */
  readonly swallows?: true;
}

export interface Told {
  readonly harness: FaultsHarness;
  readonly method: string;
  readonly url: string;
  readonly origin: string;
  /** How many answers of this kind came before. */
  readonly nth: number;
  /** What was answered here before the last change. */
  readonly earlier: Answer | undefined;
  /** The last answer to another question. */
  readonly other: Answer | undefined;
}

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;

function replaced(answer: Answer, text: string, more: Partial<Answer> = {}): Answer {
  const { "content-length": _, "transfer-encoding": __, ...headers } = { ...answer.headers, ...more.headers };
  return { ...answer, ...more, headers, text };
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
  spoil: (answer, { harness }) => replaced(answer, JSON.stringify(harness.errorBody()), { status: code, headers }),
});

export const DONE: Answer = { status: 204, headers: {}, text: "" };
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
    name: "says that it did what it never did",
    spoil: (answer, { method }) => (method === "GET" ? undefined : answer),
    swallows: true,
  },
  { name: "tells what was before the last change", spoil: (_, { earlier }) => earlier, isPlausible: true },
  { name: "answers another question", spoil: (_, { other }) => other, isPlausible: true },
  {
    name: "fails every second time",
    spoil: (answer, { nth, harness }) =>
      nth % 2 === 0 ? undefined : replaced(answer, JSON.stringify(harness.errorBody()), { status: 500 }),
  },
  {
    name: "calls compressed what is not",
    spoil: (answer) => {
      if (answer.text === "") return undefined;
      const whole = replaced(answer, answer.text);
      return { ...whole, headers: { ...whole.headers, "content-encoding": "gzip" } };
    },
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
  { ...onList("gives an empty list", () => []), isPlausible: true },
  { ...onList("leaves the last item out", (list) => list.slice(0, -1)), isPlausible: true },
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
