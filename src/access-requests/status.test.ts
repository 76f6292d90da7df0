import { expect, test } from "vitest";

import { breakGlass } from "../../test/support/exception-scenes.ts";
import { after, by, content, P, START, story, type Story } from "../../test/support/exception-story.ts";
import { instant } from "../kernel/time.ts";
import { type ExceptionState, STATES, versionInEffect } from "../exceptions/exception.ts";
import { whyNotOpen } from "../exceptions/in-force.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Denial } from "./denial.ts";
import { progressOf } from "./status.ts";
import { taskOf } from "./task.ts";

const filed = {
  id: "arq_1",
  denial: { caller: "vpn" } as Denial,
  person: P.subject,
  account: { connection: "con_1", key: "guid-1" },
  justification: "",
  wantedUntil: null,
  emergency: false,
  standing: null,
  filedAt: START,
  expiresAt: after("P7D"),
} as unknown as AccessRequest;
const waiting = { ...filed, state: "waiting" } as AccessRequest;
const takenUp = { ...filed, state: "taken_up", exception: "exc_1", by: P.requester, at: START, use: null } as AccessRequest;
const shown = { origin: "https://p", base: "https://p", now: START, seesException: true };

const of = (it: Story) => progressOf(takenUp, it.state, it.now);

test("a request waits until it is over, and nothing has to notice", () => {
  expect(progressOf(waiting, undefined, START)).toEqual({ status: "pending", step: "waiting_for_the_person" });
  expect(progressOf(waiting, undefined, after("P7D")).status).toBe("expired");
  expect(progressOf({ ...filed, state: "declined", by: P.subject, reason: "not me", at: START }, undefined, START).status).toBe(
    "cancelled",
  );
  expect(progressOf({ ...filed, state: "cancelled", comment: "", at: START }, undefined, START).status).toBe("cancelled");
  expect(progressOf({ ...filed, state: "lapsed", at: START }, undefined, START).status).toBe("expired");
});

test("what became of the exception is what the task says, from the draft to its end", () => {
  const it = story();
  expect(of(it.open())).toEqual({ status: "pending", step: "request_form" });
  expect(of(it.submit())).toEqual({ status: "pending", step: "approval" });
  it.approve(P.owner);
  it.approve(P.iam);
  expect(of(it)).toEqual({ status: "approved", step: "activation" });
  it.tick();
  expect(of(it)).toEqual({ status: "approved", step: "activation" });
  it.provide();
  expect(of(it)).toEqual({ status: "approved", step: "in_force" });
  expect(of(it.until(content().requestedUntil!))).toEqual({ status: "expired", step: null });
  it.tick();
  it.provide();
  expect(it.state.state).toBe("closed");
  expect(of(it)).toEqual({ status: "expired", step: null });
});

test("rejected, taken back, switched off and revoked are told apart, and none of them is approved", () => {
  const rejected = story().open().submit();
  const { version, contentHash } = rejected.state.state === "in_approval" ? rejected.state.approval : { version: 0, contentHash: "" };
  rejected.do({ type: "reject", version, contentHash, onBehalfOf: null, reason: "no" }, { kind: "person", id: P.owner });
  expect(of(rejected).status).toBe("denied");
  const back = story().open();
  back.do({ type: "withdraw", reason: "not needed" }, { kind: "person", id: P.requester });
  expect(of(back).status).toBe("cancelled");
  const off = story().active();
  off.do({ type: "suspend", why: "control failed", dueAt: null });
  expect(of(off)).toEqual({ status: "pending", step: "suspended" });
  expect(progressOf(takenUp, off.state, content().requestedUntil!).status).toBe("expired");
  const revoked = story().active();
  revoked.do({ type: "revokeNow", reason: "incident" }, { kind: "person", id: P.governance });
  expect(of(revoked).status).toBe("cancelled");
});

test("only what people approved is ever told as approved, whatever the state: and with the grant it is about, which is not over", () => {
  const it = story().active();
  const moments = [START, it.now, after("P30D"), content().requestedUntil!, instant("2027-01-01T00:00:00Z")];
  for (const state of STATES) {
    for (const now of moments) {
      const exception = { ...it.state, state, pending: null } as ExceptionState;
      const { task, result } = taskOf(takenUp, exception, { ...shown, now });
      expect(task.status === "approved", `${state} ${now}`).toBe(result !== undefined);
      if (task.status !== "approved") continue;
      expect(["approved", "activating", "active"]).toContain(state);
      expect(result!.approval.approved_until > now).toBe(true);
      // The other way round: whatever is in force was told as approved.
      expect(whyNotOpen(exception, now) === null ? task.status : "approved").toBe("approved");
    }
  }
  expect(taskOf(takenUp, undefined, shown).task.status).toBe("failed");
});

test("a caller that may not know of exceptions is led to none", () => {
  const it = story().open().submit();
  const told = (seesException: boolean) => JSON.stringify(taskOf(takenUp, it.state, { ...shown, seesException }));
  expect(told(true)).toContain("exc_1");
  expect(told(false)).not.toContain("exc_1");
});

test("whatever a task says to a caller that may not know of exceptions names none", () => {
  const it = story().active();
  const using = { ...takenUp, use: 1 } as AccessRequest;
  for (const request of [takenUp, using]) {
    for (const state of STATES) {
      const exception = { ...it.state, state, pending: null } as ExceptionState;
      expect(JSON.stringify(taskOf(request, exception, { ...shown, seesException: false })), state).not.toContain("exc_1");
    }
  }
});

test("a use is approved until its end, and no longer than what it is a use of; while that is switched off nothing is approved", () => {
  const it = breakGlass();
  const { contentHash } = versionInEffect(it.dossier)!;
  const until = after("PT4H", it.now);
  it.do({ type: "beginUse", until, reason: "outage", routine: true, contentHash }, by(P.owner));
  const using = { ...takenUp, use: it.dossier.grants.at(-1)!.seq } as AccessRequest;
  const at = (now = it.now) => progressOf(using, it.state, now).status;
  expect([at(), at(until)]).toEqual(["approved", "expired"]);
  const cut = it.dossier.grants.map((grant) => (grant.kind === "emergency" ? grant : { ...grant, validUntil: after("PT1H", it.now) }));
  const shorter = { ...it.state, dossier: { ...it.dossier, grants: cut } } as ExceptionState;
  expect(progressOf(using, shorter, after("PT2H", it.now)).status).toBe("expired");
  it.do({ type: "suspend", why: "odd", dueAt: null }, by(P.governance));
  expect([at(), at(until)]).toEqual(["pending", "expired"]);
  it.do({ type: "revokeNow", reason: "incident" }, by(P.governance));
  expect(at()).toBe("cancelled");
});
