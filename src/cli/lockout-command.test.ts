import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { readModelFile } from "../estate/index.ts";
import { lockoutCommand } from "./lockout-command.ts";
import { runCli } from "./run.ts";

const folder = tempFolders("lockout");

const MODEL = `<opsa-mef>
  <define-gate name="top"><and><gate name="left"/><basic-event name="c"/></and></define-gate>
  <define-gate name="left"><or><basic-event name="a"/><basic-event name="b"/></or></define-gate>
  <define-basic-event name="a"><float value="0.1"/></define-basic-event>
  <define-basic-event name="b"><float value="0.2"/></define-basic-event>
  <define-basic-event name="c"><float value="0.5"/></define-basic-event>
</opsa-mef>`;

async function lockout(text: string, ...options: string[]) {
  const file = join(folder(), text.startsWith("<") ? "model.xml" : "estate.yaml");
  writeFileSync(file, text);
  const said = { out: "", err: "" };
  const code = await runCli(
    [lockoutCommand((yaml) => Promise.resolve(readModelFile(yaml)))],
    ["lockout", file, ...options],
    {},
    {
      out: (more) => (said.out += more),
      err: (more) => (said.err += more),
    },
  );
  return { code, ...said };
}

test("a model's minimal sets, their number and the probability are printed for programs", async () => {
  const { code, out } = await lockout(MODEL, "--json");
  expect(code).toBe(0);
  const { birnbaum, topEventProbability, ...answer } = JSON.parse(out) as Record<string, unknown>;
  expect(answer).toMatchObject({
    top: "top",
    minimalCutSets: "2",
    histogram: ["0", "0", "2"],
    completeToOrder: null,
    mostProbable: [
      ["b", "c"],
      ["a", "c"],
    ],
  });
  expect(topEventProbability).toBeCloseTo(0.14, 14);
  expect(Object.keys(birnbaum as object)).toEqual(["a", "b", "c"]);
});

test("and for people, who always read how far the list is complete", async () => {
  expect((await lockout(MODEL)).out).toContain("2 minimal sets of failures: 2 of 2\n  complete: there are no others");
  expect((await lockout(MODEL, "--max-order", "1")).out).toContain("complete up to 1 simultaneous failures");
});

test("what remains once something has failed", async () => {
  const { out } = await lockout(MODEL, "--what-if", "c", "--json");
  expect(JSON.parse(out)).toMatchObject({ failed: ["c"], minimalCutSets: "2", smallest: [["a"], ["b"]] });
  expect((await lockout(MODEL, "--what-if", "c,b")).out).toContain("nothing has to fail");
});

test("what is unknown or unreadable is refused with its code", async () => {
  expect(await lockout(MODEL, "--what-if", "nobody")).toMatchObject({
    code: 1,
    err: expect.stringContaining("lockout.failureUnknown") as string,
  });
  expect(await lockout("<html/>")).toMatchObject({ code: 1, err: expect.stringContaining("lockout.fileUnreadable") as string });
  expect(await lockout(MODEL, "--max-order", "none")).toMatchObject({ code: 2 });
});

const ESTATE = readFileSync(new URL("../../docs/examples/estate.yaml", import.meta.url), "utf8");

test("an operation of an estate file is answered by its name, in words with the names people know", async () => {
  const { code, out } = await lockout(ESTATE, "--operation", "pay-wages", "--json");
  expect(code).toBe(0);
  const { top, smallest } = JSON.parse(out) as { top: string; smallest: readonly (readonly string[])[] };
  expect(top).toBe("operation_pay-wages");
  expect(smallest.map((set) => set.toSorted().join(" "))).toContain("bank-cards corporate-sign-in");
  expect((await lockout(ESTATE, "--operation", "pay-wages")).out).toContain("Pay wages (pay-wages): no way in is left\n");
  expect((await lockout(ESTATE, "--operation", "nothing")).err).toContain("lockout.notFound");
  expect((await lockout("components:\n  - { key: one, requires: two }\n")).err).toContain("estate.yaml:2:5");
});

