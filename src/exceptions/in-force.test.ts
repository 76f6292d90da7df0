import { describe, expect, test } from "vitest";

import { reviewed } from "../../test/support/exception-scenes.ts";
import { after, APPLICATION, CON, CONTEXT, content, QUERY, scopeItem, START, story } from "../../test/support/exception-story.ts";
import { epochMs, type Instant, instantOfEpochMs, type Zone } from "../kernel/time.ts";
import type { Active, ExceptionState } from "./exception.ts";
import { answersUntil, type Circumstances, inForce, isInForce, type SubjectQuery, whyNot, whyNotOpen } from "./in-force.ts";
import type { Conditions, Resource } from "./version.ts";

const active = story().active().state as Active;
const ask = (
  state: ExceptionState,
  now: Instant = START,
  more: { subject?: SubjectQuery; resource?: Resource; context?: Circumstances } = {},
) => whyNot(state, more.subject ?? QUERY, more.resource ?? APPLICATION, now, more.context ?? CONTEXT)?.reason ?? "in force";

const withGrant = (state: Active, more: object): Active => ({
  ...state,
  dossier: { ...state.dossier, grants: [{ ...state.dossier.grants[0]!, ...more }] },
});

describe("in force", () => {
  test("exactly for the subject, resource and method that were approved", () => {
    expect(ask(active)).toBe("in force");
    expect(inForce(active, QUERY, APPLICATION, START, CONTEXT)).toBe(true);
    expect(ask(active, START, { subject: { connection: CON, keys: [{ kind: "user", key: "guid-2" }] } })).toBe("out_of_scope");
    expect(ask(active, START, { subject: { connection: CON, keys: [{ kind: "group", key: "guid-1" }] } })).toBe("out_of_scope");
    expect(ask(active, START, { subject: { ...QUERY, connection: "con_2" as typeof CON } })).toBe("out_of_scope");
    expect(ask(active, START, { resource: { kind: "application", id: "app_2" } })).toBe("out_of_scope");
    expect(ask(active, START, { context: { ...CONTEXT, method: "sms" } })).toBe("conditions_not_met");
    expect(ask(active, START, { context: { ...CONTEXT, method: null } })).toBe("conditions_not_met");
  });

  test("for a member by the groups that stand for them", () => {
    const group = scopeItem("guid-1");
    const it = story().active({ scope: [{ ...group, subject: { ...group.subject, kind: "group", person: null } }] });
    const keys = [{ kind: "user", key: "someone" } as const, { kind: "group", key: "guid-1" } as const];
    expect(ask(it.state, START, { subject: { connection: CON, keys } })).toBe("in force");
  });

  test("half open: from the first instant, up to and not including the last", () => {
    expect(ask(active, "2026-03-02T08:59:59.999Z" as Instant)).toBe("not_started");
    expect(ask(active, START)).toBe("in force");
    expect(ask(active, "2026-05-01T08:59:59.999Z" as Instant)).toBe("in force");
    expect(ask(active, after("P60D"))).toBe("ended");
  });

  test.each([
    ["networks", { networks: ["site-1"] }, { networks: ["site-1", "lan"] }, { networks: ["lan"] }],
    ["device classes", { deviceClasses: ["kiosk"] }, { deviceClasses: ["kiosk"] }, { deviceClasses: [] }],
  ] as const)("only under the conditions approved: %s; what is not said does not meet them", (_, condition, fits, fails) => {
    const conditions: Conditions = { networks: null, deviceClasses: null, hours: null, ...condition };
    const it = story().active({ scope: [scopeItem("guid-1", { conditions })] });
    expect(ask(it.state, START, { context: { ...CONTEXT, ...fits } })).toBe("in force");
    expect(ask(it.state, START, { context: { ...CONTEXT, ...fails } })).toBe("conditions_not_met");
    expect(ask(it.state)).toBe("conditions_not_met");
  });

  test("only in the hours approved, by the wall clock of their zone", () => {
    const hours = { days: [1, 2, 3, 4, 5], fromMinute: 600, untilMinute: 1080, zone: "Europe/Zurich" as Zone };
    const it = story().active({ scope: [scopeItem("guid-1", { conditions: { networks: null, deviceClasses: null, hours } })] });
    // 2 March 2026 is a Monday; Zurich is an hour ahead of UTC, two from 29 March on.
    expect(ask(it.state, "2026-03-02T09:00:00.000Z" as Instant)).toBe("in force");
    expect(ask(it.state, "2026-03-02T16:59:59.999Z" as Instant)).toBe("in force");
    expect(ask(it.state, "2026-03-02T17:00:00.000Z" as Instant)).toBe("conditions_not_met");
    expect(ask(it.state, "2026-03-07T11:00:00.000Z" as Instant)).toBe("conditions_not_met");
    expect(ask(it.state, "2026-03-30T08:00:00.000Z" as Instant)).toBe("in force");
  });

  test("not while the provider was not seen to hold it", () => {
    const unread = {
      ...active,
      dossier: { ...active.dossier, bindings: active.dossier.bindings.map((one) => ({ ...one, observed: "unknown" as const })) },
    };
    expect(ask(unread)).toBe("not_read_back");
    const activating = story().approved();
    activating.tick();
    expect(ask(activating.state)).toBe("not_active");
    const approved = story().approved();
    expect(ask(approved.state)).toBe("not_active");
  });

  test("never by a start or end that cannot be read", () => {
    for (const bad of ["", "tomorrow", "2026-05-01", "9999", "2026-05-01T00:00:00Z", "2026-02-30T00:00:00.000Z"]) {
      expect(ask(withGrant(active, { validUntil: bad }))).toBe("unreadable_end");
      expect(isInForce(withGrant(active, { validFrom: bad }), START)).toBe(false);
    }
  });

  test("never on a grant that names another hash than the version it stands on, or a version nobody approved", () => {
    expect(ask(withGrant(active, { contentHash: "sha256:00" }))).toBe("not_approved");
    const [version] = active.dossier.versions;
    const unapproved = { ...active, dossier: { ...active.dossier, versions: [{ ...version!, votes: [] }] } };
    expect(ask(unapproved)).toBe("not_approved");
    const dropped = { ...active, dossier: { ...active.dossier, versions: [{ ...version!, fate: "rejected" as const }] } };
    expect(ask(dropped)).toBe("not_approved");
  });

  test("for every list as for every decision: what is not in force as a whole is in force for nobody", () => {
    expect(whyNotOpen(active, START)).toBeNull();
    const states = [story().open().state, story().approved().state, { ...active, state: "suspended", why: "x" } as ExceptionState];
    for (const state of states) {
      expect(isInForce(state, START)).toBe(false);
      expect(ask(state)).toBe("not_active");
    }
  });

  test("by the content of the grant that covers the moment, not by that of an extension still to come", () => {
    const justification = content().justification;
    expect(active.dossier.versions[0]!.content.justification).toBe(justification);
    const grants = [
      active.dossier.grants[0]!,
      { ...active.dossier.grants[0]!, seq: 2, version: 2, validFrom: after("P60D"), validUntil: after("P90D") },
    ];
    const later = { ...active, dossier: { ...active.dossier, grants } };
    expect(ask(later, START)).toBe("in force");
    // Version 2 was never put forward: its grant authorises nothing.
    expect(ask(later, after("P61D"))).toBe("not_approved");
  });
});

const justBefore = (at: Instant) => instantOfEpochMs(epochMs(at) - 1);

describe("how long an exception answers, told ahead", () => {
  test("is to the end of its grant, and not at all once that has come", () => {
    expect(answersUntil(active, START)).toBe(after("P60D"));
    expect(answersUntil(active, after("P60D"))).toBeUndefined();
    expect(answersUntil(story().approved().state, START)).toBeUndefined();
  });

  test("is no longer than a review that waits: from its due day on it is off, whoever looks", () => {
    const { state, dossier } = reviewed();
    const { dueAt, openedAt } = dossier.reviews[0]!;
    const until = answersUntil(state, openedAt)!;
    expect(until).toBe(dueAt);
    expect([isInForce(state, justBefore(until)), isInForce(state, until)]).toEqual([true, false]);
  });

  test("does not hang on a use: what stands ready answers for the provider's holding it, though it lets nobody through", () => {
    const standing = withGrant(active, { perUse: "PT4H" });
    expect(isInForce(standing, START)).toBe(false);
    expect(answersUntil(standing, START)).toBe(after("P60D"));
  });
});
