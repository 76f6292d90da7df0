import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { activeDirectoryConfig } from "./config.ts";

const vpn = { key: "vpn", shape: "group", title: "VPN", exemptionGroupDn: "CN=exempt,DC=x" };
const smartcard = { key: "smartcard", shape: "attribute" };
const valid = {
  url: "ldaps://dc1.corp.test",
  bindDn: "svc-postern@corp.test",
  baseDn: "DC=corp,DC=test",
  groupsOu: "OU=Postern,DC=corp,DC=test",
  mustHaveSmartcard: "(objectClass=person)",
  policies: [vpn, smartcard],
};

function faultsOf(more: Record<string, unknown>): readonly string[] {
  const parsed = activeDirectoryConfig.safeParse({ ...valid, ...more });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => `/${path.join("/")}`);
}

describe("the configuration", () => {
  test("shown in the manual is valid", () => {
    const manual = readFileSync(new URL("../../../docs/connectors/activedirectory.md", import.meta.url), "utf8");
    const example: unknown = JSON.parse(/```json\n(.*?)```/s.exec(manual)![1]!);
    expect(activeDirectoryConfig.safeParse(example)).toMatchObject({ success: true });
  });

  test("with the least that is needed is completed by what is usual", () => {
    expect(activeDirectoryConfig.parse(valid)).toMatchObject({ startTls: false, ticketLifetimeHours: 10, pageSize: 500, auditLogs: {} });
    expect(faultsOf({ url: "ldap://dc1.corp.test:3890", startTls: true })).toEqual([]);
  });

  test.each([
    ["a connection that would send the secret in clear", { url: "ldap://dc1.corp.test" }, ["/startTls"]],
    ["StartTLS on top of TLS", { startTls: true }, ["/startTls"]],
    ["another protocol", { url: "https://dc1.corp.test" }, ["/url"]],
    ["the same policy key twice", { policies: [vpn, vpn] }, ["/policies/1/key"]],
    ["two policies on the one smart-card bit", { policies: [smartcard, { ...smartcard, key: "other" }] }, ["/policies/1"]],
    ["a smart-card policy that nobody is under", { mustHaveSmartcard: undefined }, ["/mustHaveSmartcard"]],
    ["no policy at all", { policies: [] }, ["/policies"]],
    ["a name that is no distinguished name", { groupsOu: "Postern" }, ["/groupsOu"]],
    ["a secret", { secret: "hunter2" }, ["/"]],
  ])("is refused with the place of the fault: %s", (_, more, places) => {
    expect(faultsOf(more)).toEqual(places);
  });
});
