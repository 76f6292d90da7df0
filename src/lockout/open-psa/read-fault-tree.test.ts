import { describe, expect, test } from "vitest";

import { diceOf, randomTree } from "../../../test/support/random-trees.ts";
import { analyse } from "../solver/analyse.ts";
import type { FaultTree } from "../solver/fault-tree.ts";
import { readFaultTree } from "./read-fault-tree.ts";
import { writeFaultTree } from "./write-fault-tree.ts";

const read = (text: string, top?: string) => readFaultTree(text, { file: "model.xml", top });
const model = (...lines: string[]) => `<?xml version="1.0"?>\n<opsa-mef>\n${lines.join("\n")}\n</opsa-mef>`;
const gate = (name: string, formula: string) => `<define-gate name="${name}">${formula}</define-gate>`;
const event = (name: string, p = "0.5") => `<define-basic-event name="${name}"><float value="${p}"/></define-basic-event>`;
const uses = (...names: string[]) => names.map((name) => `<event name="${name}"/>`).join("");

function treeIn(text: string, top?: string): FaultTree {
  const found = read(text, top);
  if ("refused" in found) throw new Error(JSON.stringify(found.refused));
  return found.tree;
}

/** The minimal sets of one gate over three events. */
const sets = (formula: string) => analyse(treeIn(model(gate("g", formula), event("a"), event("b"), event("c")))).sets(9, "size");

function refusalsOf(text: string, top?: string): string[] {
  const found = read(text, top);
  return "refused" in found ? found.refused.map(({ code, at }) => `${code} ${at}`) : [];
}

describe("an Open-PSA model", () => {
  test("is read with its gates, events and probabilities, wherever it says them", () => {
    const tree = treeIn(
      model(
        '<define-fault-tree name="ft"><label>for people &amp; others</label>',
        gate("top", `<and><gate name="left"/><basic-event name="c"/></and>`),
        gate("left", `<atleast min="2">${uses("a", "b", "c")}</atleast>`),
        "</define-fault-tree>",
        `<model-data>${event("a")}${event("b")}<define-basic-event name="c"/></model-data>`,
      ),
    );
    expect(tree.top).toBe("top");
    expect(tree.gates.get("left")).toEqual({ atLeast: 2, of: [{ event: "a" }, { event: "b" }, { event: "c" }] });
    expect([...tree.events]).toEqual([
      ["a", 0.5],
      ["b", 0.5],
      ["c", null],
    ]);
  });

  test("may use every connective, and they mean what they say", () => {
    expect(sets(`<xor>${uses("a", "b")}</xor>`)).toEqual([["a"], ["b"]]);
    expect(sets(`<nand>${uses("a", "b")}</nand>`)).toEqual([[]]);
    expect(sets(`<not><nand>${uses("a", "b")}</nand></not>`)).toEqual([["a", "b"]]);
    expect(sets(`<not><nor>${uses("a", "b")}</nor></not>`)).toEqual([["a"], ["b"]]);
    expect(sets(`<not><imply>${uses("a", "b")}</imply></not>`)).toEqual([["a"]]);
    expect(sets(`<not><iff>${uses("a", "b")}</iff></not>`)).toEqual([["a"], ["b"]]);
    expect(sets(`<cardinality min="2" max="2">${uses("a", "b", "c")}</cardinality>`)).toHaveLength(3);
    expect(sets(`<and><constant value="true"/>${uses("a")}</and>`)).toEqual([["a"]]);
  });

  test("computes probabilities from parameters, rates and arithmetic", () => {
    const tree = treeIn(
      model(
        gate("g", `<or>${uses("a", "b")}</or>`),
        '<define-parameter name="rate"><mul><float value="1e-3"/><int value="2"/></mul></define-parameter>',
        '<define-basic-event name="a"><exponential><parameter name="rate"/><float value="100"/></exponential></define-basic-event>',
        '<define-basic-event name="b"><sub><int value="1"/><float value="0.9"/></sub></define-basic-event>',
      ),
    );
    expect(tree.events.get("a")).toBeCloseTo(1 - Math.exp(-0.2), 15);
    expect(tree.events.get("b")).toBeCloseTo(0.1, 15);
  });

  test("finds what is private to a component first, and what is public everywhere", () => {
    const tree = treeIn(
      model(
        '<define-fault-tree name="ft">',
        gate("top", `<or><gate name="inner"/>${uses("e")}</or>`),
        `<define-component name="c" role="private">${gate("own", `<and>${uses("e", "p")}</and>`)}${event("e", "0.25")}`,
        '<define-gate name="inner" role="public"><or><gate name="own"/></or></define-gate></define-component>',
        `</define-fault-tree>${event("e")}${event("p")}`,
      ),
    );
    expect(tree.gates.get("ft.c.own")).toEqual({ and: [{ event: "ft.c.e" }, { event: "p" }] });
    expect(tree.gates.get("top")).toEqual({ or: [{ gate: "inner" }, { event: "e" }] });
  });

  test("asks about the gate that no other uses, or about the one that is named", () => {
    const text = model(gate("one", uses("a")), gate("two", uses("a")), event("a"));
    expect(refusalsOf(text)).toEqual(["lockout.topUnclear model.xml"]);
    expect(treeIn(text, "two").top).toBe("two");
    expect(refusalsOf(text, "three")).toEqual(["lockout.topUnclear model.xml"]);
    expect(refusalsOf(model())).toEqual(["lockout.topUnclear model.xml"]);
  });
});

