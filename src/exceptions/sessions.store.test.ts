import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { readBack } from "./converge.ts";
import { perform } from "./service.ts";
import type { ExceptionId } from "./version.ts";

const START = instant("2026-03-02T09:00:00Z");

describeOnBothDatabases("sessions got through an exception", (open) => {
  const start = async () => {
    const clock = manualClock(START);
    const register = await createRegister(await open(), clock);
    const { provider, deps } = register;
    const later = (length: string) => clock.set(addDuration(clock.now(), duration(length)));
    return {
      provider,
      later,
      now: () => clock.now(),
      drain: () => register.drain(),
      tick: () => register.tick(),
      readBack: (id: ExceptionId) => readBack(deps, id),
      ended: () => provider.calls.filter((call) => call === "endSessions").length,
      binding: async (id: ExceptionId) => (await deps.store.find(id))!.exception.dossier.bindings[0]!,
      async activate(subject: string, days = 30, twins: readonly ExceptionId[] = []) {
        const id = await register.request(subject, days, twins);
        await register.vote(id, "per_iam");
        await register.vote(id, "per_network");
        await register.tick();
        await register.drain();
        return id;
      },
      suspend: (id: ExceptionId) =>
        perform(deps, id, {
          command: { type: "suspend", why: "a test", dueAt: null },
          actor: { kind: "system", id: "signals" },
          now: clock.now(),
        }),
    };
  };

  test("are ended once it was seen to be gone, and once only: what may live on then is told as it was, however often it is read", async () => {
    const it = await start();
    const id = await it.activate("u-once");
    await it.readBack(id);
    expect(it.ended()).toBe(0);
    it.later("PT5M");
    await it.suspend(id);
    await it.drain();
    const until = addDuration(it.now(), duration("PT10H"));
    expect(await it.binding(id)).toMatchObject({ observed: "absent", residualUntil: until });
    for (let n = 0; n < 3; n++) {
      it.later("PT15M");
      await it.readBack(id);
    }
    expect(it.ended()).toBe(1);
    expect(await it.binding(id)).toMatchObject({ observed: "absent", residualUntil: until });
  });

  test("are ended again when somebody puts it back and it is taken away again", async () => {
    const it = await start();
    const id = await it.activate("u-back");
    it.later("PT5M");
    await it.suspend(id);
    await it.drain();
    it.later("PT15M");
    it.provider.held.add(`${(await it.binding(id)).grantRef} u-back`);
    await it.readBack(id);
    expect(it.ended()).toBe(1);
    await it.drain();
    expect(await it.binding(id)).toMatchObject({ observed: "absent", residualUntil: addDuration(it.now(), duration("PT10H")) });
    expect(it.ended()).toBe(2);
  });

  test("are left alone while another exception in force lets the same subject through; they end with the last one", async () => {
    const it = await start();
    const short = await it.activate("u-two", 10);
    const long = await it.activate("u-two", 20, [short]);
    it.later("PT5M");
    await it.suspend(short);
    await it.drain();
    expect(await it.binding(short)).toMatchObject({ observed: "absent" });
    expect(it.ended()).toBe(0);
    it.later("PT5M");
    await it.suspend(long);
    await it.drain();
    expect(it.ended()).toBe(1);
    expect(await it.binding(long)).toMatchObject({ observed: "absent", residualUntil: addDuration(it.now(), duration("PT10H")) });
  });

  test("are left alone while the exception of a group the subject is in lets it through", async () => {
    const it = await start();
    it.provider.members.set("g-all", ["u-member"]);
    const { grantRef } = await it.binding(await it.activate("g-all"));
    const id = await it.activate("u-member");
    const before = { ...it.provider };
    it.provider.read = async (order) => ({
      ...(await before.read(order)),
      ...(order.subject.key === "u-member" && { effective: true, otherWays: [{ key: "g", words: "in a group", grantRef }] }),
    });
    it.later("PT5M");
    await it.suspend(id);
    await it.drain();
    expect(await it.binding(id)).toMatchObject({ observed: "absent" });
    expect(it.ended()).toBe(0);
  });

  test("are ended though a way that nobody answers for still lets the subject through", async () => {
    const it = await start();
    const id = await it.activate("u-hand");
    it.provider.held.add("hand u-hand");
    it.later("PT5M");
    await it.suspend(id);
    await it.drain();
    expect(await it.binding(id)).toMatchObject({ observed: "absent", otherWays: [{ key: "hand u-hand" }] });
    expect(it.ended()).toBe(1);
  });
});
