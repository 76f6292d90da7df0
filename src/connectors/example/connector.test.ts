import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { manualClock } from "../../platform/clock.ts";
import type { ContractHarness } from "../contract-harness.suite.ts";
import { describeConnectorContract } from "../contract.suite.ts";
import type { BypassForm, GrantOrder, ProviderSubject } from "../port.ts";
import { createExampleDirectory } from "./connector.ts";
import { createExampleFile } from "./directory.ts";
import { changed, type ExamplePerson, isOf, type Opening } from "./map.ts";

const START = instant("2026-11-21T08:00:00Z");

function folder(): string {
  return mkdtempSync(join(tmpdir(), "postern-example-"));
}

async function startExample(): Promise<ContractHarness> {
  const where = folder();
  const path = join(where, "example.json");
  const clock = manualClock(START);
  const file = createExampleFile(path);
  const begun = await file.edit((state) => ({ ...state }));
  const open = () => createExampleDirectory(path, { now: () => clock.now() });
  let persons = 0;

  return {
    connector: open(),
    clock,
    secrets: [],
    planted: begun.openings.map(({ form, subject, policy }) => ({
      form,
      subject: [...begun.people, ...begun.groups].find(({ key }) => key === subject)!.name,
      ...(policy !== undefined && { policy }),
    })),
    people: async () => (await file.read()).people.map(({ key }) => key),
    reopen: open,
    async freshPerson() {
      persons += 1;
      const name = `fresh.person${persons}`;
      const person: ExamplePerson = {
        key: `fresh-${persons}`,
        name,
        displayName: name,
        kind: "user",
        email: `${name}@example.test`,
        enabled: true,
      };
      await file.edit((state) => ({ ...state, people: [...state.people, person] }));
      return { kind: "user", key: person.key, name };
    },
    async deletePerson({ key }) {
      await file.edit((state) => ({
        ...state,
        people: state.people.filter((one) => one.key !== key),
        openings: state.openings.filter((one) => one.subject !== key),
      }));
    },
    async bypassByHand(policy: string, { key }: ProviderSubject) {
      const form: BypassForm = policy === "vpn" ? "ungoverned_exemption" : "requirement_cleared";
      const add: readonly Opening[] = [{ form, policy, subject: key, object: "example/by-hand", since: clock.now(), by: "help.desk" }];
      await file.edit((state) => changed(state, { add }, clock.now(), "help.desk"));
    },
    async undoByHand(order: GrantOrder) {
      await file.edit((state) => changed(state, { remove: state.openings.filter((one) => isOf(one, order)) }, clock.now(), "help.desk"));
    },
    administrator: "help.desk",
    refused: [
      { policy: "vpn", name: "contractors", words: /dynamic/ },
      { policy: "smartcard", name: "everyone-on-site", words: /contains groups/ },
    ],
    group: { name: "everyone-on-site", people: 12 },
    async down() {
      renameSync(path, `${path}.aside`);
      mkdirSync(path);
    },
    async up() {
      rmdirSync(path);
      renameSync(`${path}.aside`, path);
    },
    close: async () => rmSync(where, { recursive: true }),
  };
}

describeConnectorContract("the example directory", { policies: ["smartcard", "vpn"], missing: undefined, start: startExample });

function begin() {
  const where = folder();
  onTestFinished(() => rmSync(where, { recursive: true }));
  const clock = manualClock(START);
  const path = join(where, "data", "example.json");
  return { path, clock, connector: createExampleDirectory(path, { now: () => clock.now() }) };
}

describe("the example directory", () => {
  test("begins with sixty people, managers among them, and every form of bypass", async () => {
    const { connector } = begin();
    const people = [];
    for await (const person of connector.people()) people.push(person);
    const forms = new Set<BypassForm>();
    for await (const bypass of connector.discover()) forms.add(bypass.form);
    expect(people.filter(({ subject }) => subject.kind === "user")).toHaveLength(60);
    expect(new Set(people.map(({ email }) => email)).size).toBe(people.length);
    const keys = new Set(people.map(({ subject }) => subject.key));
    for (const { managerKey } of people) if (managerKey !== undefined) expect(keys).toContain(managerKey);
    expect(forms).toEqual(
      new Set<BypassForm>([
        "requirement_cleared",
        "governed_group_member",
        "ungoverned_exemption",
        "password_not_required",
        "password_never_expires",
        "weaker_password_policy",
        "password_reset_behind_requirement",
        "password_usable",
      ]),
    );
  });

  test.each(["smartcard", "vpn"])("lets a grant on %s die by itself at its end, with nobody there to revoke it", async (policy) => {
    const { connector, clock, path } = begin();
    const subject = (await connector.findSubject("juno.park"))!;
    const order = { ref: "EXC-2026-0001", policy, subject, validFrom: START, validUntil: instant("2026-11-21T12:00:00Z") };
    expect(await connector.grant(order)).toMatchObject({ outcome: "applied", nativeExpiry: order.validUntil });
    clock.set(instant("2026-11-21T11:59:59.999Z"));
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    clock.set(order.validUntil);
    const later = createExampleDirectory(path, { now: () => clock.now() });
    expect(await later.read(order)).toMatchObject({ configured: false, effective: false });
    expect(await later.revoke(order)).toEqual({ outcome: "already_absent" });
  });

  test("lets a member through by the exception of their group, and says so", async () => {
    const { connector } = begin();
    const group = (await connector.findSubject("assembly-line"))!;
    const person = (await connector.findSubject("olga.petrenko"))!;
    const order = { ref: "EXC-2026-0001", policy: "vpn", validFrom: START, validUntil: instant("2026-11-22T00:00:00Z") };
    await connector.grant({ ...order, subject: group });
    expect(await connector.read({ ...order, ref: "EXC-2026-0002", subject: person })).toMatchObject({
      configured: false,
      effective: true,
      otherWays: [{ grantRef: "EXC-2026-0001" }],
    });
  });

  test("writes the whole file or nothing, and says when it is damaged", async () => {
    const { connector, path } = begin();
    const subject = (await connector.findSubject("kai.lehmann"))!;
    await connector.grant({ ref: "E-1", policy: "vpn", subject, validFrom: START, validUntil: instant("2026-11-22T00:00:00Z") });
    const text = readFileSync(path, "utf8");
    expect(JSON.parse(text)).toMatchObject({ version: 1, label: expect.stringContaining("example") as string });
    writeFileSync(path, text.slice(0, -20));
    await expect(connector.findSubject("kai.lehmann")).rejects.toThrow(/damaged/);
    expect((await connector.health()).reachable).toBe(false);
  });
});
