import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { SHARED_DATA } from "../support/shared-data.ts";
import { tempFolders } from "../support/temp-folders.ts";
import { runOracle } from "../../scripts/oracle.ts";
import { authzen } from "../../scripts/oracles/authzen.ts";

const folder = tempFolders("oracle-authzen");
afterAll(() => authzen.close!());

async function judged(cases: unknown, options = {}) {
  const path = join(folder(), "cases.json");
  writeFileSync(path, JSON.stringify(cases));
  const complaints: string[] = [];
  const outcome = await runOracle(authzen, path, (line) => complaints.push(line.slice(path.length + 1)), options);
  return { ...outcome, complaints };
}

const alice = { type: "user", id: "alice" };
const bob = { type: "user", id: "bob" };
const read = { name: "read" };
const write = { name: "write" };
const one = { type: "record", id: "record-1" };
const archived = { type: "record", id: "record-2", properties: { status: "archived" } };
const ALICE_READS = { subject: alice, action: read, resource: one };

test("we answer every case of the AuthZEN interop and certification over HTTP as it is expected", async (ctx) => {
  const path = join(SHARED_DATA, "authzen");
  if (!existsSync(path)) ctx.skip(`0 cases: ${path} is not there (set POSTERN_SHARED)`);
  const complaints: string[] = [];
  const outcome = await runOracle(authzen, path, (line) => complaints.push(line));
  expect(complaints).toEqual([]);
  expect(outcome.total).toBeGreaterThanOrEqual(99);
}, 240_000);

/** What the scenario of the certification asks and the extracted cases do not hold. */
const CERTIFICATION = [
  {
    id: "c-2-2-5",
    request: { subject: { ...bob, properties: { role: "admin" } }, action: write, resource: archived },
    expectedBody: { decision: true },
  },
  {
    id: "c-2-2-6",
    request: { subject: alice, action: { name: "delete", properties: { soft: true } }, resource: one },
    expectedBody: { decision: true },
  },
  {
    id: "c-2-2-8",
    request: { ...ALICE_READS, subject: { ...alice, properties: { department: "Sales", role: "manager" } } },
    expectedText: 'HTTP 200, `"decision": true`.',
  },
  ...["subject", "action", "resource"].map((left) => ({
    id: "c-2-4-1",
    label: `missing ${left}`,
    request: { ...ALICE_READS, [left]: undefined },
    expectedText: "HTTP 400.",
  })),
  { id: "c-2-4-3", title: "Invalid content type", request: ALICE_READS, expectedText: "HTTP 400." },
  { id: "c-2-4-4", title: "Malformed JSON", request: null, requestRaw: '{"subject": }', expectedText: "HTTP 400." },
  { id: "c-2-4-4", title: "Malformed JSON" },
  { id: "c-2-4-5", title: "Empty request body", request: null, requestRaw: "", expectedText: "HTTP 400." },
  { id: "c-2-4-5", title: "Empty request body" },
  { id: "c-2-5-1", title: "X-Request-ID echo" },
  { id: "c-2-6", request: ALICE_READS, expectedBody: { decision: true } },
  {
    id: "c-3-2-1",
    request: { subject: alice, action: read, evaluations: [{ resource: one }, { resource: { ...one, id: "record-2" } }] },
    expectedBody: '{"evaluations": [{ "decision": <boolean> }, { "decision": <boolean> }]}',
  },
  {
    id: "c-3-2-5",
    request: { evaluations: [ALICE_READS, { subject: bob, action: write, resource: one }] },
    expectedBody: { evaluations: [{ decision: true }, { decision: false }] },
  },
  {
    id: "c-3-2-7",
    request: { subject: alice, action: write, resource: archived, evaluations: [{ resource: one }, {}] },
    expectedBody: { evaluations: [{ decision: true }, { decision: false }] },
  },
  { id: "c-3-4-2", request: ALICE_READS, expectedBody: { decision: true } },
  {
    id: "c-4-2-1",
    request: { subject: { type: "user" }, action: read, resource: one },
    expectedText: "HTTP 200 with `results`, including at least `alice` and `bob`.",
  },
  { id: "c-4-2-2", request: { subject: { type: "user" }, action: read, resource: one, context: { ip: "192.0.2.1" } } },
  {
    id: "c-4-3-1",
    request: { subject: alice, action: read, resource: { type: "record" } },
    expectedBody: { results: [{ type: "record", id: "record-1" }] },
  },
  {
    id: "c-4-4-2",
    request: { subject: alice, resource: one, context: {} },
    expectedBody: { results: [{ name: "read" }, { name: "write" }] },
  },
  { id: "c-4-5-1", request: { subject: { type: "user" }, action: read, resource: one, page: { limit: 1 } } },
  {
    id: "c-4-5-2",
    request: { subject: { type: "user" }, action: read, resource: one, page: { token: "<next_token from previous response>" } },
    expectedBody: { results: [{ type: "user", id: "bob" }], page: { next_token: "" } },
  },
  { id: "c-4-6-2", request: { subject: { type: "spaceship" }, action: read, resource: one }, expectedBody: { results: [] } },
  {
    id: "c-4-6-2",
    request: { subject: alice, action: read, resource: { type: "spaceship" } },
    expectedText: "An empty `results` array, not HTTP 400.",
    expectedBody: '{ "results": [] }',
  },
  { id: "c-6-5", title: "Metadata Validation" },
];

