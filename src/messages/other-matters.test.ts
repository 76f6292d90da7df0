import { expect, test } from "vitest";

import { instant } from "../kernel/time.ts";
import { mattersOfBypasses } from "./other-matters.ts";

const found = {
  status: "unregistered",
  at: instant("2026-03-05T09:00:00Z"),
  criticalSince: null,
  policy: "vpn",
  count: 1,
  owners: ["per_1"],
} as const;

test("bypasses that became critical are a matter of their own, told though they were told before as harmless", () => {
  const critical = { ...found, criticalSince: instant("2026-03-03T09:00:00Z") };
  const again = { ...found, criticalSince: instant("2026-03-04T09:00:00Z") };
  const keys = mattersOfBypasses("con_1", [found, critical, again]).map(({ key }) => key);
  expect(new Set(keys).size).toBe(3);
  // What was told before an upgrade is not told again.
  expect(keys[0]).toBe("con_1 unregistered 2026-03-05T09:00:00.000Z vpn");
});
