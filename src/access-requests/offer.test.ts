import { assert, nat, property, string } from "fast-check";
import { expect, test } from "vitest";

import { UNBOUNDED } from "../decisions/caller.ts";
import { NONE, type Question } from "../decisions/question.ts";
import type { Verdict } from "../decisions/verdict.ts";
import { createSeal } from "../platform/seal.ts";
import { createOffers } from "./offer-service.ts";

const seal = createSeal([new Uint8Array(32).fill(1)]);
const offers = createOffers(seal.marks("access request"), "https://postern.example");
const verdict: Verdict = { permit: false, code: "exception_needed", words: "", obligations: [], requestable: true };
const question: Question = {
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name: "sign_in", properties: { method: "password" } },
  resource: { type: "policy", id: "vpn", properties: NONE },
  context: { ip: "10.0.0.1", networks: ["plant"] },
};
const denied = {
  question,
  verdict,
  caller: { name: "vpn", scope: UNBOUNDED },
  ruleSet: "default",
  rulesDigest: "sha256:1",
  sequence: 7,
  base: "https://postern.example",
  nowMs: Date.UTC(2026, 2, 2, 9),
};
const markOf = (given: Partial<typeof denied> = {}) => offers.offer({ ...denied, ...given })!.access_request.request_context;

test("an offer names where to ask and until when, and carries what was denied, to whom", () => {
  const offer = offers.offer(denied)!;
  expect(offer.access_request).toMatchObject({
    requestable: true,
    endpoint: "https://postern.example/access/v1/requests",
    expires_at: "2026-03-02T09:10:00.000Z",
  });
  expect(offers.read(offer.access_request.request_context)).toEqual({
    evaluation: offer.evaluation_id,
    caller: "vpn",
    rules: "default",
    digest: "sha256:1",
    sequence: 7,
    code: "exception_needed",
    exception: null,
    deniedAt: offer.evaluated_at,
    expiresAt: offer.access_request.expires_at,
    subject: { type: "user", id: "ada" },
    resource: { type: "policy", id: "vpn" },
    action: "sign_in",
    method: "password",
    address: "10.0.0.1",
    networks: ["plant"],
    deviceClasses: [],
  });
});

test("nothing is offered with what no exception lifts, to callers that may not ask, for service accounts, or with what cannot be kept", () => {
  const none: Partial<typeof denied>[] = [
    { verdict: { ...verdict, requestable: false } },
    { verdict: { ...verdict, permit: true } },
    { caller: { name: "vpn", scope: { ...UNBOUNDED, mayRequestAccess: false } } },
    { question: { ...question, subject: { type: "workload", id: "ada", properties: NONE } } },
    { question: { ...question, resource: { type: "todo", id: "vpn", properties: NONE } } },
    { question: { ...question, subject: { type: "user", id: "a\0", properties: NONE } } },
    { question: { ...question, subject: { type: "user", id: "\ud800", properties: NONE } } },
    { question: { ...question, resource: { type: "policy", id: "x".repeat(501), properties: NONE } } },
    { question: { ...question, context: { networks: Array.from({ length: 51 }, () => "n") } } },
  ];
  for (const [i, given] of none.entries()) expect(offers.offer({ ...denied, ...given }), String(i)).toBeUndefined();
});

test("a mark that was changed anywhere, invented, or made for another purpose or by another instance, is none", () => {
  const mark = markOf();
  assert(
    property(nat(mark.length - 1), nat(63), (at, letter) => {
      const other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[letter]!;
      const changed = mark.slice(0, at) + other + mark.slice(at + 1);
      return changed === mark || offers.read(changed) === undefined;
    }),
  );
  assert(property(string(), (text) => offers.read(text) === undefined));
  for (const more of ["", ".", "x"]) if (more !== "") expect(offers.read(mark + more)).toBeUndefined();
  const foreign = createOffers(createSeal([new Uint8Array(32).fill(2)]).marks("access request"), "");
  const otherwise = createOffers(seal.marks("another purpose"), "");
  for (const each of [foreign, otherwise]) expect(each.read(mark)).toBeUndefined();
});

test("what is not a denial as it is written is none, though it bears our own mark", () => {
  const marks = seal.marks("access request");
  const marked = (text: string) => `${Buffer.from(text).toString("base64url")}.${marks.sign(text)}`;
  const text = Buffer.from(markOf().split(".")[0]!, "base64url").toString("utf8");
  expect(offers.read(marked(text))).toBeDefined();
  for (const other of [text.replace("postern-access-request-1", "another"), text.replace(/^\[/, "[1,"), "{}", "no JSON"]) {
    expect(offers.read(marked(other)), other).toBeUndefined();
  }
});

test("a caller that may not know of exceptions is told of none in what it carries, either", () => {
  const grant = { exception: "exc_secret", ref: "EXC-1", validUntil: "2026-12-01T00:00:00.000Z", owner: null } as never;
  const near = { ...verdict, grant };
  const carried = (maySeeExceptions: boolean) =>
    offers.read(markOf({ verdict: near, caller: { name: "vpn", scope: { ...UNBOUNDED, maySeeExceptions } } }))?.exception;
  expect([carried(true), carried(false)]).toEqual(["exc_secret", null]);
});

test("it is known under the key before the one that signs now", () => {
  const rotated = createSeal([new Uint8Array(32).fill(3), new Uint8Array(32).fill(1)]);
  expect(createOffers(rotated.marks("access request"), "").read(markOf())?.caller).toBe("vpn");
});

test("no two denials have one name", () => {
  const names = Array.from({ length: 1000 }, () => offers.offer(denied)!.evaluation_id);
  expect(new Set(names).size).toBe(1000);
});