describe("a file that is no model", () => {
  test.each([
    ["", 1],
    ["no xml", 1],
    ["<a>\n<b>\n</a>", 3],
    ["<opsa-mef>\n", 2],
    ["<opsa-mef/><opsa-mef/>", 1],
    ["<opsa-mef a='1' a='2'/>", 1],
    ["<opsa-mef a='&nothing;'/>", 1],
    ["<!DOCTYPE x [<!ENTITY y 'z'>]>\n<opsa-mef/>", 1],
    ["<opsa-mef>\n< /opsa-mef>", 2],
    ["\n<html></html>", 2],
    ["<opsa-mef/> and more", 1],
    ["<a>".repeat(600), 1],
  ])("is refused with the line: %j", (text, line) => {
    expect(refusalsOf(text)).toEqual([`lockout.fileUnreadable model.xml:${line}`]);
  });

  test("is refused with everything that is wrong with it, at once and by line", () => {
    const text = model(
      gate("top", `<and>${uses("a", "nobody")}<gate name="left"/></and>`),
      gate("left", `<atleast min="4">${uses("a", "b")}</atleast>`),
      gate("left", uses("a")),
      event("a", "1.5"),
      event("b", "much"),
      "<define-CCF-group/>",
      gate("odd", `<perhaps>${uses("a")}</perhaps>`),
      gate("empty", ""),
    );
    expect(refusalsOf(text).toSorted()).toEqual([
      "lockout.constructUnknown model.xml:10",
      "lockout.constructUnknown model.xml:8",
      "lockout.constructUnknown model.xml:9",
      "lockout.countOutOfRange model.xml:4",
      "lockout.nameTwice model.xml:5",
      "lockout.nameUndefined model.xml:3",
      "lockout.probabilityOutOfRange model.xml:6",
      "lockout.probabilityOutOfRange model.xml:7",
    ]);
  });

  test("is refused where a guess would be an answer: names that are none or two, and words that are neither true nor false", () => {
    const text = model(
      gate("top", `<or>${uses("a", "h", "k")}<constant value="yes"/><cardinality min="" max="1">${uses("a")}</cardinality></or>`),
      event("a"),
      '<define-house-event name="a"><constant value="true"/></define-house-event>',
      '<define-house-event name="h"><float value="1"/></define-house-event>',
      '<define-house-event name="k"><constant value="TRUE"/></define-house-event>',
      '<define-basic-event name=""/>',
      '<define-basic-event name="b"><bool value="1"/></define-basic-event>',
    );
    expect(refusalsOf(text).toSorted()).toEqual([
      "lockout.constructUnknown model.xml:3",
      "lockout.constructUnknown model.xml:6",
      "lockout.constructUnknown model.xml:7",
      "lockout.constructUnknown model.xml:8",
      "lockout.constructUnknown model.xml:9",
      "lockout.countOutOfRange model.xml:3",
      "lockout.nameTwice model.xml:5",
    ]);
  });

  test("is refused where it is made to be followed for ever: parameters in a row, a tag without end, circles of thousands", () => {
    const row = Array.from(
      { length: 5_000 },
      (_, at) => `<define-parameter name="p${at}"><parameter name="p${at + 1}"/></define-parameter>`,
    );
    const last = '<define-parameter name="p5000"><float value="0.1"/></define-parameter>';
    const leads = model(gate("top", uses("a")), '<define-basic-event name="a"><parameter name="p0"/></define-basic-event>', ...row, last);
    expect(refusalsOf(leads)).toEqual(["lockout.constructUnknown model.xml:304"]);
    const wide = Array.from({ length: 2_000_000 }, (_, at) => `a${at}=""`).join(" ");
    expect(refusalsOf(`<opsa-mef ${wide}/>`)).toEqual(["lockout.fileUnreadable model.xml:1"]);
    const around = Array.from({ length: 2_000 }, (_, at) => gate(`g${at}`, `<or><gate name="g${at + 1}"/><gate name="g0"/></or>`));
    const found = read(model(...around, gate("g2000", uses("a")), event("a")));
    expect("refused" in found && found.refused.length).toBe(20);
    expect(JSON.stringify(found).length).toBeLessThan(20_000);
  });

  test("is refused with every circle named", () => {
    const around = (name: string, next: string) => gate(name, `<or><gate name="${next}"/>${uses("a")}</or>`);
    const found = read(model(gate("top", '<gate name="x"/>'), around("x", "y"), around("y", "z"), around("z", "x"), event("a")));
    expect("refused" in found && found.refused.map(({ code, detail }) => [code, detail])).toEqual([
      ["lockout.gatesInCircle", "x → y → z → x"],
    ]);
  });
});

test("what is written is read again as the same question", () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const tree = randomTree(diceOf(seed), { events: 6, gates: 6, commonCauses: 1, coherent: seed % 2 === 0, mostArguments: 4 });
    const again = treeIn(writeFaultTree({ ...tree, name: `"<&>'\n` }), tree.top);
    expect(again.name).toBe(`"<&>'\n`);
    const [before, after] = [analyse(tree), analyse(again)];
    expect(after.histogram).toEqual(before.histogram);
    expect(after.topEventProbability).toBeCloseTo(before.topEventProbability!, 12);
  }
});
