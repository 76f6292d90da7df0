import { describe, expect, test } from "vitest";

import { createMemoryProvider, type MemoryProvider } from "../../test/support/memory-provider.ts";
import { evolveBypass } from "../bypasses/index.ts";
import { type BypassForm, type BypassSubject, ProviderFault } from "../connectors/port.ts";
import type { Id } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import type { Cover } from "./inventory.ts";
import { createDiscoveryService, type DiscoveryWorld, type ReadConnection } from "./service.ts";

const NOW = instant("2026-11-21T12:00:00Z");
const BEFORE = instant("2026-11-21T11:45:00Z");
const READ: ReadConnection = { id: "con_1", key: "corp", name: "Corporate", kind: "memory", readAt: NOW, brokeOffAt: undefined };

/** What a connection was seen to hold: a bypass for each subject, that nobody answers for. */
function holding(subjects: readonly BypassSubject[], form: BypassForm) {
  return subjects.map((subject, n) =>
    evolveBypass(undefined, {
      type: "bypassFound",
      data: {
        id: `byp_${n}` as Id<"bypass">,
        connection: "con_1" as Id<"connection">,
        seen: { key: String(n), form, subject, object: "exempt", critical: false, evidence: {} },
        firstSeenAt: NOW,
        at: NOW,
      },
    }),
  );
}

interface Given {
  readonly provider?: MemoryProvider;
  readonly connection?: () => ReadConnection;
  readonly persons?: Readonly<Record<string, string>>;
  readonly covers?: Readonly<Record<string, Cover>>;
  readonly disabled?: readonly string[];
  readonly form?: BypassForm;
}

function worldOf(subjects: readonly BypassSubject[], given: Given): DiscoveryWorld {
  const {
    provider = createMemoryProvider(() => NOW),
    connection = () => READ,
    persons = {},
    disabled = [],
    form = "ungoverned_exemption",
    covers = {},
  } = given;
  const holders = Object.entries(persons).map(([key, person]) => [key, { person, enabled: !disabled.includes(key) }] as const);
  return {
    connections: () => Promise.resolve([connection()]),
    standing: () => Promise.resolve(holding(subjects, form)),
    connector: () => Promise.resolve(provider),
    personsOf: () => Promise.resolve(new Map(holders)),
    answersFor: () => Promise.resolve(new Map()),
    coversOf: () => Promise.resolve(new Map(Object.entries(covers))),
  };
}

async function inventoryOf(subjects: readonly BypassSubject[], given: Given = {}) {
  const inventory = await createDiscoveryService(worldOf(subjects, given)).inventory(undefined, NOW);
  return { ...inventory, unknown: inventory.unknown.map(({ words }) => words).filter((words) => !words.startsWith("Since when")) };
}

const subject = (kind: BypassSubject["kind"], key: string): BypassSubject => ({ kind, key, name: key });
const groups = (count: number) => Array.from({ length: count }, (_, n) => subject("group", `g${n}`));

const unknownOf = async (connection: ReadConnection) => (await inventoryOf([], { connection: () => connection })).unknown;

const denied = (count: number) => `Who is in ${count} of its groups. The provider did not let Postern read this.`;

