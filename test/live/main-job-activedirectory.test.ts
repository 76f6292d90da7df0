/** The main job on a real Active Directory domain (Samba). */
import { afterAll, beforeAll, beforeEach, describe } from "vitest";

import { openPlants } from "../support/samba-plants.ts";
import { sambaMissing, startSamba } from "../support/samba.ts";
import { settingsFor } from "../support/activedirectory.ts";
import { type MainJob, openMainJob, type StoryDirectory, tellMainJob } from "../support/main-job.ts";

const missing = sambaMissing();

async function openDirectory(): Promise<StoryDirectory> {
  const samba = await startSamba();
  const plants = await openPlants(samba);
  const { vpnExempt } = samba.layout;
  await plants.requirementCleared("cleared");
  await plants.passwordNotRequired("not-required");
  await plants.passwordNeverExpires("never-expires");
  await plants.passwordResetBehind("reset-behind");
  await plants.weakerSettings("weak", [await plants.person("weak-settings")]);
  await plants.putIn(vpnExempt, (await plants.person("direct")).dn);
  const person = await plants.person("terminal-7");
  const { secret, ...config } = settingsFor(samba, { auditLogs: { changes: samba.logs.changes, groups: samba.logs.groups } });
  return {
    connection: { key: "corp", name: "Corp", kind: "activedirectory", config, secret },
    planted: [
      "governed_group_member direct",
      "password_never_expires never-expires",
      "password_not_required not-required",
      "password_reset_behind_requirement reset-behind",
      "requirement_cleared cleared",
      "weaker_password_policy weak-settings",
    ],
    policy: "vpn",
    person: person.name,
    async letsThrough() {
      // Asked as a VPN server would: is this person in the exemption group, by whatever way.
      const filter = `(&(sAMAccountName=${person.name})(memberOf:1.2.840.113556.1.4.1941:=${vpnExempt}))`;
      const { searchEntries } = await plants.client.search(samba.baseDn, { filter, attributes: ["cn"] });
      return searchEntries.length > 0;
    },
    async bypassByHand() {
      const { name, dn } = await plants.person("by-hand");
      await plants.putIn(vpnExempt, dn);
      return { name, isThere: async () => ((await plants.read(vpnExempt, "member"))["member"] ?? []).includes(dn) };
    },
    administrator: "Administrator",
    async copyGrants() {
      const attributes = ["objectClass", "sAMAccountName", "groupType", "extensionName", "member", "memberOf"];
      const { searchEntries } = await plants.client.search(samba.layout.posternOu, { filter: "(objectClass=group)", attributes });
      const copies = searchEntries.map(({ dn, memberOf, ...entry }) => ({ dn, parents: [memberOf ?? []].flat().map(String), entry }));
      return {
        async putBack() {
          for (const { dn, parents, entry } of copies) {
            await plants.client.add(dn, { ...(entry as Record<string, string | string[]>), objectClass: "group" });
            for (const parent of parents) await plants.putIn(parent, dn);
          }
        },
      };
    },
    down: () => samba.stop(),
    async up() {
      await samba.start();
      await plants.client.unbind();
      await plants.client.bind(samba.admin.dn, samba.admin.password);
    },
    async close() {
      await plants.close();
      await samba.close();
    },
  };
}

describe("the main job on Active Directory", () => {
  let job: MainJob;
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing === undefined) job = await openMainJob(await openDirectory());
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    await job.story.close();
    await job.directory.close();
  });
  tellMainJob(() => job);
});
