import { expect, test } from "vitest";

import { readModelFile } from "../estate/index.ts";
import { keysOf } from "../estate/expression.ts";
import { createSingles } from "../lockout/singles.ts";
import { EMPLOYEES, estateOf, keyOf } from "./company.ts";

const reading = readModelFile(estateOf("2027-01-01"));
if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
const { model } = reading;
const payroll = model.operations.find(({ key }) => key === "pay-wages")!;

test("one failure locks the payroll team out, and only one, though they have two ways in", () => {
  expect(payroll.paths.map(({ role }) => role)).toEqual(["primary", "fallback"]);
  expect(createSingles(model).ofOperation(payroll)).toEqual(new Set(["office-sign-in"]));
});

test("one line mends it: the way in that releasing payments has", () => {
  const safe = model.operations.find(({ key }) => key === "release-payments")!.paths.find(({ key }) => key === "safe")!;
  expect(createSingles(model).ofOperation({ ...payroll, paths: [...payroll.paths, safe] })).toEqual(new Set());
});

test("everything of it has an owner who works there, and is needed by something", () => {
  const staff = new Set(EMPLOYEES.map(({ name }) => keyOf(name)));
  const owners = [...model.components.map(({ owner }) => owner), ...model.operations.map(({ businessOwner }) => businessOwner)];
  expect(owners.filter((owner) => owner === null || !staff.has(owner))).toEqual([]);
  const needed = new Set([
    ...model.components.flatMap(({ requires }) => keysOf(requires)),
    ...model.operations.flatMap(({ paths }) => paths.flatMap(({ needs }) => keysOf(needs))),
  ]);
  expect(model.components.filter(({ key }) => !needed.has(key)).map(({ key }) => key)).toEqual([]);
});
