import { expect, test } from "vitest";

import { weaknessOf } from "./company-strength.ts";

const AMR = [["hwk", "user"], ["sc"]];

test.each([
  ["one of the contexts", { acr: ["phr", "phrh"], amr: [] }, { acr: "phrh", amr: [] }, true],
  ["another context", { acr: ["phr"], amr: [] }, { acr: "1", amr: ["hwk"] }, false],
  ["no context said", { acr: ["phr"], amr: [] }, { acr: null, amr: ["hwk"] }, false],
  ["all methods of a set, and more", { acr: [], amr: AMR }, { acr: null, amr: ["user", "hwk", "pin"] }, true],
  ["the other set", { acr: [], amr: AMR }, { acr: null, amr: ["sc"] }, true],
  [
    "a part of each set",
    {
      acr: [],
      amr: [
        ["hwk", "user"],
        ["sc", "pin"],
      ],
    },
    { acr: null, amr: ["hwk", "pin"] },
    false,
  ],
  ["no method said", { acr: [], amr: AMR }, { acr: "phr", amr: [] }, false],
  ["the context but not the methods", { acr: ["phr"], amr: AMR }, { acr: "phr", amr: ["pwd"] }, false],
  ["both", { acr: ["phr"], amr: AMR }, { acr: "phr", amr: ["sc"] }, true],
])("%s", (_, demanded, came, isEnough) => {
  expect(weaknessOf(demanded, came) === undefined).toBe(isEnough);
});

test("the words say what was demanded and what came, of what came only so much", () => {
  expect(weaknessOf({ acr: ["phr", "phrh"], amr: AMR }, { acr: null, amr: ["pwd"] })).toBe(
    "Demanded: acr phr or phrh; amr hwk and user, or sc. What came: acr none; amr pwd.",
  );
  expect(weaknessOf({ acr: ["phr"], amr: [] }, { acr: "x".repeat(100_000), amr: [] })!.length).toBeLessThan(300);
});
