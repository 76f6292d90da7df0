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

test("an operation of an estate file is answered without a server, and asked for by name where there are several", async () => {
  const { code, out } = await lockout(ESTATE, "--operation", "pay-wages", "--json");
  expect(code).toBe(0);
  const { top, smallest } = JSON.parse(out) as { top: string; smallest: readonly (readonly string[])[] };
  expect(top).toBe("operation_pay-wages");
  expect(smallest.map((set) => set.toSorted().join(" "))).toContain("bank-cards corporate-sign-in");
  expect(await lockout(ESTATE)).toMatchObject({ code: 2, err: expect.stringContaining("pay-wages, change-firewall") as string });
  expect((await lockout(ESTATE, "--operation", "nothing")).err).toContain("lockout.notFound");
  expect((await lockout("components:\n  - { key: one, requires: two }\n")).err).toContain("estate.yaml:2:5");
});
