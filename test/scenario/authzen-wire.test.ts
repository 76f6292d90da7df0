/** What no file of cases carries: bytes that a gateway, a proxy or somebody hostile puts on the wire, at the server as it is run. */
import { connect, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createHttpServer } from "../../src/compose-listen.ts";
import { UNBOUNDED } from "../../src/decisions/caller.ts";
import { OPEN } from "../../src/decisions/index.ts";
import { send } from "../support/decision-point.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

const ASKED = JSON.stringify({
  subject: { type: "user", id: "alice" },
  action: { name: "read" },
  resource: { type: "record", id: "record-1" },
});
const PATH = "/rules/certification/access/v1/evaluation";
const HEADERS = `Host: x\r\nContent-Type: application/json\r\n`;

let story: WholeApp;
let server: Server;
let port: number;

beforeAll(async () => {
  const found = { kind: "caller", caller: { name: "gateway", scope: UNBOUNDED } } as const;
  const blind = { kind: "caller", caller: { name: "blind", scope: { ...UNBOUNDED, actions: new Set<string>() } } } as const;
  const authenticate = ({ headers }: { readonly headers: { readonly authorization?: string | undefined } }) =>
    headers.authorization === "nobody"
      ? ({ kind: "refused", status: 401, code: "decisions.noCallers", words: "No." } as const)
      : headers.authorization === "blind"
        ? Promise.resolve(blind)
        : found;
  story = await openWholeApp({ decisions: { authenticate, admission: OPEN, bodyWithinMs: 400 } });
  await story.app.follower.catchUp();
  server = createHttpServer(story.app.decisionPoint, story.app.http.fetch);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await story.close();
});

interface Wire {
  readonly socket: Socket;
  /** Everything that came until the server ended the connection, or until `holds`. */
  readonly until: (holds: (text: string) => boolean) => Promise<string>;
}

function wire(): Wire {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let isEnded = false;
  const waiting = new Set<() => void>();
  const tell = () => waiting.forEach((each) => each());
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    tell();
  });
  for (const event of ["end", "close", "error"]) {
    socket.on(event, () => {
      isEnded = true;
      tell();
    });
  }
  return {
    socket,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isEnded && !holds(text)) return;
          waiting.delete(look);
          socket.destroy();
          resolve(text);
        };
        waiting.add(look);
        look();
      }),
  };
}

