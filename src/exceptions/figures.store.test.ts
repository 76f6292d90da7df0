import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { contentFor, createRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { registerBoard } from "./board-service.ts";
import { createCategoryRegister } from "./category-register.ts";
import { registerFigures } from "./figures-service.ts";
import { createRepeatStore } from "./repeat-store.ts";
import { perform } from "./service.ts";

const START = instant("2026-03-02T09:00:00Z");

describeOnBothDatabases("the figures of the register", (open) => {
  test("are counted over all of it, in however many batches, and say null where nobody knows", async () => {
    const database = await open();
    const clock = manualClock(START);
    const register = await createRegister(database, clock);
    const { deps } = register;
    const draft = async (subject: string) =>
      perform(deps, undefined, {
        command: {
          type: "openDraft",
          id: deps.ids.next("exception"),
          ref: await deps.store.nextRef(clock.now()),
          category: "remote_access",
          unit: "plant",
          content: contentFor(clock, subject, 30),
        },
        actor: { kind: "person", id: "per_requester" },
        now: clock.now(),
      });
    const figures = () =>
      registerFigures(
        {
          store: deps.store,
          register: createCategoryRegister(deps),
          repeatStore: createRepeatStore(database.db),
          countBypasses: async () => ({ unregistered: 2, escalated: 1, gone: 7 }),
        },
        clock.now(),
        7,
      );
    expect(await figures()).toMatchObject({ repeatRate: null, peopleExposed: { count: 0, share: null }, unregisteredBypasses: 3 });

    const id = await register.request("u-live");
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    for (let n = 0; n < 20; n++) await draft(`u-${n}`);
    clock.set(addDuration(START, duration("P1D")));
    await draft("u-live");
    clock.set(addDuration(START, duration("P3D")));
    expect(await figures()).toMatchObject({
      openByCategory: { remote_access: 22 },
      newLast30Days: 22,
      trueAgeDays: { median: 3, p90: 3 },
      repeatRate: 1 / 22,
      peopleExposed: { count: 1, share: null, exceptionsNotCounted: 0 },
      shareWithTestedControl: 1,
      unused30Days: { share: null, unknown: 1 },
      revokeShare: null,
      shareOfBusiestApprover: 0.5,
    });
    // Asked for again after more than a year is no repeat.
    clock.set(addDuration(START, duration("P370D")));
    await draft("u-0");
    expect((await figures()).repeatRate).toBe(1 / 23);
  });

  test("come with the board's: who carries what, in which months, and nothing known of the months before", async () => {
    const database = await open();
    const clock = manualClock(START);
    const register = await createRegister(database, clock);
    const deps = {
      store: register.deps.store,
      register: createCategoryRegister(register.deps),
      repeatStore: createRepeatStore(database.db),
      countBypasses: async () => ({}),
      nameOf: async (id: string) => `name of ${id}`,
      acceptedRisks: async () => [{ from: START, to: addDuration(START, duration("P40D")) }],
    };
    expect(await registerBoard(deps, START)).toMatchObject({ recordedSince: null, owners: [], overstays: [], notReadBack: 0 });
    const id = await register.request("u-board");
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    clock.set(addDuration(START, duration("P5D")));
    const board = await registerBoard(deps, clock.now());
    expect(board.recordedSince).toBe(START);
    const carried = { exceptions: 1, oldestDays: 5, byAge: { under90: 1, under180: 0, under365: 0, older: 0 } };
    expect(board.owners).toMatchObject([{ ownerName: expect.stringMatching(/^name of per_/), ...carried }]);
    expect(board.otherOwners).toEqual({ owners: 0, exceptions: 0 });
    expect(board.months).toHaveLength(13);
    expect(board.months.slice(0, 12).every(({ figures }) => figures === null)).toBe(true);
    expect(board.months[12]).toMatchObject({ month: "2026-03", isWhole: false, figures: { granted: 1, asked: 1, risksAccepted: 1 } });
    expect(board.months[12]!.figures!.minutesToRevoke).toBeNull();
  });
});
