import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { listRegister } from "./register.ts";
import { REGISTER_SORT_KEYS, type RegisterSort } from "./register-sorts.ts";
import { filterOf } from "./register-filter.ts";
import { perform } from "./service.ts";
import type { ExceptionId } from "./version.ts";

const START = instant("2026-03-02T09:00:00Z");

describeOnBothDatabases("the register, sorted by each of its columns", (open) => {
  let database: Database;
  let clock: ManualClock;
  let register: TestRegister;
  const ids: ExceptionId[] = [];

  const revoke = (id: ExceptionId) =>
    perform(register.deps, id, {
      command: { type: "revokeNow", reason: "enough" },
      actor: { kind: "person", id: "per_iam" },
      now: clock.now(),
    });
  const page = (sort: RegisterSort, limit: number, cursor?: string) =>
    listRegister(register.deps, { ...filterOf({ sort }, []), limit, ...(cursor !== undefined && { cursor }) }, clock.now());
  const walk = async (sort: RegisterSort, between: (turn: number) => Promise<unknown> = async () => undefined) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let turn = 0; turn < 20; turn++) {
      const { items, next } = await page(sort, 2, cursor);
      seen.push(...items.map(({ id }) => id));
      if (next === undefined) return seen;
      cursor = next;
      await between(turn);
    }
    throw new Error("it never ends");
  };

  beforeAll(async () => {
    database = await open();
    clock = manualClock(START);
    register = await createRegister(database, clock);
    for (let i = 0; i < 5; i++) {
      clock.set(addDuration(START, duration(`PT${i}H`)));
      const id = await register.request(`u-${i}`, 30 + ((i * 3) % 7));
      if (i % 3 === 2) continue;
      await register.vote(id, "per_iam");
      await register.vote(id, "per_network");
      await register.tick();
      await register.drain();
    }
    // A second request for the same stays a draft until its twin was looked at.
    for (let i = 0; i < 2; i++) {
      clock.set(addDuration(START, duration(`PT${5 + i}H`)));
      await expect(register.request(`u-${i}`)).rejects.toThrow("exceptions.twinsNotSeen");
    }
    for (const { exception } of await register.deps.store.inIdOrder("", 50)) ids.push(exception.dossier.id);
  });

  test.each(REGISTER_SORT_KEYS)("%s: every exception once, page by page, and turned round the other way round", async (key) => {
    const up = await walk(key);
    expect(up.toSorted()).toEqual(ids.toSorted());
    expect(await walk(`-${key}`)).toEqual(up.toReversed());
  });

  test("repeats counts earlier requests for the same, headcount the people counted, age begins with the first grant", async () => {
    const { items } = await page("opened", 50);
    expect(items.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0, 0, 1, 1]);
    expect(items.map(({ headcount }) => headcount)).toEqual([1, 1, 1, 1, 1, null, null]);
    expect((await page("-repeats", 2)).items.map(({ id }) => id)).toEqual([ids[6], ids[5]]);
    clock.set(addDuration(START, duration("P20D")));
    const ages = (await page("-age", 50)).items.map(({ trueAgeDays, firstGrantedAt }) => (firstGrantedAt === null ? -1 : trueAgeDays));
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
    clock.set(addDuration(START, duration("PT7H")));
  });

  test("what changes between two pages makes nothing come twice and nothing be missed, in an order that it leaves as it is", async () => {
    const changing = [ids[0]!, ids[1]!, ids[3]!];
    for (const sort of ["ref", "-title", "opened"] as const) {
      const revoked = changing.pop()!;
      const seen = await walk(sort, async (turn) => {
        if (turn === 0) await revoke(revoked);
        if (turn === 1) await register.request(`u-late-${changing.length}`);
      });
      const known = seen.filter((id) => ids.includes(id as ExceptionId));
      expect(known.toSorted(), sort).toEqual(ids.toSorted());
      expect(new Set(seen).size).toBe(seen.length);
    }
  });
});
