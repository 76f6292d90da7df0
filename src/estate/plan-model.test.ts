import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { readModelFile } from "./load-file.ts";

const EXAMPLE = readFileSync(new URL("../../docs/examples/estate.yaml", import.meta.url), "utf8");

const faultsOf = (text: string) => {
  const reading = readModelFile(text);
  return reading.ok ? [] : reading.faults.map(({ at, code }) => `${at} ${code}`);
};
const part = (key: string, rest = "") => `  - { key: ${key}, name: The ${key}, kind: external, layer: provider${rest} }\n`;

test("an estate file tells the model without a server: what is active, and persons by their keys", () => {
  const reading = readModelFile(EXAMPLE);
  expect(reading).toMatchObject({ ok: true });
  const { components, commonCauses, operations } = (reading as Extract<typeof reading, { ok: true }>).model;
  expect(components.find(({ key }) => key === "uplinks")).toMatchObject({
    owner: "milo-roth",
    requires: { any: ["fibre", "mobile-uplink"] },
    endpoints: [],
    unavailability: null,
  });
  expect(commonCauses).toMatchObject([{ key: "harbour-power", members: ["dns", "fibre", "time"] }]);
  expect(operations.map(({ key, paths }) => [key, paths.map(({ role }) => role)])).toEqual([
    ["pay-wages", ["primary", "fallback", "break-glass"]],
    ["change-firewall", ["primary"]],
  ]);
  const retired = readModelFile(`components:\n${part("old", ", status: retired")}${part("new")}`);
  expect(retired).toMatchObject({ ok: true, model: { components: [{ key: "new" }] } });
});

test("everything that is wrong is said at once, where the file says it", () => {
  const text = `components:
${part("one", ", requires: { all: [two, ghost, { any: [] }] }")}${part("two", ", requires: old")}${part("old", ", status: retired")}${part("one")}\
commonCauses:
  - { key: cause, name: Cause, kind: region }
operations:
  - { key: pay, name: Pay, criticality: 1, paths: [{ key: way, name: Way, population: human, role: primary, needs: { atLeast: 3, of: [one, two] } }] }
`;
  expect(faultsOf(text)).toEqual([
    "estate.yaml:2:88 estate.referenceDangling",
    "estate.yaml:2:95 estate.expressionEmpty",
    "estate.yaml:3:75 estate.referenceRetired",
    "estate.yaml:4:73 estate.stillNeeded",
    "estate.yaml:5:12 estate.keyTwice",
    "estate.yaml:7:5 estate.membersMissing",
    "estate.yaml:9:127 estate.atLeastOutOfRange",
  ]);
});

test("a need that cannot be read is refused at the part that is wrong", () => {
  expect(faultsOf(`components:\n${part("one", ", requires: { all: [two, { some: [three] }] }")}`)).toEqual([
    "estate.yaml:2:88 estate.valueInvalid",
  ]);
  expect(faultsOf(`components:\n${part("one", ", requires: { atLeast: two, of: [three] }")}`)).toEqual([
    "estate.yaml:2:86 estate.valueInvalid",
  ]);
});

test("a circle is one fault, wherever it is entered, and two circles are two", () => {
  const circle = part("one", ", requires: two") + part("two", ", requires: three") + part("three", ", requires: { any: [one, four] }");
  const other = part("four", ", requires: five") + part("five", ", requires: four");
  expect(faultsOf(`components:\n${circle}${other}`)).toEqual([
    "estate.yaml:2:75 estate.requiresCycle",
    "estate.yaml:5:77 estate.requiresCycle",
  ]);
});
