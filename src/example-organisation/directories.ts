/**
 * The two directories of the example organisation: the example connector's, over files of the example's own. Each can be told to
 * fail as a real one does, by a file beside it, so that an overstay is there to look at. No provider is spoken to.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { exampleConfig } from "../connectors/example/config.ts";
import { createExampleDirectory } from "../connectors/example/connector.ts";
import type { Directory, Opening } from "../connectors/example/directory.ts";
import { grantKey, objectOf } from "../connectors/example/naming.ts";
import { seedDirectory } from "../connectors/example/seed.ts";
import { openState } from "../connectors/example/state.ts";
import { type Connector, type ConnectorFactory, type GrantOrder, ProviderFault } from "../connectors/port.ts";
import { addDuration, type Clock, duration, type Instant } from "../kernel/time.ts";

export type DirectoryName = "office" | "plant";
/** `down`: does not answer. `readonly`: may be read, and no longer changed. */
export type Trouble = "down" | "readonly";

const TITLES: Readonly<Record<DirectoryName, string>> = {
  office: "Office directory (invented)",
  plant: "Plant directory (invented)",
};

const fileOf = (dataDir: string, name: DirectoryName): string => join(dataDir, `${name}-directory.json`);
const troubleFile = (dataDir: string, name: DirectoryName, trouble: Trouble): string => join(dataDir, `${name}-directory.${trouble}`);

export function directoryFactories(clock: Clock, dataDir: string): readonly ConnectorFactory[] {
  return (["office", "plant"] as const).map((name) => ({
    kind: name,
    title: TITLES[name],
    parse: (config) =>
      exampleConfig.safeParse(config).success
        ? { ok: true, config: {} }
        : { ok: false, faults: [{ at: "/", words: "this directory asks for nothing" }] },
    create: () => troubled(dataDir, name, createExampleDirectory({ path: fileOf(dataDir, name), now: () => clock.now() })),
  }));
}

export function setTrouble(dataDir: string, name: DirectoryName, trouble: Trouble, on: boolean): void {
  const path = troubleFile(dataDir, name, trouble);
  if (on) writeFileSync(path, "");
  else rmSync(path, { force: true });
}

function troubled(dataDir: string, name: DirectoryName, directory: Connector): Connector {
  const has = (trouble: Trouble) => existsSync(troubleFile(dataDir, name, trouble));
  const answering = () => {
    if (has("down")) throw new ProviderFault("unreachable", "The directory did not answer within 10 s.");
    return directory;
  };
  const changing = () => {
    const connector = answering();
    if (has("readonly")) throw new ProviderFault("denied", "The service account may read the directory and no longer change it.");
    return connector;
  };
  return {
    ...directory,
    kind: name,
    capabilities: async () => ({ ...(await directory.capabilities()), nativeExpiry: name === "office" }),
    async health() {
      const health = await directory.health();
      if (has("down")) return { ...health, reachable: false, words: "The directory did not answer within 10 s." };
      return { ...health, permissions: health.permissions.map((one) => ({ ...one, held: !has("readonly") })) };
    },
    async *discover() {
      yield* answering().discover();
    },
    findSubject: async (subject) => answering().findSubject(subject),
    refusesSubject: async (policy, subject) => answering().refusesSubject(policy, subject),
    accountsBehind: async (subject) => answering().accountsBehind(subject),
    grant: async (order) => (name === "plant" ? grantWithoutEnd(changing(), order) : changing().grant(order)),
    revoke: async (order) => changing().revoke(order),
    remove: async (bypass) => changing().remove(bypass),
    read: async (order) => answering().read(order),
    changes: async (cursor) => answering().changes(cursor),
  };
}

/** The plant's directory is of a kind that ends nothing by itself. */
async function grantWithoutEnd(connector: Connector, order: GrantOrder): ReturnType<Connector["grant"]> {
  const outcome = await connector.grant({ ...order, validUntil: addDuration(order.validUntil, duration("P7300D")) });
  return outcome.outcome === "applied" ? { outcome: "applied", object: outcome.object } : outcome;
}

/** Makes the plant's directory: those who work there, and none of the ways around that the office has. */
export function makePlant(dataDir: string, now: Instant, plantUnits: readonly string[]): void {
  openState(fileOf(dataDir, "plant"), () => now).update(() => {
    const whole = seedDirectory(now);
    const accounts = whole.accounts.filter(({ unit }) => plantUnits.includes(unit));
    const keys = new Set(accounts.map(({ key }) => key));
    const groups = whole.groups.filter(({ members }) => members.every((member) => keys.has(member)));
    return { ...whole, accounts, groups, openings: [], changes: [] };
  });
}

export interface ByHand {
  readonly policy?: string;
  readonly form: Opening["form"];
  readonly subject: string;
  readonly by: string;
  readonly seen: string;
  /** Of an exception whose grant is put back as it was. */
  readonly ref?: string;
}

/** Somebody opens a way behind Postern's back. */
export function openByHand(dataDir: string, name: DirectoryName, { policy, form, subject, by, seen, ref }: ByHand, now: Instant): void {
  openState(fileOf(dataDir, name), () => now).update((directory) => {
    const account = keyOf(directory, subject);
    const object = objectOf(policy ?? "", subject, ref);
    const about = { object, ...(policy !== undefined && { policy }), subject: account, by };
    const key = ref === undefined ? `hand-${subject}-${now}` : grantKey(policy ?? "", ref, account);
    const opening: Opening = { ...about, key, form, seen, since: now, ...(ref !== undefined && { ref }) };
    const changes = [...directory.changes, { ...about, at: now, action: "added" as const, ours: false }];
    return { ...directory, openings: [...directory.openings, opening], changes };
  });
}

function keyOf({ accounts, groups }: Directory, name: string): string {
  const found = [...accounts, ...groups].find((each) => each.name === name);
  if (found === undefined) throw new Error(`nobody is called ${name} in the example directory`);
  return found.key;
}
