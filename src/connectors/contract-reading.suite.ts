import { expect } from "vitest";

import { collect, type Kit, type Planted } from "./contract-harness.suite.ts";
import type { Bypass } from "./port.ts";

/** What can be known of a provider without changing it. */
export function testReading(kit: Kit): void {
  const { found, it, policies } = kit;

  it("finds exactly the bypasses that exist, over more than one page", async (harness) => {
    const seen = await found();
    expect(seen.map(plantedOf).sort()).toEqual(harness.planted.map(textOfPlanted).sort());
    expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length);
  });

  it("gives the same bypass the same key at every reading and after a restart", async (harness) => {
    const before = (await found()).map(({ key }) => key).sort();
    const again = harness.reopen();
    const after = (await found(again)).map(({ key }) => key).sort();
    await again.close();
    expect(after).toEqual(before);
  });

  it("goes on from any place it told of, after a restart, and begins anew from one that says nothing", async (harness) => {
    const all = (await found()).map(({ key }) => key).sort();
    const { resumesDiscovery } = await harness.connector.capabilities();
    /** Each place, with what was given before it. */
    const places: { readonly from: string; readonly before: readonly string[] }[] = [];
    const given: string[] = [];
    const reached = async (from: string) => void places.push({ from, before: [...given] });
    for await (const { key } of harness.connector.discover({ from: undefined, reached })) given.push(key);
    expect(places.length > 0).toBe(resumesDiscovery);
    const again = harness.reopen();
    for (const { from, before } of [...places, { from: "nowhere", before: [] }]) {
      const rest = await collect(again.discover({ from, reached: async () => undefined }));
      expect([...new Set([...before, ...rest.map(({ key }) => key)])].sort()).toEqual(all);
    }
    await again.close();
  });

  it("may be abandoned at any item, and read twice at the same time", async (harness) => {
    for await (const bypass of harness.connector.discover()) {
      expect(bypass.key).not.toBe("");
      break;
    }
    const [one, two] = await Promise.all([found(), found()]);
    expect(one.map(({ key }) => key).sort()).toEqual(two.map(({ key }) => key).sort());
  });

  it("lists every person once, over more than one page, and finds each by a name", async (harness) => {
    const keys = (await collect(harness.connector.people())).map(({ subject }) => subject.key);
    const expected = [...(await harness.people())].sort();
    expect(keys.sort()).toEqual(expected);
    const person = await harness.freshPerson();
    expect(await harness.connector.findSubject(person.name)).toEqual(person);
    expect(await harness.connector.accountsBehind(person)).toEqual([person.key]);
    expect(await harness.connector.findSubject("nobody*)(uid=*")).toBeUndefined();
  });

  it("names everybody a group stands for, each once", async (harness, beyond) => {
    const { group } = harness;
    if (group === undefined) return beyond("the provider has no groups");
    const subject = await harness.connector.findSubject(group.name);
    expect(subject?.kind).toBe("group");
    const keys = await harness.connector.accountsBehind(subject!);
    expect([keys.length, new Set(keys).size]).toEqual([group.people, group.people]);
    const people = await harness.people();
    expect(people).toEqual(expect.arrayContaining([...keys]));
  });

  it("refuses at request time, with a reason, what it could not take away again", async (harness) => {
    expect(harness.refused.length).toBeGreaterThan(0);
    for (const { policy, name: refusedName, words } of harness.refused) {
      const subject = await harness.connector.findSubject(refusedName);
      expect(subject, refusedName).toBeDefined();
      expect(await harness.connector.refusesSubject(policy, subject!), refusedName).toMatch(words);
    }
    expect(await harness.connector.refusesSubject(policies[0]!, await harness.freshPerson())).toBeUndefined();
  });

  it("names each permission with its reason and with what breaks without it, and holds them all", async (harness) => {
    const { permissions } = await harness.connector.capabilities();
    expect(permissions.length).toBeGreaterThan(0);
    for (const { why, without } of permissions) expect([why, without]).not.toContain("");
    const health = await harness.connector.health();
    expect(health.reachable).toBe(true);
    expect(health.permissions.filter(({ held }) => held === false)).toEqual([]);
    for (const { total, readable, unreadable } of health.coverage ?? []) {
      expect(total).toBeGreaterThan(0);
      expect([readable, unreadable]).toEqual([total, []]);
    }
  });
}

function plantedOf({ form, subject, policy }: Bypass): string {
  return textOfPlanted({ form, subject: subject.name, ...(policy !== undefined && { policy }) });
}

function textOfPlanted({ form, subject, policy }: Planted): string {
  return [form, subject, policy ?? "-"].join(" ");
}
