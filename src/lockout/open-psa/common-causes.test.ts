import { describe, expect, test } from "vitest";

import type { PlainDate } from "../../kernel/time.ts";
import { modelOfTree } from "../model-of-tree.ts";
import { analyse } from "../solver/analyse.ts";
import { readFaultTree } from "./read-fault-tree.ts";

const gate = (name: string, formula: string) => `<define-gate name="${name}">${formula}</define-gate>`;
const uses = (...names: string[]) => names.map((name) => `<basic-event name="${name}"/>`).join("");
const factor = (level: number, value: number) => `<factor level="${level}"><float value="${value}"/></factor>`;
const group = (model: string, factors: string, members = uses("a", "b"), name = "pumps") =>
  `<define-CCF-group name="${name}" model="${model}"><members>${members}</members><distribution><float value="0.1"/></distribution>${factors}</define-CCF-group>`;
const read = (...lines: string[]) => readFaultTree(`<opsa-mef>\n${lines.join("\n")}\n</opsa-mef>`, { file: "f.xml" });

function treeIn(...lines: string[]) {
  const found = read(...lines);
  if ("refused" in found) throw new Error(JSON.stringify(found.refused));
  return found.tree;
}

function refusedIn(...lines: string[]) {
  const found = read(...lines);
  return "refused" in found ? found.refused.map(({ code, at }) => `${code} ${at}`) : [];
}

const top = gate("top", `<and>${uses("a", "b")}</and>`);

describe("a group of events that share causes", () => {
  test("is each of them by itself or a cause that takes them together, each with its part of the probability", () => {
    const tree = treeIn(top, group("beta-factor", factor(2, 0.2)));
    expect(tree.gates.get("fails_a")).toEqual({ or: [{ event: "a" }, { event: "cause_pumps" }] });
    const found = analyse(tree);
    expect(found.sets(9, "size").map((set) => set.toSorted())).toEqual([["cause_pumps"], ["a", "b"]]);
    // β = 0.2 of 0.1 together, the rest each by itself: 0.02 + 0.98 × 0.08².
    expect(found.topEventProbability).toBeCloseTo(0.02 + 0.98 * 0.08 ** 2, 15);
  });

  test("comes into the model as a common cause", () => {
    const made = modelOfTree(treeIn(top, group("beta-factor", factor(2, 0.2), uses("a", "b"), "Pumps of Hall 1")), {
      operation: "water",
      model: { components: [], commonCauses: [], operations: [] },
      today: "2026-11-22" as PlainDate,
    });
    expect("items" in made && made.items.commonCauses).toMatchObject([
      { key: "pumps-of-hall-1", name: "Pumps of Hall 1", members: ["ax", "bx"], unavailability: { p: 0.020000000000000004 } },
    ]);
    expect("items" in made && made.items.operations[0]!.paths.map(({ needs }) => needs)).toEqual(["ax", "bx"]);
  });

  test("leaves names alone that the file has already, and members that no gate uses", () => {
    const tree = treeIn(
      gate("fails_a", `<and>${uses("a", "cause_pumps")}</and>`),
      '<define-basic-event name="cause_pumps"/>',
      group("beta-factor", factor(2, 0.2)),
    );
    expect(tree.top).toBe("fails_a");
    expect([...tree.gates.keys()]).toEqual(["fails_a", "fails_a_"]);
    expect([...tree.events.keys()].toSorted()).toEqual(["a", "b", "cause_pumps", "cause_pumps_"]);
  });

  test("may be large where one cause takes all of it", () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `m${at}`);
    const tree = treeIn(gate("top", `<and>${uses(...many)}</and>`), group("beta-factor", factor(2, 0.2), uses(...many)));
    expect(analyse(tree).sets(1, "size")).toEqual([["cause_pumps"]]);
  });

  test("without a probability has causes without one", () => {
    const bare = '<define-CCF-group name="pumps" model="MGL"><members><basic-event name="a"/><basic-event name="b"/></members>';
    const tree = treeIn(top, `${bare}<factors>${factor(2, 0.2)}</factors></define-CCF-group>`);
    expect([...tree.events]).toEqual([
      ["a", null],
      ["b", null],
      ["cause_pumps", null],
    ]);
  });

  test.each([
    ["a model that is not known", group("perhaps", factor(2, 0.2))],
    ["a member without a name", group("beta-factor", factor(2, 0.2), uses("a", ""))],
    ["one member", group("beta-factor", factor(2, 0.2), uses("a", "a"))],
    ["two beta factors", group("beta-factor", factor(2, 0.2) + factor(3, 0.2))],
    ["no factors", group("MGL", "")],
    ["a level left out", group("alpha-factor", factor(2, 0.2))],
    ["a level beyond its members", group("MGL", factor(2, 0.2) + factor(3, 0.1))],
    ["factors that make more than certainty", group("alpha-factor", factor(1, 0) + factor(2, 0))],
    [
      "causes by the thousand",
      group(
        "MGL",
        Array.from({ length: 19 }, (_, at) => factor(at + 2, 0.5)).join(""),
        uses(...Array.from({ length: 20 }, (_, at) => `m${at}`)),
      ),
    ],
  ])("is refused with its place: %s", (_, given) => {
    const [code] = refusedIn(given, gate("top", uses("z")), '<define-basic-event name="z"/>');
    expect(code).toMatch(/^lockout\.constructUnknown f\.xml:\d$/);
  });

  test("is refused where a member has a probability of its own, is in two groups, or a factor is none", () => {
    const own = '<define-basic-event name="a"><float value="0.5"/></define-basic-event>';
    expect(refusedIn(top, own, group("beta-factor", factor(2, 0.2)))).toEqual(["lockout.constructUnknown f.xml:3"]);
    const twice = group("beta-factor", factor(2, 0.2), uses("b", "c"), "others");
    expect(refusedIn(top, group("beta-factor", factor(2, 0.2)), twice)).toEqual(["lockout.nameTwice f.xml:4"]);
    expect(refusedIn(top, group("beta-factor", factor(2, 1.2)))).toEqual(["lockout.probabilityOutOfRange f.xml:3"]);
  });
});