test("we do all else that the certification scenario asks of a decision point", async () => {
  const outcome = await judged(CERTIFICATION);
  expect(outcome).toEqual({ total: CERTIFICATION.length, agree: CERTIFICATION.length, disagree: 0, complaints: [] });
});

describe("a disagreement is seen", () => {
  test.each([
    ["in a decision", { id: "c-2-2-1", request: ALICE_READS, expectedBody: { decision: false } }, 'should hold {"decision":false}'],
    ["in a status", { id: "c-2-2-1", request: ALICE_READS, expectedText: "HTTP 400." }, "should be 400"],
    [
      "in one of a batch",
      { id: "c-3-1", request: { evaluations: [ALICE_READS] }, expectedBody: { evaluations: [{ decision: false }] } },
      "hold",
    ],
    ["in how many are in a batch", { id: "c-3-1", request: { evaluations: [ALICE_READS] }, expectedBody: { evaluations: [] } }, "hold"],
    [
      "in what a search has to find",
      {
        id: "c-4-2-1",
        request: { subject: { type: "user" }, action: write, resource: one },
        expectedText: "at least `bob`",
      },
      "should find bob",
    ],
    [
      "in what a search must not find",
      { id: "c-4-4-1", request: { subject: alice, resource: one }, expectedBody: { results: [] } },
      "should hold",
    ],
  ])("%s", async (_, one_, words) => {
    const { disagree, complaints } = await judged([one_]);
    expect(disagree).toBe(1);
    expect(complaints[0]).toContain(words);
  });
});

test("searches of the interop demo are read by section, and by what they do not name", async () => {
  const request = { subject: { type: "user" }, action: read, resource: one };
  const found = { results: [bob] };
  const rules = { rules: "certification" };
  expect(await judged({ subject: [{ request, expected: found }] }, rules)).toMatchObject({ total: 1, agree: 1 });
  expect(await judged({ evaluation: [{ request, expected: found }] }, rules)).toMatchObject({ total: 1, agree: 1 });
  expect(await judged([{ request: { subject: alice, resource: one }, expected: { results: [read] } }], rules)).toMatchObject({ agree: 1 });
});

test("a file that holds no cases is a disagreement, and a rule set that is not there answers none", async () => {
  expect(await judged({ cases: 1 })).toMatchObject({ total: 1, disagree: 1 });
  expect(await judged({ evaluation: [{ request: ALICE_READS, expected: true }] }, { rules: "nobody" })).toMatchObject({ disagree: 1 });
});
