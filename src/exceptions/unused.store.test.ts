import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { addDuration, duration, type Instant, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import { perform } from "./service.ts";
import { wakeUnused } from "./unused-service.ts";
import type { Use } from "./use.ts";
import type { ExceptionId } from "./version.ts";

const START = instant("2026-03-02T09:00:00Z");
const day = (n: number): Instant => addDuration(START, duration(`P${n}D`));

describeOnBothDatabases("an exception whose use is watched", (open) => {
  let clock: ManualClock;
  let register: TestRegister;
  let uses: ReadonlyMap<string, Use>;

  const activate = async (subject: string) => {
    const id = await register.request(subject, 80);
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    return id;
  };
  const stateOf = async (id: ExceptionId) => (await register.deps.store.find(id))!.exception;
  const wake = () => wakeUnused({ ...register.deps, world: { ...register.deps.world, usesOf: async () => uses } }, clock.now());

  beforeAll(async () => {
    clock = manualClock(START);
    register = await createRegister(await open(), clock);
  });

  test("is proposed to be revoked after thirty days without a use, once, and never where nobody watches", async () => {
    const [idle, used, unwatched] = [await activate("u-idle"), await activate("u-used"), await activate("u-unwatched")];
    uses = new Map([
      [idle, { times: 0, lastAt: null, isWatched: true }],
      [used, { times: 3, lastAt: day(29), isWatched: true }],
      [unwatched, { times: 0, lastAt: null, isWatched: false }],
    ]);
    clock.set(day(29));
    expect(await wake()).toBe(0);
    clock.set(addDuration(day(30), duration("PT1M")));
    expect(await wake()).toBe(1);
    expect(await wake()).toBe(0);
    const { dossier } = await stateOf(idle);
    expect(dossier.triggers).toMatchObject([{ kind: "unused", source: "decisions" }]);
    expect(dossier.reviews.filter(({ proposal }) => proposal === "revoke")).toHaveLength(1);
    expect((await stateOf(used)).dossier.triggers).toEqual([]);
    expect((await stateOf(unwatched)).dossier.triggers).toEqual([]);
  });

  test("is suspended with an incident when somebody reports a use outside of what it covers, once for all reports of a day", async () => {
    const id = await activate("u-outside");
    const report = (words: string) => {
      const trigger = {
        kind: "used_outside_scope",
        source: "report",
        dedupeKey: "used_outside_scope 2026-04-01",
        words,
        until: null,
      } as const;
      const actor = { kind: "person", id: "per_iam" } as const;
      return perform(register.deps, id, { command: { type: "applyTrigger", trigger, dueAt: null }, actor, now: clock.now() });
    };
    await report("The gateway let somebody in from outside of the plant.");
    const { version } = await report("The gateway let somebody in, told by another.");
    await register.drain();
    const state = await stateOf(id);
    expect(state.state).toBe("suspended");
    expect(state.dossier.escalations.filter(({ cause }) => cause === "incident")).toHaveLength(1);
    expect(version).toBeLessThanOrEqual((await register.deps.store.find(id))!.version);
    expect(state.dossier.triggers).toHaveLength(1);
  });
});
