/** Groups that Postern makes: few, since Entra ID counts them for good, and none in vain. */
import { afterEach, beforeEach, expect, it } from "vitest";

import { Refusal } from "../../../test/support/graph/tenant.ts";
import { openTenant, type SmallTenant } from "./small-tenant.suite.ts";

let small: SmallTenant;

beforeEach(async () => {
  small = await openTenant({ pageSize: 999 }, { pageSize: 999 });
});
afterEach(() => small.close());

const made = () => graphGroups().filter(({ displayName }) => displayName.startsWith("Postern "));
const graphGroups = () => [...small.tenant.groups.values()];

it("says in words that Entra ID lets no more be made, and grants again once it does", async () => {
  const { tenant, connector } = small;
  tenant.quota = 1;
  expect((await connector.grant(small.orderFor(small.person("first")))).outcome).toBe("applied");
  const order = small.orderFor(small.person("second"), "PT4H", "EXC-2026-0002");
  expect(await connector.grant(order)).toMatchObject({
    outcome: "not_supported",
    reason: expect.stringMatching(/Directory_QuotaExceeded.*delete/) as string,
  });
  tenant.quota = 2;
  expect((await connector.grant(order)).outcome).toBe("applied");
});

it("makes one group for a grant, however often it does not get into the pool", async () => {
  const { tenant, connector } = small;
  const order = small.orderFor(small.person("kim"));
  for (const refusal of [new Refusal(404, "Request_ResourceNotFound", "Not yet."), new Refusal(503, "ServiceUnavailable", "Not now.")]) {
    tenant.refusesMembers = refusal;
    await expect(connector.grant(order)).rejects.toMatchObject({ name: "ProviderFault" });
  }
  tenant.refusesMembers = undefined;
  expect((await connector.grant(order)).outcome).toBe("applied");
  expect(made()).toHaveLength(1);
});

it("makes another where the one that was left is gone", async () => {
  const { tenant, connector } = small;
  const order = small.orderFor(small.person("kim"));
  tenant.refusesMembers = new Refusal(503, "ServiceUnavailable", "Not now.");
  await expect(connector.grant(order)).rejects.toMatchObject({ kind: "unreachable" });
  tenant.refusesMembers = undefined;
  for (const { id } of made()) tenant.groups.delete(id);
  await expect(connector.grant(order)).rejects.toMatchObject({ kind: "fault" });
  expect((await connector.grant(order)).outcome).toBe("applied");
});

it("makes none where it may not put it into the pool", async () => {
  const { app, connector } = small;
  app.roles = [...app.roles.filter((name) => name !== "GroupMember.ReadWrite.All"), "GroupMember.Read.All"];
  await expect(connector.grant(small.orderFor(small.person("kim")))).rejects.toMatchObject({
    kind: "denied",
    message: expect.stringContaining("GroupMember.ReadWrite.All") as string,
  });
  expect(made()).toEqual([]);
});

it("takes no group for its own that is only called so", async () => {
  const { connector } = small;
  const order = small.orderFor(small.person("kim"));
  const description = `Postern grant ${order.ref} for ${order.subject.key}`;
  const forged = small.group({ displayName: `Postern ${order.ref}`, description });
  expect(await connector.grant(order)).not.toMatchObject({ object: forged.id });
});

it("has health count them before there are too many, and not where the limit plainly does not hold", async () => {
  const { connector } = small;
  const fill = (count: number) => {
    while (made().length < count) small.group({ displayName: "Postern EXC-1", description: "Postern grant EXC-1 for somebody" });
  };
  small.group({ displayName: "Postern fans", description: "Tuesdays" });
  fill(199);
  expect((await connector.health()).words).not.toContain("groups of Postern's");
  fill(203);
  expect((await connector.health()).words).toContain("202 groups of Postern's");
  fill(253);
  expect((await connector.health()).words).not.toContain("groups of Postern's");
});
