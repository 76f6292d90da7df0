/** The main job on a real OpenLDAP server (slapd). */
import { afterAll, beforeAll, beforeEach, describe } from "vitest";

import { type MainJob, openMainJob, type StoryDirectory, tellMainJob } from "../support/main-job.ts";
import { openPlants, settingsFor } from "../support/slapd-plants.ts";
import { slapdMissing, startSlapd } from "../support/slapd.ts";

const missing = slapdMissing();

async function openDirectory(): Promise<StoryDirectory> {
  const slapd = await startSlapd();
  const plants = openPlants(slapd);
  const { layout } = slapd;
  const { oldExemptionGroupDn, vpnExemptionsDn, weakPolicyDn } = layout;
  await plants.person("open", { open: true });
  const stranger = await plants.person("stranger");
  const old = oldExemptionGroupDn.slice(3, oldExemptionGroupDn.indexOf(","));
  await plants.group(old, [stranger.dn]);
  await plants.group("by-hand-before", [(await plants.person("slipped")).dn], vpnExemptionsDn);
  await plants.person("weak", { pwdPolicySubentry: weakPolicyDn });
  const person = await plants.person("terminal-7");
  const { secret, ...config } = settingsFor(slapd);
  return {
    connection: { key: "ldap", name: "OpenLDAP", kind: "openldap", config, secret },
    planted: ["governed_group_member slipped", "password_usable open", "ungoverned_exemption stranger", "weaker_password_policy weak"],
    policy: "vpn",
    person: "terminal-7",
    async letsThrough() {
      // Asked as the VPN would: is there an exemption group that names this person.
      const groups = await plants.all(layout.baseDn, `(&(objectClass=groupOfNames)(member=${person.dn}))`, ["1.1"]);
      return groups.some(({ dn }) => dn === oldExemptionGroupDn || dn.endsWith(`,${vpnExemptionsDn}`));
    },
    async bypassByHand() {
      const { dn } = await plants.person("by-hand");
      await plants.putIn(oldExemptionGroupDn, dn);
      const isIn = async () => (await plants.all(oldExemptionGroupDn, `(member=${dn})`, ["1.1"])).length > 0;
      return { name: "by-hand", isThere: isIn };
    },
    administrator: layout.adminDn,
    async copyGrants() {
      const made = await plants.all(vpnExemptionsDn, "(description=Postern grant *)", ["description", "member", "cn"]);
      return {
        async putBack() {
          for (const entry of made) {
            const description = entry.texts("description");
            await plants.group(entry.text("cn")!, entry.texts("member"), vpnExemptionsDn, { description });
          }
        },
      };
    },
    down: async () => {
      await slapd.stop();
    },
    up: () => slapd.start(),
    async close() {
      await plants.close();
      await slapd.close();
    },
  };
}

describe("the main job on OpenLDAP", () => {
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
