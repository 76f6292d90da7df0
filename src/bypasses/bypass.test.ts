import { describe, expect, test } from "vitest";

import type { Id } from "../kernel/id.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import {
  type Bypass,
  type BypassEvent,
  decideEscalated,
  decideOverdue,
  decideRemoved,
  decideSeen,
  decideUnseen,
  evolve,
  isOpen,
  TRANSITIONS,
} from "./bypass.ts";

const now = instant("2026-01-01T00:00:00Z");
const seen = {
  id: "byp_1" as Id<"bypass">,
  connection: "con_1" as Id<"connection">,
  firstSeenAt: now,
  seen: {
    key: "vpn:ada",
    form: "ungoverned_exemption",
    subject: { kind: "user", key: "u1", name: "ada" },
    object: "cn=vpn-exempt",
    critical: false,
    evidence: {},
  },
} as const;

const critical = { ...seen, seen: { ...seen.seen, critical: true } };
const later = instant("2026-01-02T00:00:00Z");

const fold = (events: readonly BypassEvent[], from?: Bypass) => events.reduce<Bypass | undefined>(evolve, from);
const none = { coverage: undefined, hasEnded: () => false, isRepeated: false };
const covering = (exception: string, live: boolean) => ({ coverage: { exception, live }, hasEnded: () => false, isRepeated: false });
const found = fold(decideSeen(undefined, seen, none, now))!;

describe("a bypass seen in the provider", () => {
  test("is unregistered until somebody answers for it, and has 72 hours", () => {
    expect(found).toMatchObject({ status: "unregistered", claimUntil: "2026-01-04T00:00:00.000Z" });
  });

  test("is no news when it is seen again", () => {
    expect(decideSeen(found, seen, none, addDuration(now, duration("PT1H")))).toEqual([]);
  });

  test("is registered while a live exception covers it, and unregistered again once that ended", () => {
    const registered = fold(decideSeen(found, seen, covering("exc_1", true), now), found)!;
    expect(registered).toMatchObject({ status: "registered", exception: "exc_1" });
    const later = addDuration(now, duration("P10D"));
    const uncovered = fold(decideSeen(registered, seen, covering("exc_1", false), later), registered)!;
    expect(uncovered).toMatchObject({ status: "unregistered", claimUntil: "2026-01-14T00:00:00.000Z" });
  });

  test("is escalated when the exception it was claimed with came to nothing, and stays claimed until then", () => {
    const claimed = fold([{ type: "bypassClaimed", data: { exception: "exc_1", by: "per_1" } }], found)!;
    expect(decideSeen(claimed, seen, none, now)).toEqual([]);
    const lapsed = decideSeen(claimed, seen, { ...none, hasEnded: (id) => id === "exc_1" }, now);
    expect(fold(lapsed, claimed)).toMatchObject({ status: "escalated", at: now });
  });

  test("an exception that has ended covers nothing", () => {
    expect(fold(decideSeen(undefined, seen, covering("exc_1", false), now))).toMatchObject({ status: "unregistered" });
  });

  test("is told who made it as soon as the provider's log says so, once", () => {
    const named = { ...seen, seen: { ...seen.seen, addedBy: "helga" } };
    const traced = decideSeen(found, named, none, now);
    expect(traced).toEqual([{ type: "bypassTraced", data: { addedBy: "helga" } }]);
    const after = fold(traced, found)!;
    expect(after).toMatchObject({ status: "unregistered", seen: { addedBy: "helga" } });
    expect(decideSeen(after, named, none, now)).toEqual([]);
    expect(decideSeen(after, seen, none, now)).toEqual([]);
  });

  test("that becomes critical, or changes in form, owner or evidence, is as the provider shows it now", () => {
    const enforced = { ...critical, seen: { ...critical.seen, evidence: { state: "enabled" }, owner: "Amara" } };
    const events = decideSeen(found, enforced, none, later);
    expect(events).toMatchObject([{ type: "bypassChanged" }]);
    const after = fold(events, found)!;
    expect(after).toEqual({ ...found, seen: enforced.seen, criticalSince: later });
    expect(decideSeen(after, enforced, none, later)).toEqual([]);
    // The reverse is as true, and what became critical twice became so the second time.
    const harmless = fold(decideSeen(after, seen, none, later), after)!;
    expect(harmless).toEqual(found);
    const again = addDuration(later, duration("PT1H"));
    expect(fold(decideSeen(harmless, critical, none, again), harmless)).toMatchObject({ criticalSince: again });
  });

  test("keeps who made it when it changes and the log says so no more", () => {
    const traced = fold(decideSeen(found, { ...seen, seen: { ...seen.seen, addedBy: "helga" } }, none, now), found)!;
    expect(fold(decideSeen(traced, critical, none, later), traced)).toMatchObject({ seen: { critical: true, addedBy: "helga" } });
  });

  test("is no news when only others in its group changed, nor when one reading shows it twice and differently", () => {
    const group = { ...seen, seen: { ...seen.seen, evidence: { groupLastChanged: "20260102090000Z" } } };
    expect(decideSeen(found, group, none, later)).toEqual([]);
    expect(decideSeen(found, critical, { ...none, isRepeated: true }, later)).toEqual([]);
  });

  test("that was gone or removed counts as found anew", () => {
    const gone = fold(decideUnseen(found, now), found)!;
    expect(gone.status).toBe("gone");
    expect(fold(decideSeen(gone, seen, none, now), gone)).toMatchObject({ status: "unregistered" });
  });

  test("is escalated at the end of its claim time, not an instant before", () => {
    expect(decideOverdue(found, instant("2026-01-03T23:59:59.999Z"))).toEqual([]);
    expect(decideOverdue(found, instant("2026-01-04T00:00:00Z"))).toMatchObject([{ type: "bypassEscalated" }]);
  });

  test("is escalated at once where somebody asks, with their reason, and the second time is no news", () => {
    const asked = { by: "per_1", reason: "It belongs to a domain administrator." };
    const escalated = fold(decideEscalated(found, asked, now), found)!;
    expect(escalated).toMatchObject({ status: "escalated", at: now, asked });
    expect(isOpen(escalated)).toBe(true);
    expect(decideEscalated(escalated, asked, now)).toEqual([]);
  });
});

