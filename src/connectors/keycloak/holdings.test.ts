import { expect, test } from "vitest";

import { addDuration, duration } from "../../kernel/time.ts";
import { type Asked, NOW, openToldRealm } from "./told-realm.suite.ts";

const KIM = { kind: "user", key: "kim", name: "kim" } as const;
const ORDER = { ref: "EXC-2026-0001", policy: "passkey", subject: KIM, validFrom: NOW, validUntil: addDuration(NOW, duration("PT4H")) };

const composite = (id: string) => ({ id, name: id, composite: true });
const EXEMPTION = { id: "exemption", name: "passkey-exempt", clientRole: true };

/** Kim has the role `a`, and roles contain each other as told; the flow lets in who knows a password. */
function realmWith(contents: Readonly<Record<string, readonly object[]>>) {
  const known: Readonly<Record<string, unknown>> = {
    "": { realm: "acme", browserFlow: "browser" },
    "/clients": [{ id: "holder", clientId: "postern-exemptions" }],
    "/clients/holder/roles/passkey-exempt": EXEMPTION,
    "/users/kim": { id: "kim", username: "kim" },
    "/users/kim/role-mappings": { realmMappings: [composite("a")] },
    "/users/kim/groups": [],
    "/users/kim/credentials": [],
    "/users/kim/federated-identity": [],
    "/authentication/required-actions": [],
    "/identity-provider/instances": [],
    "/authentication/flows/browser/executions": [
      { requirement: "REQUIRED", level: 0, providerId: "auth-username-password-form", authenticationFlow: false },
    ],
  };
  return ({ path }: Asked) => {
    const [, id = "", composites] = /^\/roles-by-id\/(\w+)(\/composites)?$/.exec(path) ?? [];
    const json = composites === undefined ? (id === "" ? known[path] : composite(id)) : contents[id];
    return json === undefined ? undefined : { json };
  };
}

test.each([
  ["each other", { a: [composite("b")], b: [composite("a")] }],
  ["themselves", { a: [composite("a")] }],
])("roles that contain %s are read to an end, and let nobody through", async (_, contents) => {
  const { connector } = await openToldRealm(realmWith(contents));
  expect(await connector.read(ORDER)).toMatchObject({ configured: false, otherWays: [{ key: "flow|browser" }] });
});

test("an exemption behind a circle of roles is found", async () => {
  const { connector } = await openToldRealm(realmWith({ a: [composite("b")], b: [composite("a"), composite("c")], c: [EXEMPTION] }));
  expect(await connector.read(ORDER)).toMatchObject({ otherWays: [{ key: "role|passkey|a|kim" }] });
});
