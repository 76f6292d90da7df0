import { anything, assert, jsonValue, property } from "fast-check";
import { describe, expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import type { Denial } from "./denial.ts";
import { isAbout, readSubmission, type Submission, wantedUntil } from "./submission.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const denial: Denial = {
  evaluation: "eva_1",
  caller: "vpn",
  rules: "default",
  digest: "sha256:1",
  sequence: 7,
  code: "exception_needed",
  exception: null,
  deniedAt: NOW,
  expiresAt: NOW,
  subject: { type: "user", id: "ada" },
  resource: { type: "policy", id: "vpn" },
  action: "sign_in",
  method: "password",
  address: "10.0.0.1",
  networks: ["plant"],
  deviceClasses: [],
};
const body = {
  subject: { type: "user", id: "ada" },
  resource: { type: "policy", id: "vpn" },
  action: { name: "sign_in", properties: { method: "password" } },
  context: { ip: "10.0.0.1", networks: ["plant"], business_justification: "  On call. " },
  requested_access: { requested_duration: "PT4H" },
  denial: { decision: { decision: false }, evaluation_id: "eva_1", access_request: { requestable: true, request_context: "a.b" } },
};

function read(more: object = {}): Submission {
  const found = readSubmission({ ...body, ...more });
  if ("reasons" in found) throw new Error(JSON.stringify(found.reasons));
  return found.ok;
}

function faults(given: unknown): string[] {
  const found = readSubmission(given);
  return "reasons" in found ? found.reasons.map(({ at }) => at ?? "") : [];
}

describe("a submission", () => {
  test("is read as the profile has it", () => {
    expect(read()).toMatchObject({ justification: "On call.", emergency: false, requestContext: "a.b", requestable: true });
    expect(wantedUntil(read(), NOW)).toBe(instant("2026-03-02T13:00:00Z"));
    expect(wantedUntil(read({ requested_access: { requested_until: "2026-03-01T09:00:00Z" } }), NOW)).toBeNull();
    expect(wantedUntil(read({ requested_access: undefined }), NOW)).toBeNull();
  });

  test("is refused with everything that is wrong with it, each with its place", () => {
    expect(faults("no object")).toEqual([""]);
    expect(faults({})).toEqual([
      "/subject/type",
      "/subject/id",
      "/resource/type",
      "/resource/id",
      "/action/name",
      "/denial/decision",
      "/denial/access_request",
    ]);
    const both = { requested_duration: "PT4H", requested_until: "2026-03-03T09:00:00Z", emergency: "yes" };
    expect(faults({ ...body, items: [], callback: { endpoint: "http://169.254.169.254/" }, requested_access: both })).toEqual([
      "/items",
      "/callback",
      "/requested_access/requested_until",
      "/requested_access/emergency",
    ]);
    expect(faults({ ...body, denial: { ...body.denial, decision: { decision: true } } })).toEqual(["/denial/decision"]);
    expect(faults({ ...body, subject: { type: "user", id: "a\0b" } })).toEqual(["/subject/id"]);
  });

  test("never faults, whatever it is", () => {
    assert(property(anything(), (value) => void readSubmission(value)));
    assert(property(jsonValue(), (value) => void readSubmission({ ...body, denial: value, context: value, requested_access: value })));
  });
});

const isAboutIt = (more: object) => isAbout(read(more), denial);

describe("a submission is about a denial", () => {
  test("where every word it says of it is the same, and what it leaves out stays as it was", () => {
    expect(isAboutIt({})).toBe(true);
    expect(isAboutIt({ context: undefined, action: { name: "sign_in" } })).toBe(true);
  });

  test("and not where one of them is edited", () => {
    const edits = [
      { subject: { type: "user", id: "eve" } },
      { subject: { type: "workload", id: "ada" } },
      { resource: { type: "policy", id: "admin" } },
      { resource: { type: "application", id: "vpn" } },
      { action: { name: "delete" } },
      { action: { name: "sign_in", properties: { method: "none" } } },
      { context: { ip: "10.0.0.2" } },
      { context: { networks: [] } },
      { context: { networks: ["plant", "guest"] } },
      { context: { device_classes: ["kiosk"] } },
      { denial: { ...body.denial, evaluation_id: "eva_2" } },
    ];
    for (const edit of edits) expect(isAboutIt(edit), JSON.stringify(edit)).toBe(false);
  });
});
