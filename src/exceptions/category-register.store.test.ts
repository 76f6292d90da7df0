import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { DEFAULT_CATEGORIES } from "./categories.ts";
import { type CategoryRegister, createCategoryRegister, evolvePolicy } from "./category-register.ts";
import { editCategory, policyView } from "./contract-policy.ts";
import type { CategoryPolicy } from "./policy.ts";

const START = instant("2026-03-02T09:00:00Z");
const GERDA = { kind: "person", id: "per_gerda" } as const;
const remote = DEFAULT_CATEGORIES.find(({ key }) => key === "remote_access")!;

test.each(DEFAULT_CATEGORIES.map((policy) => [policy.key, policy] as const))("%s can be read and sent back as it is", (_, policy) => {
  expect(policyView.parse(policy)).toEqual(policy);
  const { key: _key, ...body } = policy;
  expect(editCategory.body.safeParse({ ...body, implementerRoles: ["nobody_holds_this"] }).success).toBe(false);
});

test("lengths that no calendar holds are refused at the door", () => {
  const { key: _key, ...body } = remote;
  const faults = editCategory.body.safeParse({ ...body, maxTerm: "P99999999D", remindBefore: [{ daysBefore: 999_999, to: [] }] }).error;
  expect(faults?.issues.map(({ path }) => path.join("/"))).toEqual(["maxTerm", "remindBefore/0/daysBefore", "assertion"]);
});

describeOnBothDatabases("category policies", (open) => {
  let database: Database;
  let clock: ManualClock;
  let register: TestRegister;
  let categories: CategoryRegister;
  const edit = (more: Partial<CategoryPolicy>) =>
    categories.edit({ policy: { ...remote, ...more }, actor: GERDA, assertion: "sha256:signed", now: clock.now() });

  beforeAll(async () => {
    database = await open();
    clock = manualClock(START);
    register = await createRegister(database, clock);
    categories = createCategoryRegister(register.deps);
  });

  test("an edit holds from the next decision on, is kept in the journal, and comes after the version it read", async () => {
    await edit({ version: 2, headcountCeiling: 50 });
    expect(await categories.find("remote_access")).toMatchObject({ version: 2, headcountCeiling: 50 });
    await expect(edit({ version: 2 })).rejects.toMatchObject({ reasons: [{ code: "exceptions.changedMeanwhile" }] });
    await expect(edit({ version: 4 })).rejects.toMatchObject({ reasons: [{ code: "exceptions.changedMeanwhile" }] });
    const { faults, entries } = await replayAll(database, {
      policy: {
        table: "category_policy",
        evolve: (state, { type, data }) => evolvePolicy(state as never, { type, data } as never),
        columns: (state) => ({ key: (state as { policy: CategoryPolicy }).policy.key }),
      },
    });
    expect([faults, entries]).toEqual([[], 1]);
  });

  test("what no policy may relax is refused with every fault at once, and changes nothing", async () => {
    const before = await categories.find("remote_access");
    await expect(edit({ version: 3, ownerRolesForbidden: [], minCompensatingControls: 0 })).rejects.toMatchObject({
      reasons: [
        { code: "exceptions.policyUnsound", at: "/ownerRolesForbidden" },
        { code: "exceptions.policyUnsound", at: "/minCompensatingControls" },
      ],
    });
    expect(await categories.find("remote_access")).toEqual(before);
  });

  test("of two first edits at once one wins and the other reads again", async () => {
    const tries = await Promise.allSettled([1, 2].map(() => edit({ key: "kiosk", version: 1 })));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(tries.find((each) => each.status === "rejected")).toMatchObject({
      reason: { reasons: [{ code: "exceptions.changedMeanwhile" }] },
    });
    expect((await categories.list()).map(({ key }) => key)).toContain("kiosk");
  });

  test("what is due follows the edited policy, sooner or later, without any change of the exceptions", async () => {
    const id = await register.request("u-one");
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    const { version } = (await register.deps.store.find(id))!;
    const current = (await categories.find("remote_access"))!;
    const reviewed = addDuration(START, duration("P8D"));
    clock.set(addDuration(START, duration("P1D")));
    const shorter = { reviewEvery: duration("P8D"), reviewAnswerWithin: duration("P5D"), remindBefore: [] };
    await edit({ ...current, ...shorter, version: current.version + 1 });
    expect(await register.tick()).toBe(0);
    expect((await register.deps.store.find(id))!.version).toBe(version);
    clock.set(addDuration(START, duration("P3D")));
    expect(await register.tick()).toBe(1);
    expect((await register.deps.store.find(id))!.exception.dossier.reviews).toMatchObject([{ kind: "scheduled", dueAt: reviewed }]);
  });
});
