/** Active Directory under the contract every connector keeps, on a real domain controller. */
import type { ContractHarness, Planted } from "../../src/connectors/contract-harness.suite.ts";
import { describeConnectorContract } from "../../src/connectors/contract.suite.ts";
import { createActiveDirectoryConnector } from "../../src/connectors/activedirectory/connector.ts";
import type { GrantOrder, ProviderSubject } from "../../src/connectors/port.ts";
import { duration } from "../../src/kernel/time.ts";
import { machineNow, settingsFor, subjectOf } from "../support/activedirectory.ts";
import { openNetwork } from "../support/breakable-network.ts";
import { BIT, nextSecond, openPlants, type Plants } from "../support/samba-plants.ts";
import { type Samba, sambaMissing, startSamba } from "../support/samba.ts";

describeConnectorContract("Active Directory", { policies: ["vpn", "smartcard"], missing: sambaMissing(), start });

async function start(): Promise<ContractHarness> {
  const samba = await startSamba();
  let plants = await openPlants(samba);
  const network = await openNetwork(samba.host, 636);
  const planted = await plantAll(samba, plants);
  // Moved by hand: what a connector says of times is compared with what the suite reads from the same clock.
  let at = machineNow();
  const typed = await plants.person("typed", { extra: { mail: "ty.ped@corp.test", displayName: "Ty Ped" } });
  const reader = await plants.person("reader", { bits: 0, mustHave: false });
  const open = (more: Record<string, unknown> = {}) =>
    createActiveDirectoryConnector(
      settingsFor(samba, {
        url: `ldaps://${samba.host}:${network.port}`,
        auditLogs: { signIns: samba.logs.auth, changes: samba.logs.changes, groups: samba.logs.groups },
        accountExpiryFilter: "(sAMAccountName=person-*)",
        pageSize: 3,
        timeoutMs: 2000,
        ...more,
      }),
      { now: () => at },
    );
  const connector = open();
  let persons = 0;

  const dnOf = async ({ key }: ProviderSubject) => (await plants.read(`<GUID=${key}>`, "cn"))["dn"]![0]!;

  return {
    connector,
    clock: { now: () => at },
    secrets: [samba.service.password],
    planted,
    people: () => peopleOf(samba, plants),
    reopen: () => open(),
    withSecret: (secret) => open({ secret }),
    withReadOnlyAccount: () => open({ bindDn: "reader@corp.test", secret: reader.password }),
    freshPerson: async () => subjectOf(await plants.person(`person-${++persons}`)),
    deletePerson: async (subject) => plants.client.del(await dnOf(subject)),
    bypassByHand: async (policy, subject) => {
      const dn = await dnOf(subject);
      if (policy === "vpn") await plants.putIn(samba.layout.vpnExempt, dn);
      else await plants.setControl(dn, 512);
    },
    undoByHand: (order) => undo(samba, plants, order, dnOf),
    letsThrough: async (policy, subject) => letsThrough(samba, plants, policy, await dnOf(subject)),
    expiry: {
      term: duration("PT2S"),
      pass: async (end) => {
        while (machineNow() <= end) await nextSecond();
        at = machineNow();
      },
    },
    typed: { key: typed.key, names: ["typed", "TYPED", "CORP\\typed", "typed@corp.test", "ty.ped@corp.test", "Ty Ped"] },
    administrator: "Administrator",
    refused: [
      { policy: "vpn", name: "nesting", words: /contains groups/ },
      { policy: "vpn", name: "mailing", words: /mail-enabled/ },
      { policy: "vpn", name: "disabled", words: /disabled/ },
      { policy: "smartcard", name: "team", words: /each account/ },
    ],
    group: { name: "team", people: 5 },
    down: async () => {
      await plants.close();
      await samba.stop();
    },
    up: async () => {
      await samba.start();
      plants = await openPlants(samba);
    },
    network,
    close: async () => {
      await connector.close();
      await plants.close();
      await network.close();
      await samba.close();
    },
  };
}

/** More than a page of each kind of reading, with every form there is. */
async function plantAll(samba: Samba, plants: Plants): Promise<readonly Planted[]> {
  const { vpnExempt } = samba.layout;
  const planted: Planted[] = [];
  for (let n = 0; n < 4; n++) {
    await plants.requirementCleared(`cleared-${n}`);
    planted.push({ form: "requirement_cleared", subject: `cleared-${n}`, policy: "smartcard" });
    await plants.putIn(vpnExempt, (await plants.person(`stranger-${n}`)).dn);
    planted.push({ form: "governed_group_member", subject: `stranger-${n}`, policy: "vpn" });
  }
  await plants.passwordNotRequired("not-required");
  await plants.passwordNeverExpires("never-expires");
  await plants.passwordResetBehind("reset-behind");
  await plants.weakerSettings("weak", [await plants.person("weak")]);
  const inner = await plants.group("inner", [await plants.person("nested")]);
  await plants.putIn(vpnExempt, (await plants.group("outer", [inner])).dn);

  const team = await Promise.all([1, 2, 3, 4, 5].map((n) => plants.person(`team-${n}`)));
  await plants.group("nesting", [await plants.group("team", team)]);
  await plants.group("mailing", team, { mail: "mailing@corp.test" });
  await plants.person("disabled", { bits: BIT.disabled | BIT.smartcard });
  return [
    ...planted,
    { form: "password_not_required", subject: "not-required" },
    { form: "password_never_expires", subject: "never-expires" },
    { form: "password_reset_behind_requirement", subject: "reset-behind", policy: "smartcard" },
    { form: "weaker_password_policy", subject: "weak" },
    { form: "governed_group_member", subject: "nested", policy: "vpn" },
  ];
}

/** What the directory itself tells whoever enforces the policy: the flag, or the chain of memberships; of an account that has not expired. */
async function letsThrough(samba: Samba, plants: Plants, policy: string, dn: string): Promise<boolean> {
  const { accountExpires } = await plants.read(dn, "accountExpires");
  const expired = BigInt(accountExpires![0]!) < (BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n && accountExpires![0] !== "0";
  if (policy === "smartcard") return !expired && ((await plants.control(dn)) & BIT.smartcard) === 0;
  const filter = `(memberOf:1.2.840.113556.1.4.1941:=${samba.layout.vpnExempt})`;
  const { searchEntries } = await plants.client.search(dn, { scope: "base", filter });
  return !expired && searchEntries.length > 0;
}

async function undo(samba: Samba, plants: Plants, order: GrantOrder, dnOf: (subject: ProviderSubject) => Promise<string>): Promise<void> {
  if (order.policy === "smartcard") return plants.setControl(await dnOf(order.subject), 512 | BIT.smartcard);
  const { searchEntries } = await plants.client.search(samba.layout.posternOu, { filter: `(description=${order.ref} *)` });
  await plants.takeOut(searchEntries[0]!.dn, await dnOf(order.subject));
}

async function peopleOf(samba: Samba, plants: Plants): Promise<readonly string[]> {
  const filter = "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))";
  const { searchEntries } = await plants.client.search(samba.baseDn, { filter, attributes: ["cn"] });
  return Promise.all(searchEntries.map(({ dn }) => plants.keyOf(dn)));
}
