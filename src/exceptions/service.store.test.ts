import { beforeAll, describe, expect, test } from "vitest";

import { describeOnBothDatabases, describeOnPostgres } from "../../test/support/databases.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { entriesOfSubject } from "../journal/index.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { evolve } from "./evolve.ts";
import type { ExceptionState } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { overstayMinutes } from "./view.ts";
import type { ExceptionId } from "./version.ts";

const START = instant("2026-03-02T09:00:00Z");

const refusedAs = (code: string) => expect.objectContaining({ reasons: [expect.objectContaining({ code })] });

describeOnBothDatabases("the register", (open) => {
  let database: Database;
  let clock: ManualClock;
  let register: TestRegister;
  beforeAll(async () => {
    database = await open();
  });
  const begin = async () => {
    clock = manualClock(START);
    register = await createRegister(database, clock);
  };
  const stateOf = async (id: ExceptionId): Promise<ExceptionState> => (await register.deps.store.find(id))!.exception;
  const activate = async (subject: string) => {
    const id = await register.request(subject);
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    return id;
  };

  test("a joint approval applies it in the provider, and it is active only after it was read back", async () => {
    await begin();
    const id = await register.request("u-one");
    await register.vote(id, "per_iam");
    expect((await stateOf(id)).state).toBe("in_approval");
    await register.vote(id, "per_network");
    await register.tick();
    expect((await stateOf(id)).state).toBe("activating");
    expect(isInForce(await stateOf(id), clock.now())).toBe(false);
    await register.drain();
    const active = await stateOf(id);
    expect(active.state).toBe("active");
    expect(isInForce(active, clock.now())).toBe(true);
    expect([...register.provider.held]).toEqual([`${active.dossier.ref} u-one`]);
  });

  test("members of a group that is let through do not decide on it, whenever they joined it", async () => {
    await begin();
    register.provider.members.set("g-plant", ["u-none", "per_network"]);
    const id = await register.request("g-plant");
    await expect(register.vote(id, "per_network")).rejects.toEqual(refusedAs("exceptions.subjectMayNotApprove"));
    await register.vote(id, "per_iam");
    register.provider.members.set("g-plant", ["u-none", "per_iam"]);
    await register.vote(id, "per_network");
    const state = await stateOf(id);
    expect(state.state).toBe("in_approval");
    expect(state.dossier.versions[0]!.votes).toMatchObject([
      { person: "per_iam", discounted: { why: "It lets you through: somebody else decides." } },
      { person: "per_network", discounted: null },
    ]);
    register.provider.members.set("g-plant", ["u-none"]);
    await register.vote(id, "per_iam");
    expect((await stateOf(id)).state).toBe("approved");
  });

  test("while nobody can be asked who is in a group nobody decides on it, and the votes given stand", async () => {
    await begin();
    register.provider.members.set("g-yard", ["u-none"]);
    const id = await register.request("g-yard");
    await register.vote(id, "per_iam");
    register.provider.isUp = false;
    await expect(register.vote(id, "per_network")).rejects.toEqual(refusedAs("exceptions.providerUnreachable"));
    await expect(register.vote(id, "per_network", { decision: "reject" })).rejects.toEqual(refusedAs("exceptions.providerUnreachable"));
    register.provider.isUp = true;
    await register.vote(id, "per_network");
    expect((await stateOf(id)).state).toBe("approved");
    register.provider.isUp = false;
    await register.vote(id, "per_network", { decision: "reject" });
    expect((await stateOf(id)).state).toBe("rejected");
  });

  test("the requester and the help desk may not decide", async () => {
    await begin();
    const id = await register.request("u-two");
    await expect(register.vote(id, "per_requester")).rejects.toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: "exceptions.requesterMayNotApprove" })]),
    });
    await expect(register.vote(id, "per_helpdesk")).rejects.toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: "exceptions.helpDeskMayNotApprove" })]),
    });
  });

  test("with the provider away at the end it is not in force at once, overstays in minutes, and closes only when seen to be gone", async () => {
    await begin();
    const id = await activate("u-three");
    const end = addDuration(START, duration("P30D"));
    register.provider.isUp = false;
    clock.set(end);
    expect(isInForce(await stateOf(id), end)).toBe(false);
    // Reviews fall due before the end; what is asked here is only what the end does.
    await register.tick();
    await register.drain();
    const failed = await stateOf(id);
    expect(failed.state).toBe("revoke_failed");
    clock.set(addDuration(end, duration("PT90M")));
    const missed = overstayMinutes((await stateOf(id)).dossier.bindings, clock.now());
    expect(missed).toBeGreaterThanOrEqual(90);
    register.provider.isUp = true;
    await register.tick();
    await register.drain();
    const closed = await stateOf(id);
    expect(closed.state).toBe("closed");
    expect(register.provider.held.size).toBe(0);
    expect(overstayMinutes(closed.dossier.bindings, addDuration(end, duration("P5D")))).toBe(missed);
  });

  test("the journal replays to exactly the stored state", async () => {
    await begin();
    const id = await activate("u-four");
    clock.set(addDuration(START, duration("P40D")));
    await register.tick();
    await register.drain();
    const entries = await entriesOfSubject(database.db, id);
    expect(entries.length).toBeGreaterThan(8);
    const replayed = entries.reduce<ExceptionState | undefined>(
      (state, entry) => evolve(state, { type: entry.type, ...(entry.data as object) } as never),
      undefined,
    );
    expect(replayed).toEqual(await stateOf(id));
  });

  test("a tick finds nothing more to do once everything due is done", async () => {
    await begin();
    await activate("u-five");
    expect(await register.tick()).toBe(0);
  });

  const find = async (search: string) => {
    const { items } = await register.deps.store.list({ sort: "ref", descending: false, limit: 50, search });
    return items.map(({ exception }) => exception.dossier.versions[0]?.content.scope[0]?.subject.name);
  };

  describe("lists", () => {
    test("every exception is on exactly one page, whatever the order", async () => {
      await begin();
      for (const sort of ["ends", "opened", "ref"] as const) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await register.deps.store.list({
            sort,
            descending: sort === "ref",
            limit: 2,
            ...(cursor !== undefined && { cursor }),
          });
          seen.push(...page.items.map(({ exception }) => exception.dossier.id));
          cursor = page.next;
        } while (cursor !== undefined);
        const { items } = await register.deps.store.list({ sort: "ref", descending: false, limit: 200 });
        expect(seen.length).toBe(items.length);
        expect(new Set(seen).size).toBe(seen.length);
      }
    });

    test("search finds by the beginning of any word of title, reference and subject", async () => {
      await begin();
      expect(await find("thr")).toEqual(["u-three"]);
      expect(await find("VPN passkey four")).toEqual(["u-four"]);
      expect(await find("nothing-like-it")).toEqual([]);
      expect(await find("it's & | ! (:*")).toEqual([]);
    });
  });
});

