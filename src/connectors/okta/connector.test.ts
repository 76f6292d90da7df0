/** Okta under the contract every connector keeps, against an organisation that is held to the vendor's own description. */
import { POLICIES, startOkta } from "../../../test/support/okta/harness.ts";
import { describeConnectorContract } from "../contract.suite.ts";

describeConnectorContract("Okta", {
  policies: POLICIES,
  missing: undefined,
  beyond: [
    ...POLICIES.map((policy) => `${policy} has no expiry of the provider's own here`),
    "the connector declares no expiry of the provider's own",
  ],
  start: startOkta,
});