const answersIn = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);
const post = (body: string, more = ""): string =>
  `POST ${PATH} HTTP/1.1\r\n${HEADERS}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

async function exchange(text: string, answers = 1): Promise<string> {
  const { socket, until } = wire();
  socket.write(text);
  return until((got) => answersIn(got).length >= answers && /\r\n\r\n[^]*}$/.test(got));
}

/** How many permits come until the server ends the connection. */
async function permitsOf(sent: string): Promise<number> {
  const { socket, until } = wire();
  socket.write(sent);
  return (await until(() => false)).split('"decision":true').length - 1;
}

describe("over one connection", () => {
  test("questions that were sent without waiting are answered in their order", async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `question-${i}`);
    const text = await exchange(ids.map((id, i) => post(i % 3 === 2 ? "{" : ASKED, `X-Request-ID: ${id}\r\n`)).join(""), 20);
    expect([...text.matchAll(/X-Request-ID: (\S+)/gi)].map(([, id]) => id)).toEqual(ids);
    expect(answersIn(text)).toEqual(ids.map((_, i) => (i % 3 === 2 ? "400" : "200")));
  });

  test("a search that takes its time is answered before the question after it", async () => {
    const search = '{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"}}';
    const first = post(search, "X-Request-ID: search\r\n").replace("evaluation", "search/subject");
    const text = await exchange(first + post(ASKED, "X-Request-ID: question\r\n"), 2);
    expect([...text.matchAll(/X-Request-ID: (\S+)/gi)].map(([, id]) => id)).toEqual(["search", "question"]);
  });

  test("whoever was refused may ask again", async () => {
    const text = await exchange(post(ASKED, "Authorization: nobody\r\n") + post("[]") + post(ASKED), 3);
    expect(answersIn(text)).toEqual(["401", "400", "200"]);
  });

  test("each question is answered to whoever asked it, though another asked before it had an answer", async () => {
    const isBlind = Array.from({ length: 20 }, (_, i) => i % 3 === 1);
    const text = await exchange(isBlind.map((each) => post(ASKED, each ? "Authorization: blind\r\n" : "")).join(""), isBlind.length);
    const codes = [...text.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code);
    expect(codes).toEqual(isBlind.map((each) => (each ? "out_of_caller_scope" : "permitted_by_rule")));
  });

  test("of HTTP/1.0 a question is answered and the connection ended, and no question behind it is answered", async () => {
    const old = post(ASKED).replace("HTTP/1.1", "HTTP/1.0");
    expect(await permitsOf(old)).toBe(1);
    expect(await permitsOf(old + post(ASKED))).toBeLessThanOrEqual(1);
  });

  test("the rest of the application answers as before", async () => {
    const text = await exchange(`GET /api/v1/session HTTP/1.1\r\nHost: x\r\n\r\n${post(ASKED)}`, 2);
    expect(answersIn(text)).toEqual(["401", "200"]);
  });
});

test("a request id is given back byte for byte, whatever bytes it is of", async () => {
  for (const body of [ASKED, "{"]) {
    const { socket, until } = wire();
    socket.write(Buffer.from(post(body, "X-Request-ID: \u00e9\u00ff \u0080\r\n"), "latin1"));
    expect(await until((got) => /\r\n\r\n[^]*}$/.test(got))).toContain("X-Request-ID: \u00e9\u00ff \u0080\r\n");
  }
});

describe("a body", () => {
  test("may come in pieces, down to single bytes", async () => {
    const { socket, until } = wire();
    socket.setNoDelay(true);
    for (const byte of post(ASKED)) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await until((got) => got.includes('"decision":true'))).toContain("HTTP/1.1 200");
  });

  test("may be chunked, and is then counted as it comes", async () => {
    const half = ASKED.length >> 1;
    const chunks = [ASKED.slice(0, half), ASKED.slice(half)].map((each) => `${each.length.toString(16)}\r\n${each}\r\n`).join("");
    const head = `POST ${PATH} HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n`;
    expect(await exchange(`${head}${chunks}0\r\n\r\n`)).toContain('"decision":true');
    const { socket, until } = wire();
    socket.write(head);
    const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
    for (let i = 0; i < 20 && socket.writable; i++) socket.write(chunk);
    expect(answersIn(await until((got) => got.includes("bodyTooLarge")))).toEqual(["413"]);
  });

  test("that is announced as too large is refused before it comes", async () => {
    const text = await exchange(`POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: 1048577\r\n\r\n`);
    expect(answersIn(text)).toEqual(["413"]);
    expect(text).toMatch(/connection: close/i);
  });

  test("is let in when the asker waits to be told so", async () => {
    const { socket, until } = wire();
    socket.write(`POST ${PATH} HTTP/1.1\r\n${HEADERS}Expect: 100-continue\r\nContent-Length: ${ASKED.length}\r\n\r\n`);
    socket.once("data", () => socket.write(ASKED));
    expect(answersIn(await until((got) => got.includes('"decision"')))).toEqual(["100", "200"]);
  });

  test.each([
    ["with headers and nothing behind them", `POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: 100\r\n\r\n`],
    ["with half of it", `POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: 100\r\n\r\n{"subject":`],
    ["with chunks that never end", `POST ${PATH} HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])("that begins %s is cut off", async (_, text) => {
    const { socket, until } = wire();
    socket.write(text);
    const got = await until(() => false);
    expect(answersIn(got)).toEqual(["408"]);
    expect(got).toContain("decisions.bodyTooSlow");
    expect(socket.destroyed).toBe(true);
  });

  test("that trickles is cut off, however long it goes on", async () => {
    const { socket, until } = wire();
    socket.write(`POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: 100000\r\n\r\n`);
    const trickle = setInterval(() => socket.writable && socket.write(" "), 20);
    const got = await until(() => false);
    clearInterval(trickle);
    expect(answersIn(got)).toEqual(["408"]);
  });

  test("that is longer than announced is never read as part of the question", async () => {
    const { socket, until } = wire();
    socket.write(`${post(ASKED)}{"subject":{"type":"user","id":"alice"}}\r\n\r\n`);
    const statuses = answersIn(await until(() => false));
    expect(statuses.at(-1)).toBe("400");
    expect(statuses.filter((status) => status === "200").length).toBeLessThanOrEqual(1);
  });

  test("that is announced twice, in two lengths or in both ways, is refused: nobody may smuggle a question into another", async () => {
    for (const headers of ["Content-Length: 3\r\nContent-Length: 300\r\n", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"]) {
      const { socket, until } = wire();
      socket.write(`POST ${PATH} HTTP/1.1\r\n${HEADERS}${headers}\r\n0\r\n\r\n${post(ASKED)}`);
      expect(answersIn(await until(() => false))).toEqual(["400"]);
    }
  });

  test("of bytes that are no text is refused", async () => {
    const { socket, until } = wire();
    const bytes = Buffer.from(ASKED.replace("alice", "ali\u00ffce"), "latin1");
    socket.write(`POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes);
    expect(answersIn(await until((got) => got.includes("malformedJson")))).toEqual(["400"]);
  });
});

test("askers that go away in the middle leave nothing behind: the next one is answered", async () => {
  for (let i = 0; i < 200; i++) {
    const { socket } = wire();
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write(`POST ${PATH} HTTP/1.1\r\n${HEADERS}Content-Length: 100\r\n\r\n{`);
    socket.resetAndDestroy();
  }
  expect((await send(port, PATH, ASKED, {})).body).toMatchObject({ decision: true });
  expect(story.logged.filter((line) => line.includes("question failed"))).toEqual([]);
});

describe("the metadata", () => {
  test("are there for everybody, also as a HEAD, and may be kept for a while", async () => {
    const { status, headers, body } = await send(port, "/.well-known/authzen-configuration", undefined, { method: "GET" });
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([200, "application/json", "public, max-age=300"]);
    expect(body["policy_decision_point"]).toBe("http://localhost:8080");
    const head = await send(port, "/.well-known/authzen-configuration", undefined, { method: "HEAD" });
    expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", headers["content-length"]]);
  });

  test("are not to be changed", async () => {
    const { status, headers } = await send(port, "/.well-known/authzen-configuration", "{}", { method: "PUT" });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

test.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("a question is never asked by %s", async (method) => {
  const { status, headers } = await send(port, PATH, method === "PUT" ? ASKED : undefined, { method });
  expect([status, headers.allow]).toEqual([405, "POST"]);
});

test.each([
  "evaluation/",
  "Evaluation",
  "evaluation/x",
  "",
  "search",
  "search/",
  "search/user",
  "../v1/evaluation",
  "%65valuation",
  "evaluation%00",
])("there is nothing at /access/v1/%s", async (path) => {
  expect((await send(port, `/access/v1/${path}`, ASKED, {})).status).toBe(404);
});

test("what is behind a question mark changes nothing", async () => {
  expect((await send(port, `${PATH}?decision=false&rules=todo`, ASKED, {})).body).toMatchObject({ decision: true });
});

test("every answer tells programs to keep nothing of it", async () => {
  for (const body of [ASKED, "{}"]) {
    const { headers } = await send(port, PATH, body, {});
    expect([headers["cache-control"], headers["x-content-type-options"]]).toEqual(["no-store", "nosniff"]);
  }
});

test("a replica that is to stop answers what it is asked, and lets go of every connection", async () => {
  story.app.decisionPoint.drain();
  const { socket, until } = wire();
  socket.write(post(ASKED));
  const got = await until(() => false);
  expect(answersIn(got)).toEqual(["200"]);
  expect(got).toMatch(/connection: close/i);
});