describeOnPostgres("the register under many hands", (open) => {
  test("of 200 approvals at the same moment exactly one fills each seat, none is lost, and the journal replays to the state", async () => {
    const database = await open();
    const clock = manualClock(START);
    const voters = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`per_voter${i}`, i % 2 === 0 ? ["iam"] : ["network_security"]]),
    );
    const register = await createRegister(database, clock, voters);
    const id = await register.request("u-many");
    const outcomes = await Promise.allSettled(Object.keys(voters).map((person) => register.vote(id, person)));
    const counted = outcomes.filter((outcome) => outcome.status === "fulfilled").length;
    const { exception } = (await register.deps.store.find(id))!;
    const votes = exception.dossier.versions[0]!.votes;
    expect(counted).toBe(2);
    expect(votes.map((vote) => vote.seat).sort()).toEqual(["iam", "network_security"]);
    expect(exception.dossier.grants).toHaveLength(1);
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as { name: string }] : []));
    expect(new Set(refused.map((reason) => reason.name))).toEqual(new Set(["Refused"]));
    const entries = await entriesOfSubject(database.db, id);
    expect(entries.filter((entry) => entry.type === "VoteCast")).toHaveLength(2);
    const replayed = entries.reduce<ExceptionState | undefined>(
      (state, entry) => evolve(state, { type: entry.type, ...(entry.data as object) } as never),
      undefined,
    );
    expect(replayed).toEqual(exception);
  });
});
