import { expect, test } from "vitest";

import type { Bypass } from "../port.ts";
import { type Asked, openToldRealm } from "./told-realm.suite.ts";

const EXEMPTION = { id: "exemption", name: "passkey-exempt", clientRole: true, containerId: "holder" };
const EMPLOYEE = { id: "employee", name: "employee", composite: true };
const MADE = { "postern.exception": ["EXC-1"], "postern.policy": ["passkey"], "postern.subject": ["kim"] };
const GRANT = { id: "grant", name: "EXC-1.passkey.kim", composite: true, clientRole: true, containerId: "holder", attributes: MADE };

/** Kim has these roles, until they are taken; the composite ones contain the exemption role where told. */
function realmWith(roles: readonly { readonly id: string }[], contains: boolean) {
  let held = roles;
  const known: Readonly<Record<string, () => unknown>> = {
    "": () => ({ realm: "acme", browserFlow: "browser" }),
    "/clients": () => [{ id: "holder", clientId: "postern-exemptions" }],
    "/clients/holder/roles/passkey-exempt": () => EXEMPTION,
    "/users/kim/role-mappings": () => ({ realmMappings: held }),
    "/users/kim/groups": () => [],
  };
  return ({ method, path }: Asked) => {
    if (method === "DELETE") {
      held = [];
      return { status: 204 };
    }
    const [, id, composites] = /^\/roles-by-id\/(\w+)(\/composites)?$/.exec(path) ?? [];
    if (composites !== undefined) return { json: contains ? [EXEMPTION] : [] };
    const json = id === undefined ? known[path]?.() : roles.find((role) => role.id === id);
    return json === undefined ? undefined : { json };
  };
}

const foundWith = ({ id }: { readonly id: string }): Bypass => ({
  key: `role|passkey|${id}|kim`,
  form: "ungoverned_exemption",
  policy: "passkey",
  subject: { kind: "user", key: "kim", name: "kim" },
  object: `role ${id}`,
  critical: false,
  evidence: {},
});

test.each([
  ["that gives more than the exemption is left where it is", EMPLOYEE, true, "not_supported", 0],
  ["that exempts no more is left where it is", EMPLOYEE, false, "already_absent", 0],
  ["of the exemption alone is taken", EXEMPTION, true, "removed", 1],
  ["of a grant is taken", GRANT, true, "removed", 1],
] as const)("a role %s", async (_, role, contains, outcome, taken) => {
  const { connector, requests } = await openToldRealm(realmWith([role], contains));
  expect(await connector.remove(foundWith(role))).toMatchObject({ outcome });
  expect(requests.filter(({ method }) => method === "DELETE")).toHaveLength(taken);
});
