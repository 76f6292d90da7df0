import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister } from "../../test/support/register.ts";
import { addDuration, duration, type Instant, instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { DEFAULT_CATEGORIES } from "./categories.ts";
import { createCategoryRegister } from "./category-register.ts";
import { previewPolicy } from "./policy-preview-service.ts";

const START = instant("2026-03-02T09:00:00Z");
const GERDA = { kind: "person", id: "per_gerda" } as const;
const remote = DEFAULT_CATEGORIES.find(({ key }) => key === "remote_access")!;

describeOnBothDatabases("a policy tried before it is changed", (open) => {
  test("it tells whom it would touch and how, counts the rest, and changes nothing", async () => {
    const clock = manualClock(START);
    const register = await createRegister(await open(), clock);
    const categories = createCategoryRegister(register.deps);
    for (const user of ["u-one", "u-two"]) {
      const id = await register.request(user);
      await register.vote(id, "per_iam");
      await register.vote(id, "per_network");
    }
    const waiting = await register.request("u-three");
    await register.tick();
    await register.drain();
    const deps = { store: register.deps.store, categories };
    const preview = (more: object) => previewPolicy(deps, { ...remote, version: 2, ...more }, clock.now());

    expect(await preview({})).toMatchObject({ faults: [], live: 3, counts: { endEarlier: 0, otherApprovers: 0, unmet: 0 }, items: [] });

    const sooner = await preview({ reviewEvery: duration("P10D") });
    expect(sooner.counts).toMatchObject({ endEarlier: 2, otherApprovers: 0 });
    expect(sooner.items.map(({ silentEnd }) => silentEnd?.after)).toEqual(Array(2).fill(addDuration(START, duration("P10D"))));

    const [stage] = remote.approvalPlan.stages;
    const other = await preview({ approvalPlan: { stages: [{ ...stage, roles: ["iam", "endpoint"] }] }, minCompensatingControls: 0 });
    expect(other.counts.otherApprovers).toBe(3);
    expect(other.items.find(({ id }) => id === waiting)?.approvers).toEqual({ added: ["endpoint"], removed: ["network_security"] });
    expect(other.faults).toMatchObject([{ code: "exceptions.policyUnsound", at: "/minCompensatingControls" }]);

    expect(await categories.find("remote_access")).toEqual(remote);
    expect(await preview({ key: "unheard_of" })).toMatchObject({ live: 0, items: [] });
  });

  test("every version there was can be read, with who made it and when; the shipped one stays the first", async () => {
    const register = await createRegister(await open(), manualClock(START));
    const categories = createCategoryRegister(register.deps);
    const edit = (version: number, headcountCeiling: number, now: Instant) =>
      categories.edit({ policy: { ...remote, version, headcountCeiling }, actor: GERDA, assertion: "sha256:signed", now });
    await edit(2, 50, START);
    await edit(3, 40, addDuration(START, duration("P1D")));
    const versions = await categories.versions("remote_access");
    expect(versions.map(({ by, policy }) => [by, policy.version, policy.headcountCeiling])).toEqual([
      ["per_gerda", 3, 40],
      ["per_gerda", 2, 50],
      [null, 1, 100],
    ]);
    expect(versions.map(({ at }) => at)).toEqual([addDuration(START, duration("P1D")), START, null]);
  });
});
