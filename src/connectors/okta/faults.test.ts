/** Okta behind a liar. */
import { addGoverned, CLIENT, settingsFor, START } from "../../../test/support/okta/harness.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { addDuration, duration } from "../../kernel/time.ts";
import type { Answer, FaultsHarness } from "../faults-harness.suite.ts";
import { describeFaults } from "../faults.suite.ts";
import { createOktaConnector } from "./connector.ts";
import { SCOPES } from "./sign-in.ts";

describeFaults("Okta", { start });

async function start(): Promise<FaultsHarness> {
  const fake = await startFakeOkta(() => START);
  const { pem } = fake.clients.add(CLIENT, SCOPES);
  const governed = { vpn: addGoverned(fake.org, "vpn") };
  let orders = 0;
  return {
    upstream: { host: fake.host, port: fake.port },
    open: (orgUrl, timeoutMs) =>
      createOktaConnector(settingsFor(fake, pem, governed, { orgUrl, timeoutMs, pageSize: 200 }), { now: () => START, firstPauseMs: 1 }),
    order: async () => {
      orders += 1;
      const { id, profile } = fake.org.addUser(`person.${orders}`);
      const subject = { kind: "user" as const, key: id, name: profile.login };
      return { ref: `EXC-2026-${orders}`, policy: "vpn", subject, validFrom: START, validUntil: addDuration(START, duration("PT4H")) };
    },
    kindOf: (method, path) => (path.endsWith("/token") ? undefined : `${method} ${path.replaceAll(/0\w{19,}/g, "{id}")}`),
    withNextPage: ({ status, headers, text }: Answer, url) => {
      return { status, text, headers: { ...headers, link: `<${url}>; rel="next"` } };
    },
    errorBody: () => ({ errorCode: "E0000009", errorSummary: "Internal Server Error", errorId: "oaeTest", errorCauses: [] }),
    close: () => fake.stop(),
  };
}
