/** The example directory prepared for the contract suite. What happens behind the connector's back goes through its file. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { duration, instant } from "../../kernel/time.ts";
import { manualClock } from "../../platform/clock.ts";
import type { ContractHarness, Planted } from "../contract-harness.suite.ts";
import { createExampleDirectory } from "./connector.ts";
import { type Account, type Change, type Directory, type Opening, policyOf } from "./directory.ts";
import { grantKey, objectOf } from "./naming.ts";
import { BYPASSES } from "./people.ts";
import { openState } from "./state.ts";

export const START = instant("2026-11-21T08:00:00Z");
const ADMINISTRATOR = "imani.okafor";

export function exampleFile(): { readonly path: string; readonly clear: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "postern-example-"));
  return { path: join(folder, "data", "example.json"), clear: () => rmSync(folder, { recursive: true }) };
}

export async function startExample(): Promise<ContractHarness> {
  const { path, clear } = exampleFile();
  const clock = manualClock(START);
  const open = () => createExampleDirectory({ path, now: () => clock.now() });
  const file = openState(path, () => clock.now());
  const administer = (change: (directory: Directory) => Directory) => file.update(change);
  const logged = ({ policy, subject, object }: Opening, action: Change["action"]): Change => ({
    at: clock.now(),
    action,
    object,
    policy,
    subject,
    by: ADMINISTRATOR,
    ours: false,
  });
  let made = 0;

  return {
    connector: open(),
    clock,
    secrets: [],
    planted: BYPASSES.trim().split("\n").map(plantedOf),
    people: async () => file.read().accounts.flatMap(({ kind, key }) => (kind === "user" ? [key] : [])),
    reopen: open,
    async freshPerson() {
      made += 1;
      const account = newcomer(made);
      administer((directory) => ({ ...directory, accounts: [...directory.accounts, account] }));
      return { kind: "user", key: account.key, name: account.name };
    },
    async deletePerson({ key }) {
      administer((directory) => ({ ...directory, accounts: directory.accounts.filter((account) => account.key !== key) }));
    },
    async bypassByHand(policy, { key, name }) {
      made += 1;
      const form = policyOf(policy)?.shape === "group" ? "governed_group_member" : "requirement_cleared";
      const about = { object: objectOf(policy, name), seen: "made by hand", by: ADMINISTRATOR, since: clock.now() };
      const opening: Opening = { key: `hand-test-${made}`, form, policy, subject: key, ...about };
      administer((directory) => ({
        ...directory,
        openings: [...directory.openings, opening],
        changes: [...directory.changes, logged(opening, "added")],
      }));
    },
    async undoByHand({ policy, ref, subject }) {
      const key = grantKey(policy, ref, subject.key);
      administer((directory) => ({
        ...directory,
        openings: directory.openings.filter((opening) => opening.key !== key),
        changes: [...directory.changes, ...directory.openings.filter((one) => one.key === key).map((one) => logged(one, "removed"))],
      }));
    },
    letsThrough: async (policy, { key }) => {
      const { openings } = JSON.parse(readFileSync(path, "utf8")) as Directory;
      return openings.some((one) => one.policy === policy && one.subject === key && (one.until === undefined || clock.now() < one.until));
    },
    expiry: { term: duration("PT1H"), pass: async (end) => clock.set(end) },
    typed: { key: "person-lucia.ferrer", names: ["lucia.ferrer", "Lucia.Ferrer@brightwater.example", "Lucía Ferrer"] },
    administrator: ADMINISTRATOR,
    refused: [
      { policy: "vpn", name: "all-staff", words: /dynamic/ },
      { policy: "vpn", name: "payroll-readers", words: /synced/ },
      { policy: "admin-portal", name: "shift-news", words: /mail-enabled/ },
      { policy: "vpn", name: "all-crews", words: /other groups/ },
      { policy: "smartcard", name: "crew-north", words: /not a group/ },
      { policy: "smartcard", name: "svc-payroll", words: /nothing to except/ },
      { policy: "vpn", name: "peter.vos", words: /disabled/ },
    ],
    group: { name: "all-crews", people: 9 },
    async down() {
      renameSync(path, `${path}.away`);
      mkdirSync(path);
    },
    async up() {
      rmdirSync(path);
      renameSync(`${path}.away`, path);
    },
    close: async () => clear(),
  };
}

function plantedOf(line: string): Planted {
  const [form = "", policy = "", subject = ""] = line.split("|").map((cell) => cell.trim());
  return { form: form as Planted["form"], subject, ...(policy !== "" && { policy }) };
}

function newcomer(n: number): Account {
  const name = `new.person${n}`;
  return {
    key: `person-${name}`,
    kind: "user",
    name,
    fullName: `New Person ${n}`,
    unit: "it",
    enabled: true,
    privileged: false,
    bound: true,
  };
}
