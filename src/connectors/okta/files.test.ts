import { describe, expect, onTestFinished, test } from "vitest";

import { addGoverned, CLIENT, settingsFor, START } from "../../../test/support/okta/harness.ts";
import { accessRule, forGroups, type Org } from "../../../test/support/okta/org.ts";
import { startFakeOkta } from "../../../test/support/okta/server.ts";
import { collect } from "../contract-harness.suite.ts";
import type { Bypass, SourceFile } from "../port.ts";
import { createOktaConnector } from "./connector.ts";
import { oktaFiles } from "./files.ts";
import { SCOPES } from "./sign-in.ts";

function fileOf(json: unknown): SourceFile {
  return { name: "policies.json", text: JSON.stringify(json), json };
}

/** As the API gives policies with `expand=rules`. */
function exportOf({ policies }: Org) {
  return [...policies.values()].map(({ rules, more, ...policy }) => {
    return { ...policy, ...more, _embedded: { ...(more["_embedded"] as object | undefined), rules } };
  });
}

function told({ key, form, critical, evidence }: Bypass) {
  return [key, form, critical, evidence];
}

describe("policies of Okta in a file", () => {
  test("give the doors that discovery finds of the same policies live, with the same keys", async () => {
    const fake = await startFakeOkta(() => START);
    const { pem } = fake.clients.add(CLIENT, SCOPES);
    const [old, ann] = [fake.org.addGroup("old"), fake.org.addUser("ann.one")];
    const before = [
      accessRule("Named", false, { users: { include: [ann.id], exclude: [] }, ...forGroups(old.id) }),
      accessRule("Office", false, undefined, { network: { connection: "ZONE", include: ["nzoffice"] } }),
      accessRule("Expression", false, undefined, { elCondition: { condition: "true" } }),
    ];
    const governed = addGoverned(fake.org, "vpn", { before });
    fake.org.addPolicy("ACCESS_POLICY", "Account management", [accessRule("Catch-all Rule", false, undefined)], {
      _embedded: { resourceType: "END_USER_ACCOUNT_MANAGEMENT" },
    });
    const session = { type: "SIGN_ON", name: "No factor", actions: { signon: { access: "ALLOW", requireFactor: false } } };
    fake.org.addPolicy("OKTA_SIGN_ON", "Session", [session]);
    const grace = { type: "BY_SKIP_COUNT", skipCount: 3 };
    fake.org.addPolicy("MFA_ENROLL", "Passkeys", [], {
      settings: { authenticators: [{ key: "webauthn", enroll: { self: "REQUIRED", gracePeriod: grace } }] },
    });
    const connector = createOktaConnector(settingsFor(fake, pem, { vpn: governed }, { timeoutMs: 30_000 }), { now: () => START });
    onTestFinished(async () => {
      await connector.close();
      await fake.stop();
    });
    const live = await collect(connector.discover());
    const { bypasses, unknown } = oktaFiles.read(fileOf(exportOf(fake.org)), START);
    // The live reading looks into the exemption group, which is empty here; the file tells the group itself.
    const inFile = bypasses.filter(({ subject }) => subject.key !== governed.exemptions.id);
    expect(inFile.map(told)).toEqual(live.map(told));
    expect(inFile).toHaveLength(7);
    expect(bypasses.length - inFile.length).toBe(1);
    expect(unknown.length).toBeGreaterThan(0);
  });

  test("are recognised by what is in them, and by nothing else", () => {
    const policy = { id: "00p1", name: "x", type: "ACCESS_POLICY", status: "ACTIVE" };
    for (const json of [[policy], policy]) expect(oktaFiles.recognises(fileOf(json))).toBe(true);
    for (const json of [
      undefined,
      null,
      [],
      {},
      [{ type: "ACCESS_POLICY" }],
      { id: "x", realm: "acme" },
      [{ id: "x", type: "policy" }],
      "ACCESS_POLICY",
    ])
      expect(oktaFiles.recognises(fileOf(json)), JSON.stringify(json)).toBe(false);
  });

  test("say what they do not tell: rules that are missing, policies that are off or of another kind", () => {
    const base = { id: "00p1", type: "ACCESS_POLICY", status: "ACTIVE" };
    const json = [
      { ...base, name: "Bare" },
      {
        ...base,
        name: "Off",
        status: "INACTIVE",
        _embedded: { rules: [{ ...accessRule("r", false, undefined), id: "0pr1", status: "ACTIVE" }] },
      },
      { ...base, name: "Passwords", type: "PASSWORD" },
      { ...base, name: "Cut", _embedded: { rules: [{ ...accessRule("r", true, forGroups("00g1")), id: "0pr1", status: "ACTIVE" }] } },
    ];
    const { bypasses, unknown, accountsBehind } = oktaFiles.read(fileOf(json), START);
    expect(bypasses).toEqual([]);
    expect(unknown.join("\n")).toMatch(
      /Bare is in the file without its rules[^]*Off is switched off[^]*Passwords is of a kind that is not read[^]*Cut has no rule for everybody/,
    );
    expect(accountsBehind({ kind: "group", key: "00g1", name: "x" })).toBeUndefined();
  });

  test("are refused with the place of what is wrong, rather than read by half", () => {
    const json = [{ id: "00p1", name: "x", type: "ACCESS_POLICY", status: "ACTIVE", _embedded: { rules: [{ id: "0pr1", name: 7 }] } }];
    expect(() => oktaFiles.read(fileOf(json), START)).toThrow("/0/_embedded/rules/0/name");
    // A group that cannot be read is not nobody: nobody named means everybody.
    const people = { people: { groups: { include: [{ id: "00g1" }] } } };
    const rule = { ...accessRule("r", true, undefined), id: "0pr1", status: "ACTIVE", conditions: people };
    const strange = [{ id: "00p1", name: "x", type: "ACCESS_POLICY", status: "ACTIVE", _embedded: { rules: [rule] } }];
    expect(() => oktaFiles.read(fileOf(strange), START)).toThrow("/0/_embedded/rules/0/conditions/people/groups/include/0");
  });
});
