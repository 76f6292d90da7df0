import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { contentFor, createRegister, type TestRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import { createCategoryRegister } from "./category-register.ts";
import { createRepeatStore } from "./repeat-store.ts";
import { listRepeats, type RepeatsDependencies, type RepeatsQuery } from "./repeats-service.ts";
import type { RepeatLevel } from "./repeats.ts";
import { perform } from "./service.ts";
import type { ExceptionId } from "./version.ts";

const REQUESTER = { kind: "person", id: "per_requester" } as const;
const START = instant("2026-03-02T09:00:00Z");

describeOnBothDatabases("needs that keep coming back", (open) => {
  let clock: ManualClock;
  let register: TestRegister;
  let deps: RepeatsDependencies;
  const list = async (level: RepeatLevel, more: Partial<RepeatsQuery> = {}) =>
    listRepeats(deps, { level, limit: 50, ...more }, clock.now());
  const ask = async (subject: string, times: number, content = contentFor(clock, subject, 30)) => {
    let id: ExceptionId | undefined;
    for (let n = 0; n < times; n++) {
      id = register.deps.ids.next("exception");
      await perform(register.deps, undefined, {
        command: {
          type: "openDraft",
          id,
          ref: await register.deps.store.nextRef(clock.now()),
          category: "remote_access",
          unit: "plant",
          content,
        },
        actor: REQUESTER,
        now: clock.now(),
      });
    }
    return id!;
  };

  beforeAll(async () => {
    const database = await open();
    clock = manualClock(START);
    register = await createRegister(database, clock);
    deps = {
      ...register.deps,
      repeatStore: createRepeatStore(database.db),
      openIssueAbout: async ({ id }) => (id === "vpn" ? "iss_1" : undefined),
    };
    for (const [subject, times] of Object.entries({ "u-one": 1, "u-two": 2, "u-three": 3 })) await ask(subject, times);
  });

  test("are listed the most frequent first, what was asked for once not at all", async () => {
    const { items } = await list("same");
    expect(items.map(({ count, limitReached, members }) => [count, limitReached, members.length])).toEqual([
      [3, true, 3],
      [2, false, 2],
    ]);
    expect(items[0]).toMatchObject({ limit: 3, about: { kind: "policy", id: "vpn" }, designIssue: "iss_1", refused: null });
    expect((await list("subject")).items.map(({ count, about }) => [count, about])).toEqual([
      [3, null],
      [2, null],
    ]);
    expect((await list("resource")).items.map(({ count }) => count)).toEqual([6]);
  });

  test("are each on one page", async () => {
    const first = await list("same", { limit: 1 });
    const second = await list("same", { limit: 1, cursor: first.next });
    expect([...first.items, ...second.items].map(({ count }) => count)).toEqual([3, 2]);
    expect(second.next).toBeUndefined();
  });

  test("are listed in parts when those together amount to what was refused", async () => {
    register.provider.members.set("g-all", ["u-one", "u-two"]);
    // At its own limit the second part would be refused without a design issue.
    const policy = (await register.deps.categories("remote_access"))!;
    const wider = { ...policy, version: 2, repeatLimits: { ...policy.repeatLimits, split: 3 } };
    await createCategoryRegister(register.deps).edit({ policy: wider, actor: REQUESTER, assertion: "sha256:signed", now: clock.now() });
    const put = async (subject: string, resource: string) => {
      register.provider.add({ kind: "user", key: subject, name: subject });
      const content = contentFor(clock, subject, 30);
      const scope = content.scope.map((item) => ({ ...item, ceiling: 2, resource: { kind: "action", id: resource } as const }));
      const id = await ask(subject, 1, { ...content, scope });
      await perform(register.deps, id, { command: { type: "submit", seenTwins: [] }, actor: REQUESTER, now: clock.now() });
      return id;
    };
    const refused = await put("g-all", "Export");
    await register.vote(refused, "per_iam", { decision: "reject" });
    await put("u-left", "export");
    expect((await list("split")).items).toEqual([]);
    await put("u-right", "export");
    expect((await list("split")).items).toMatchObject([
      { count: 2, limit: 3, limitReached: false, about: { kind: "action", id: "export" }, refused: { id: refused }, members: [{}, {}] },
    ]);
  });

  test("are forgotten after 365 days", async () => {
    clock.set(addDuration(START, duration("P366D")));
    for (const level of ["same", "resource", "subject", "split"] as const) expect((await list(level)).items).toEqual([]);
    clock.set(START);
  });
});
