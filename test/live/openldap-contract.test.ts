/** OpenLDAP under the contract every connector keeps, on a real slapd. */
import { describeConnectorContract } from "../../src/connectors/contract.suite.ts";
import type { ContractHarness, Planted } from "../../src/connectors/contract-harness.suite.ts";
import { createOpenLdapConnector } from "../../src/connectors/openldap/connector.ts";
import type { ProviderSubject } from "../../src/connectors/port.ts";
import { duration, type Instant } from "../../src/kernel/time.ts";
import { openNetwork } from "../support/breakable-network.ts";
import { LOCKED, machineNow, openPlants, type Plants, settingsFor } from "../support/slapd-plants.ts";
import { type Slapd, slapdMissing, startSlapd } from "../support/slapd.ts";

describeConnectorContract("OpenLDAP", { policies: ["vpn", "password"], missing: slapdMissing(), start });

async function start(): Promise<ContractHarness> {
  const slapd = await startSlapd();
  const plants = openPlants(slapd);
  const { layout, service, reader } = slapd;
  const network = await openNetwork(slapd.host, slapd.tlsPort);
  const planted = await plantAll(slapd, plants);
  const typed = await plants.person("typed", { mail: "ty.ped@postern.test", cn: "Ty Ped" });
  const open = (more: Record<string, unknown> = {}) =>
    createOpenLdapConnector(settingsFor(slapd, { url: `ldaps://${slapd.host}:${network.port}`, pageSize: 3, timeoutMs: 1000, ...more }), {
      now: machineNow,
    });
  const connector = open();
  let persons = 0;

  return {
    connector,
    clock: { now: machineNow },
    secrets: [service.password, typed.password],
    planted,
    people: async () =>
      (await plants.all(layout.peopleDn, "(objectClass=inetOrgPerson)", ["entryUUID"])).map((entry) => entry.text("entryUUID")!),
    reopen: () => open(),
    withSecret: (secret) => open({ secret }),
    withReadOnlyAccount: () => open({ bindDn: reader.dn, secret: reader.password }),
    freshPerson: async () => (await plants.person(`person-${++persons}`)).subject,
    deletePerson: async (subject) => plants.remove(await plants.dnOf(subject)),
    bypassByHand: async (policy, subject) => {
      const dn = await plants.dnOf(subject);
      if (policy === "vpn") await plants.putIn(layout.oldExemptionGroupDn, dn);
      else await plants.set(dn, "pwdAccountLockedTime");
    },
    undoByHand: async ({ policy, ref, subject }) => {
      if (policy === "vpn") await plants.remove(`cn=${ref},${layout.vpnExemptionsDn}`);
      else await plants.set(await plants.dnOf(subject), "pwdAccountLockedTime", LOCKED);
    },
    letsThrough: (policy, subject) => letsThrough(slapd, plants, policy, subject),
    expiry: { term: duration("PT3S"), pass: (end) => untilOver(slapd, plants, end) },
    typed: { key: typed.subject.key, names: ["typed", "TYPED", "ty.ped@postern.test", "Ty Ped"] },
    administrator: slapd.admin.dn,
    refused: [
      { policy: "vpn", name: "rule", words: /dynamic/ },
      { policy: "vpn", name: "nesting", words: /contains groups/ },
      { policy: "password", name: "team", words: /is a group/ },
      { policy: "password", name: "may-use-password", words: /does not ask/ },
    ],
    group: { name: "nesting", people: 5 },
    down: async () => {
      await slapd.stop();
    },
    up: () => slapd.start(),
    network,
    close: async () => {
      await connector.close();
      await plants.close();
      await network.close();
      await slapd.close();
    },
  };
}

/** More than a page of each kind of reading, with every form there is. */
async function plantAll({ layout }: Slapd, plants: Plants): Promise<readonly Planted[]> {
  const { vpnExemptionsDn, oldExemptionGroupDn, weakPolicyDn, groupsDn } = layout;
  const planted: Planted[] = [];
  const strangers: string[] = [];
  for (let n = 0; n < 4; n++) {
    await plants.person(`open-${n}`, { open: true });
    planted.push({ form: "password_usable", subject: `open-${n}`, policy: "password" });
    strangers.push((await plants.person(`stranger-${n}`)).dn);
    planted.push({ form: "ungoverned_exemption", subject: `stranger-${n}`, policy: "vpn" });
    const slipped = await plants.person(`slipped-${n}`);
    await plants.group(`by-hand-${n}`, [slipped.dn], vpnExemptionsDn);
    planted.push({ form: "governed_group_member", subject: `slipped-${n}`, policy: "vpn" });
    await plants.person(`weak-${n}`, { pwdPolicySubentry: weakPolicyDn });
    planted.push({ form: "weaker_password_policy", subject: `weak-${n}` });
  }
  const team = await Promise.all([1, 2, 3, 4, 5].map((n) => plants.person(`team-${n}`)));
  await plants.group(
    "team",
    team.map(({ dn }) => dn),
  );
  await plants.group("nesting", [`cn=team,${groupsDn}`]);
  await plants.dynamicGroup("rule");
  await plants.person("may-use-password", { open: true, employeeType: "contractor" });
  const nobody = `uid=nobody-any-more,${layout.peopleDn}`;
  const inner = await plants.group("inner", [team[0]!.dn]);
  await plants.group(oldExemptionGroupDn.slice(3, oldExemptionGroupDn.indexOf(",")), [...strangers, inner, nobody]);
  return [
    ...planted,
    { form: "ungoverned_exemption", subject: "inner", policy: "vpn" },
    { form: "ungoverned_exemption", subject: nobody, policy: "vpn" },
  ];
}

/** What the application asks: for the VPN whether there is such a group, for the password whether it opens the door. */
async function letsThrough({ layout }: Slapd, plants: Plants, policy: string, subject: ProviderSubject): Promise<boolean> {
  const dn = await plants.dnOf(subject);
  if (policy === "password") return plants.passwordWorks(dn);
  const groups = await plants.all(layout.baseDn, `(&(objectClass=groupOfNames)(member=${dn}))`, ["1.1"]);
  return groups.some((group) => group.dn === layout.oldExemptionGroupDn || group.dn.endsWith(`,${layout.vpnExemptionsDn}`));
}

/** slapd's own time passes by itself; it takes entries that are over out a little later. */
async function untilOver({ layout }: Slapd, plants: Plants, end: Instant): Promise<void> {
  const filter = "(&(objectClass=dynamicObject)(entryTtl<=5))";
  while (machineNow() <= end || (await plants.all(layout.vpnExemptionsDn, filter, ["1.1"])).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
