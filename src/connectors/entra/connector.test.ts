/** Microsoft Entra ID under the contract every connector keeps, on a Graph of our own making (test/support/graph). */
import { describeConnectorContract } from "../contract.suite.ts";
import { startEntra } from "./harness.suite.ts";

const policies = ["everyone", "admins"];

describeConnectorContract("Entra ID", { policies, missing: undefined, start: () => startEntra() });

describeConnectorContract("Entra ID without PIM", {
  policies,
  missing: undefined,
  beyond: [
    "the connector declares no expiry of the provider's own",
    ...policies.map((policy) => `${policy} has no expiry of the provider's own here`),
  ],
  start: () => startEntra({ hasPim: false }),
});