/** Every sequence of events that some decision on this bypass makes. */
function decisionsOn(known: Bypass | undefined): readonly (readonly BypassEvent[])[] {
  const facts = [none, covering("exc_1", true), covering("exc_2", true), covering("exc_1", false), { ...none, hasEnded: () => true }];
  const named = { ...seen, seen: { ...seen.seen, addedBy: "helga" } };
  const sightings = facts.flatMap((fact) => [seen, named, critical].map((one) => decideSeen(known, one, fact, now)));
  if (known === undefined) return sightings;
  const acts: readonly BypassEvent[] = [{ type: "bypassClaimed", data: { exception: "exc_1", by: "per_1" } }];
  const byPeople = isOpen(known) ? acts.map((act) => [act]) : [];
  const removed = decideRemoved(known, { by: "per_1", reason: "unused", at: now });
  return [removed, ...sightings, decideUnseen(known, now), decideOverdue(known, addDuration(now, duration("P4D"))), ...byPeople];
}

test("what decisions do with a bypass is the table of transitions, no more and no less", () => {
  const done = new Set<string>();
  const reached = new Map<string, Bypass | undefined>([["nothing", undefined]]);
  for (const [, known] of reached) {
    for (const events of decisionsOn(known)) {
      events.reduce((before, event) => {
        const after = evolve(before, event);
        done.add(`${before?.status ?? "nothing"} ${event.type} ${after.status}`);
        if (!reached.has(after.status)) reached.set(after.status, after);
        return after;
      }, known);
    }
  }
  expect([...done].sort()).toEqual(TRANSITIONS.map(({ from, event, to }) => `${from} ${event} ${to}`).sort());
});
