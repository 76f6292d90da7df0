/** The main job on a real Keycloak. */
import { afterAll, beforeAll, beforeEach, describe } from "vitest";

import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, openKeycloakPlants } from "../support/keycloak-plants.ts";
import { addRealmAdministrator, makeRealm, REALM_LAYOUT } from "../support/keycloak-realm.ts";
import { beginSignIn } from "../support/keycloak-sign-in.ts";
import { startKeycloak } from "../support/keycloak.ts";
import { type MainJob, openMainJob, type StoryDirectory, tellMainJob } from "../support/main-job.ts";

const missing = keycloakMissing();

async function openDirectory(): Promise<StoryDirectory> {
  const keycloak = await startKeycloak();
  await makeRealm(keycloak);
  const office = await addRealmAdministrator(keycloak);
  const plants = await openKeycloakPlants({ ...keycloak, admin: office.admin });
  await plants.exempt((await plants.person("slipped")).subject.key);
  await plants.exemptGroup(await plants.group("old-exempt", [(await plants.person("stranger")).subject.key]));
  await keycloak.admin("POST", `/${REALM_LAYOUT.realm}/clients`, {
    clientId: "old-tool",
    publicClient: true,
    directAccessGrantsEnabled: true,
  });
  const person = await plants.person("terminal-7");
  const { secret, ...config } = keycloakSettings(keycloak.url);
  return {
    connection: { key: "keycloak", name: "Keycloak", kind: "keycloak", config, secret },
    planted: [
      "governed_group_member slipped",
      "legacy_sign_in old-tool",
      ...["postern", "postern-reader", "realm-office"].map((clientId) => `static_secret service-account-${clientId}`),
      "ungoverned_exemption /old-exempt",
      "ungoverned_exemption realm-management.impersonation",
    ],
    policy: "passkey",
    person: "terminal-7",
    // Asked as a person would: does the sign-in take the password.
    letsThrough: async () => (await beginSignIn(keycloak.url, REALM_LAYOUT.realm, "terminal-7")).withPassword(person.password),
    async bypassByHand() {
      const { subject, password } = await plants.person("by-hand");
      await plants.exempt(subject.key);
      return {
        name: "by-hand",
        isThere: async () => (await beginSignIn(keycloak.url, REALM_LAYOUT.realm, "by-hand")).withPassword(password),
      };
    },
    administrator: office.name,
    copyGrants: () => plants.copyGrants(),
    down: () => keycloak.stop(),
    up: () => keycloak.start(),
    close: () => keycloak.close(),
  };
}

describe("the main job on Keycloak", () => {
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