test("all operations of an estate file are answered at once, up to so many failures as are asked for", async () => {
  const { out } = await lockout(ESTATE);
  expect(out).toContain("2 operations, complete up to 2 simultaneous failures");
  expect(out).toContain("pay-wages: Pay wages survives any one failure. It is lost by any of 5 pairs.");
  expect(out).toContain("If Time service fails, Change the firewall has no way in.");
  const answer = JSON.parse((await lockout(ESTATE, "--json", "--max-order", "3")).out) as { operations: readonly unknown[] };
  expect(answer).toMatchObject({ completeTo: 3, failed: [], lockedOut: [], weakened: [] });
  expect(answer.operations).toContainEqual({
    operation: "pay-wages",
    alone: [],
    counts: ["0", "0", "5", "16"],
    smallest: 2,
    tolerates: 1,
    tolerance: "held",
  });
  expect((await lockout(ESTATE, "--max-order", "4")).code).toBe(2);
});

test("what fails in an estate file is told with who is locked out and which ways are left; a name it does not know is refused", async () => {
  const { out } = await lockout(ESTATE, "--what-if", "time,dns");
  expect(out).toContain("With Time service, DNS resolvers failed: 1 operation locked out.");
  expect(out).toContain("change-firewall: without Passkey");
  expect(out).toContain("pay-wages: without Passkey, One-time code; left: The bank's cards");
  expect(JSON.parse((await lockout(ESTATE, "--what-if", "cause_harbour-power", "--json")).out)).toMatchObject({
    lockedOut: [{ operation: "change-firewall", left: [] }],
  });
  expect((await lockout(ESTATE, "--what-if", "tme,dns,zzz")).err).toMatch(/nothing called tme[^]*nothing called zzz/);
});

const componentLine = (key: string, needs: string) => `  - { key: ${key}, name: ${key}, kind: idp, layer: identity, requires: ${needs} }`;

test("a retired operation is none: not one to ask for, not one that is locked out; what is wrong is said at once", async () => {
  const path = "{ key: way, name: Way, population: human, role: primary, needs: vault }";
  const operation = (key: string, status: string) =>
    `  - { key: ${key}, name: ${key}, criticality: 1, tolerates: 0, status: ${status}, paths: [${path}] }`;
  const vault = "  - { key: vault, name: Vault, kind: vault, layer: identity }";
  const text = ["components:", vault, "operations:", operation("pay", "active"), operation("buy", "active"), operation("old", "retired")];
  const answer = JSON.parse((await lockout(text.join("\n"), "--what-if", "vault", "--json")).out) as Record<
    string,
    { operation: string }[]
  >;
  expect(answer["lockedOut"]!.map((each) => each.operation)).toEqual(["pay", "buy"]);
  expect(answer["operations"]!.map((each) => each.operation)).toEqual(["pay", "buy"]);
  const { code, err } = await lockout(text.join("\n"), "--operation", "old", "--what-if", "ghost");
  expect(code).toBe(1);
  expect(err).toMatch(/no operation "old"; there are pay, buy[^]*nothing called ghost/);
});

test("components that need each other in a circle are refused with the circle, whether one operation is asked for or all", async () => {
  const path = "{ key: way, name: P, population: human, role: primary, needs: vault }";
  const operation = (key: string) => `  - { key: ${key}, name: ${key}, criticality: 1, tolerates: 0, paths: [${path}] }`;
  const text = [
    "components:",
    componentLine("vault", "idp"),
    componentLine("idp", "vault"),
    "operations:",
    operation("pay"),
    operation("buy"),
  ].join("\n");
  for (const options of [[], ["--operation", "pay"]]) {
    const { code, err } = await lockout(`${text}\n`, ...options);
    expect([code, err]).toEqual([1, expect.stringContaining("vault")]);
    expect(err).toContain("→");
  }
});
