import { describe, expect, test } from "vitest";

import { component, operation, path, PAYROLL } from "../../test/support/lock-out-model.ts";
import type { Component } from "../estate/component.ts";
import type { PlainDate } from "../kernel/time.ts";
import type { LockoutModel } from "./model.ts";
import { createThinker, type OperationTold } from "./thinking.ts";

function away(p: number, source: "slo" | "expert" = "slo"): Partial<Component> {
  return { unavailability: { p, source, asOf: "2026-01-01" as PlainDate } };
}

/** Wages: one provider, or a code that hangs on it or on the radio. */
function wages(of: Readonly<Record<"idp" | "phone" | "radio", Partial<Component>>>): LockoutModel {
  return {
    components: [
      component("idp", null, of.idp),
      component("phone", { any: ["idp", "radio"] }, of.phone),
      component("radio", null, of.radio),
    ],
    commonCauses: [],
    operations: [operation("wages", [path("passkey", "idp"), path("code", "phone", { role: "fallback" })])],
  };
}

function answered(model: LockoutModel) {
  const think = createThinker(() => () => false);
  think({ ask: "model", model });
  return (think({ ask: "operation", operation: "wages" }) as OperationTold).answer;
}

describe("what matters most for an operation", () => {
  const model = wages({ idp: away(0.1), phone: away(0.2), radio: away(0.5) });

  test("is the share of its risk that would be gone if the part never failed: Fussell–Vesely, beside Birnbaum", () => {
    const { importance, probability } = answered(model);
    // idp and (phone or radio): 0.1 × (1 − 0.8 × 0.5)
    expect(probability).toBe(0.06);
    const without = (key: string) => {
      const components = model.components.map((each) => (each.key === key ? { ...each, ...away(0) } : each));
      return answered({ ...model, components }).probability!;
    };
    for (const { failure, fussellVesely } of importance) {
      expect(fussellVesely, failure).toBeCloseTo((probability! - without(failure)) / probability!, 2);
    }
    expect(importance.map(({ failure, smallest, birnbaum }) => [failure, smallest, birnbaum])).toEqual([
      ["idp", 2, 0.6],
      ["radio", 2, 0.08],
      ["phone", 2, 0.05],
    ]);
  });

  test("is told from the structure alone where anybody said of one part nothing of how often it is away", () => {
    const { importance, probability, unmeasured } = answered(wages({ idp: away(0.1), phone: {}, radio: away(0.5) }));
    expect([probability, unmeasured]).toEqual([null, 1]);
    expect(importance).toEqual([
      { failure: "idp", smallest: 2, birnbaum: null, fussellVesely: null, structural: 0.75 },
      { failure: "phone", smallest: 2, birnbaum: null, fussellVesely: null, structural: 0.25 },
      { failure: "radio", smallest: 2, birnbaum: null, fussellVesely: null, structural: 0.25 },
    ]);
  });

  test("says how many of the shares of time are experts' estimates, and a probability of 0 has no shares", () => {
    expect(answered(wages({ idp: away(0.1, "expert"), phone: away(0.2), radio: away(0.5, "expert") })).estimated).toBe(2);
    const never = answered(wages({ idp: away(0), phone: away(0), radio: away(0) }));
    expect(never.probability).toBe(0);
    expect(never.importance.map(({ fussellVesely }) => fussellVesely)).toEqual([null, null, null]);
  });

  test("lists nothing where nothing can fail alone or together", () => {
    const free = { ...PAYROLL, operations: [operation("wages", [path("open", { all: [] })])] };
    expect(answered(free).importance).toEqual([]);
  });
});
