/**
 * What a decision may cost, counted and not timed: how fast it is stands in bench/decision-point and bench/decision-engines, and these
 * keep somebody who does not run them from making it linear.
 */
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { rulesThat, snapshotOf } from "../../test/support/decision-point.ts";
import { systemClock } from "../platform/clock.ts";
import { createLog } from "../platform/log.ts";
import { UNBOUNDED } from "./caller.ts";
import { decide } from "./decide.ts";
import type { GrantRow } from "./grant-row.ts";
import { createDecisionPoint, NO_EXTENSIONS, OPEN } from "./index.ts";
import type { Layer } from "./layer.ts";
import { createRegister } from "./layered-register.ts";
import { createMapLayer } from "./map-layer.ts";
import { createPackedLayer } from "./packed-layer.ts";
import { NONE, type Question } from "./question.ts";
import { repack } from "./repack.ts";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const RULES = rulesThat(() => false, { asksRegister: () => true });

function row(i: number): GrantRow {
  return {
    exception: `exc_${i}`,
    ref: `EXC-2026-${i}`,
    owner: null,
    subject: { connection: "con_1", kind: "user", key: `user-${i}` },
    person: null,
    resource: { kind: "application", id: `app-${i % 7}` },
    method: "password",
    conditions: { networks: null, deviceClasses: null, hours: null },
    from: NOW - 1,
    until: NOW + 1000,
    stand: "open",
    ends: NOW + 1000,
  };
}

function questionOf(i: number, method = "password"): Question {
  return {
    subject: { type: "user", id: `user-${i}`, properties: NONE },
    action: { name: "sign_in", properties: { method } },
    resource: { type: "application", id: `app-${i % 7}`, properties: NONE },
    context: NONE,
  };
}

/** Counts what is asked of a layer, and what comes out of it. */
function counting(layer: Layer): { layer: Layer; asked: () => Readonly<Record<string, number>> } {
  const counts: Record<string, number> = {};
  const count = (what: string, times = 1): void => void (counts[what] = (counts[what] ?? 0) + times);
  const through = <T>(what: string, found: readonly T[]): readonly T[] => {
    count(what);
    count(`${what}, found`, found.length);
    return found;
  };
  const counted: Layer = {
    findCandidates(kind, name, into) {
      const before = into.length;
      layer.findCandidates(kind, name, into);
      through("findCandidates", into.slice(before));
    },
    findRows(key, resource, into) {
      const before = into.length;
      layer.findRows(key, resource, into);
      through("findRows", into.slice(before));
    },
    rowsOf: (key) => through("rowsOf", [...layer.rowsOf(key)]),
    rowsOn: (resource) => through("rowsOn", [...layer.rowsOn(resource)]),
    isActive: (person) => (count("isActive"), layer.isActive(person)),
  };
  return { layer: counted, asked: () => counts };
}

function lookUpsAmong(exceptions: number, question: Question, permit: boolean): Readonly<Record<string, number>> {
  const changed = createMapLayer();
  for (let i = 0; i < exceptions; i++) changed.putException(`exc_${i}`, [row(i)]);
  const { layer: counted, asked } = counting(createPackedLayer(repack(undefined, changed, { key0: 1, key1: 2 }, null)));
  const register = createRegister({ sequence: 1, size: exceptions, layers: [counted], connections: new Map() });
  expect(decide(question, RULES, { ...snapshotOf([RULES], register), freshAtMs: NOW }, NOW).permit).toBe(permit);
  return asked();
}

describe("a decision looks into the register", () => {
  test.each([
    ["that an exception lets through", questionOf(3), true],
    ["that one nearly does", questionOf(3, "sms"), false],
    ["about nobody", questionOf(-1), false],
  ])("as often among 20,000 exceptions as among 10: one %s", (_, question, permit) => {
    expect(lookUpsAmong(20_000, question, permit)).toEqual(lookUpsAmong(10, question, permit));
  });

  test("once for who is meant and twice for their rows, and sees no row of anybody else", () => {
    expect(lookUpsAmong(1000, questionOf(3), true)).toEqual({
      findCandidates: 1,
      "findCandidates, found": 1,
      rowsOf: 1,
      "rowsOf, found": 1,
      findRows: 1,
      "findRows, found": 1,
    });
  });
});

describe("an answer", () => {
  const open: Server[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  test("goes out in one write, with its headers, on a connection that stays", async () => {
    const log = createLog(
      () => systemClock.now(),
      () => {},
    );
    const point = createDecisionPoint({
      origin: "http://localhost",
      nowMs: Date.now,
      log,
      headers: [],
      snapshot: () => snapshotOf([rulesThat(() => true)]),
      authenticate: () => ({ kind: "caller", caller: { name: "test", scope: UNBOUNDED } }),
      admission: OPEN,
      decisionLog: { record: () => {}, answered: () => {} },
      extensions: NO_EXTENSIONS,
    });
    let writes = 0;
    const server = createServer((message, response) => void point.take(message, response));
    open.push(server);
    server.on("connection", (socket) => {
      // What goes to the system: Node 24 hands over headers and body one after the other, and writes both at once.
      for (const way of ["_write", "_writev"] as const) {
        const write = (socket[way] as (...all: unknown[]) => void).bind(socket);
        socket[way] = (...all: unknown[]) => (writes++, write(...all));
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const body = JSON.stringify({ evaluations: Array.from({ length: 50 }, (_, i) => questionOf(i)) });
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const { port } = server.address() as AddressInfo;
    const sent = request({ port, host: "127.0.0.1", path: "/access/v1/evaluations", method: "POST", headers }).end(body);
    const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
    response.resume();
    await once(response, "end");
    point.stop();
    expect([response.statusCode, response.headers.connection, writes]).toEqual([200, "keep-alive", 1]);
  });
});
