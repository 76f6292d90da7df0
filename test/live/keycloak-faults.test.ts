/** Keycloak behind a liar: a real server, every kind of whose answers is spoiled in every way. */
import { describe, test } from "vitest";

import type { FaultsHarness } from "../../src/connectors/faults-harness.suite.ts";
import { describeFaults } from "../../src/connectors/faults.suite.ts";
import { createKeycloakConnector } from "../../src/connectors/keycloak/connector.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, machineNow, openKeycloakPlants } from "../support/keycloak-plants.ts";
import { makeRealm } from "../support/keycloak-realm.ts";
import { startKeycloak } from "../support/keycloak.ts";

const missing = keycloakMissing();
if (missing === undefined) describeFaults("Keycloak", { start });
else
  describe("Keycloak, when the provider lies", () => test("is never called closed while it is open", (context) => context.skip(missing)));

async function start(): Promise<FaultsHarness> {
  const keycloak = await startKeycloak();
  await makeRealm(keycloak);
  const plants = await openKeycloakPlants(keycloak);
  let orders = 0;
  return {
    upstream: { host: keycloak.host, port: keycloak.port },
    // Looking at everybody's credentials takes a call a person, and tells nothing of an exemption.
    open: (origin, timeoutMs) =>
      createKeycloakConnector(keycloakSettings(origin, { timeoutMs, findsLeftoverPasswords: false }), { now: machineNow, firstPauseMs: 1 }),
    order: async () => {
      orders += 1;
      const { subject } = await plants.person(`lied-about-${orders}`);
      const now = machineNow();
      return { ref: `EXC-2026-${orders}`, policy: "passkey", subject, validFrom: now, validUntil: addDuration(now, duration("PT4H")) };
    },
    // What is asked of one grant's role is one kind, whosever grant it is.
    kindOf: (method, path) =>
      path.endsWith("/token") ? undefined : `${method} ${path.replaceAll(/EXC-2026-\d+\.|[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}")}`,
    // Pages are asked for by position: the server names none.
    withNextPage: (answer) => answer,
    errorBody: () => ({ error: "unknown_error" }),
    close: () => keycloak.close(),
  };
}