describe("the inventory of a connection", () => {
  test("counts the members of groups, and a person with two accounts once", async () => {
    const provider = createMemoryProvider(() => NOW);
    provider.members.set("g0", ["amara", "ben", "ci"]);
    const persons = { amara: "per_1", "amara-admin": "per_1" };
    const subjects = [...groups(1), subject("user", "amara"), subject("user", "amara-admin"), subject("service", "ci")];
    expect(await inventoryOf(subjects, { provider, persons })).toMatchObject({ people: 2, machines: 1, atLeast: false, unknown: [] });
  });

  test("says of each bypass which exception covers it now; the others stay open", async () => {
    const covers = { byp_0: { exception: "EXC-2026-0007", until: instant("2026-12-01T00:00:00Z") } };
    const found = await inventoryOf([subject("user", "amara"), subject("user", "ben")], { covers });
    expect(found).toMatchObject({ checked: true, bypasses: 2, open: 1, doors: [{ covered: 1, exceptions: ["EXC-2026-0007"] }] });
  });

  test("leaves out accounts that were disabled, alone and in groups, and says how sure that is", async () => {
    const provider = createMemoryProvider(() => NOW);
    provider.members.set("g0", ["amara", "ben"]);
    const persons = { amara: "per_1", ben: "per_2", chen: "per_3" };
    const found = await inventoryOf([...groups(1), subject("user", "chen")], { provider, persons, disabled: ["ben", "chen"] });
    expect(found).toMatchObject({ people: 1, bypasses: 2 });
    expect(found.unknown[0]).toBe(
      "Whether 2 accounts that were disabled when people were last brought in still are: they are not counted.",
    );
  });

  test("counts nobody behind names that lead nowhere, nor asks for them; a condition asked of everyone stays uncounted", async () => {
    const provider = createMemoryProvider(() => NOW);
    const given = { provider, form: "dangling_condition" } as const;
    const nobody = await inventoryOf([subject("user", "left"), subject("user", "left too"), ...groups(1)], given);
    expect(nobody).toMatchObject({ people: 0, machines: 0, atLeast: false, bypasses: 3, unknown: [] });
    expect(provider.calls).toEqual([]);
    expect(await inventoryOf([subject("everyone", "*")], given)).toMatchObject({ people: 0, atLeast: true });
  });

  test("says of roles, applications and everyone that it cannot count them", async () => {
    const subjects = [subject("everyone", "*"), subject("role", "r"), subject("application", "a")];
    expect(await inventoryOf(subjects)).toMatchObject({
      people: 0,
      atLeast: true,
      unknown: ["How many are behind 3 bypasses: what was read does not tell."],
    });
  });

  test("of a provider that does not answer says that groups are unknown, in plain words, and shows the rest", async () => {
    const provider = createMemoryProvider(() => NOW);
    provider.isUp = false;
    const found = await inventoryOf([...groups(2), subject("user", "amara")], { provider });
    expect(found).toMatchObject({ people: 1, atLeast: true });
    expect(found.unknown[0]).toBe("Who is in 2 of its groups. The provider could not be reached.");
    expect(found.unknown.join()).not.toContain("refused");
  });

  test("asks for no more groups than a page can wait for, and says of how many it did not ask", async () => {
    const found = await inventoryOf(groups(52));
    expect(found.unknown[0]).toBe("Who is in 2 of its groups: only 50 are asked for at once. Look again for more.");
    expect(found.doors[0]).toMatchObject({ uncounted: 2, bypasses: 52 });
  });

  test("asks who is in a group once after each reading, and goes on where it left off", async () => {
    const provider = createMemoryProvider(() => NOW);
    let readAt = NOW;
    const service = createDiscoveryService(worldOf(groups(52), { provider, connection: () => ({ ...READ, readAt }) }));
    const asked = async () => {
      const before = provider.calls.length;
      await service.inventory(undefined, NOW);
      return provider.calls.length - before;
    };
    expect([await asked(), await asked(), await asked()]).toEqual([50, 2, 0]);
    readAt = instant("2026-11-21T12:15:00Z");
    expect(await asked()).toBe(50);
  });

  test("of a group it may not read says so, and counts the others; what it was not let is not asked again at once", async () => {
    const provider = createMemoryProvider(() => NOW);
    const whole = createMemoryProvider(() => NOW);
    const asked: string[] = [];
    let hidden: readonly string[] = ["g0", "g51"];
    provider.accountsBehind = async (group) => {
      asked.push(group.key);
      if (hidden.includes(group.key)) throw new ProviderFault("denied", "403 for cn=g0");
      return whole.accountsBehind(group);
    };
    let now = NOW;
    const service = createDiscoveryService(worldOf(groups(52), { provider, connection: () => ({ ...READ, readAt: undefined }) }));
    const look = async () => {
      const { people, unknown } = await service.inventory(undefined, now);
      return {
        people,
        groups: unknown.map(({ words }) => words).filter((words) => words.startsWith("Who")),
        asked: asked.splice(0).length,
      };
    };
    const later = "Who is in 2 of its groups: only 50 are asked for at once. Look again for more.";
    expect(await look()).toEqual({ people: 49, groups: [denied(1), later], asked: 50 });
    expect(await look()).toEqual({ people: 50, groups: [denied(2)], asked: 2 });
    expect(await look()).toEqual({ people: 50, groups: [denied(2)], asked: 0 });
    // Also where no reading comes to its end, it is asked again after a while.
    hidden = [];
    now = instant("2026-11-21T12:15:00Z");
    await look();
    expect(await look()).toEqual({ people: 52, groups: [], asked: 2 });
  });

  test("says where the last reading broke off, is old, or never was", async () => {
    expect(await unknownOf(READ)).toEqual([]);
    expect(await unknownOf({ ...READ, readAt: BEFORE, brokeOffAt: NOW })).toEqual([
      `What changed since ${BEFORE}, when it was last read in full. The last reading, at ${NOW}, broke off.`,
    ]);
    expect(await unknownOf({ ...READ, readAt: undefined, brokeOffAt: NOW })).toEqual([
      `Most of it: it was never read in full. The last reading, at ${NOW}, broke off.`,
    ]);
    const readAt = instant("2026-11-21T10:59:59Z");
    expect(await unknownOf({ ...READ, readAt })).toEqual([`What changed since ${readAt}, when it was last read in full.`]);
    expect(await unknownOf({ ...READ, readAt: undefined })).toEqual(["All of it: it was never read."]);
  });
});
