import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { entraConfig } from "./config.ts";
import { neededBy } from "./permissions.ts";

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const POLICY = { key: "passkeys", title: "Passkeys", policyId: id(1), poolId: id(2) };
const CONFIG = { tenantId: id(3), clientId: id(4), policies: [POLICY] };

const faultsOf = (config: unknown) => entraConfig.safeParse(config).error?.issues.map(({ path }) => path.join("/")) ?? [];

const manual = readFileSync(new URL("../../../docs/connectors/entra.md", import.meta.url), "utf8");

it("takes what the manual shows, and the manual names every permission", () => {
  const example: unknown = JSON.parse(/```json\n(.*?)```/s.exec(manual)![1]!);
  const config = entraConfig.parse(example);
  for (const { name } of neededBy(config)) expect(manual).toContain(`| \`${name}\` |`);
});

it("takes ids in any case", () => {
  const upper = { ...CONFIG, tenantId: id(3).replace("8000", "ABCD") };
  expect(entraConfig.parse(upper).tenantId).toBe(id(3).replace("8000", "abcd"));
  expect(entraConfig.parse(CONFIG).graphUrl).toBe("https://graph.microsoft.com/v1.0");
});

it.each([
  ["an id that is none", { ...CONFIG, tenantId: "contoso.onmicrosoft.com" }, ["tenantId"]],
  ["a word it does not know, such as a secret among the rest", { ...CONFIG, clientSecret: "x" }, [""]],
  ["a secret sent in clear", { ...CONFIG, loginUrl: "http://login.corp.example" }, ["loginUrl"]],
  ["a slash at the end", { ...CONFIG, graphUrl: "https://graph.microsoft.us/v1.0/" }, ["graphUrl"]],
  ["no policy", { ...CONFIG, policies: [] }, ["policies"]],
  [
    "two policies with one pool, which could not be told apart",
    { ...CONFIG, policies: [POLICY, { ...POLICY, key: "admins", policyId: id(5) }] },
    ["policies/1/poolId"],
  ],
])("refuses %s", (_, config, places) => {
  expect(faultsOf(config)).toEqual(places);
});
