import { expect, test } from "vitest";

import { refusal, Refused } from "../kernel/problem.ts";
import { type Command, UsageFault } from "./command.ts";
import { jsonText } from "./output.ts";
import { runCli } from "./run.ts";

const EVIL = "a\u001B[2J\u009B2J\u007F\u202Eb";

async function ran(run: Command["run"]) {
  let [out, err] = ["", ""];
  const command: Command = { name: "show", usage: "", summary: "", options: {}, run };
  const code = await runCli([command], ["show"], {}, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

test("what others wrote steers no terminal, whichever way a command says it; lines stay lines", async () => {
  const inert = "a\uFFFD[2J\uFFFD2J\uFFFD\uFFFDb";
  const said = await ran((input) => {
    input.print(`${EVIL}\nnext`);
    input.note(EVIL);
    return Promise.resolve(0);
  });
  expect(said).toEqual({ code: 0, out: `${inert}\nnext\n`, err: `${inert}\n` });
  const failed = await ran(() => Promise.reject(new Error(EVIL)));
  expect(failed).toEqual({ code: 1, out: "", err: `postern show: ${inert}\n` });
  const refused = await ran(() => Promise.reject(new Refused([refusal("bypasses.notOpen", `${EVIL}\nnext`, { at: EVIL })])));
  expect(refused).toEqual({ code: 1, out: "", err: `bypasses.notOpen at ${inert}: ${inert} next\n` });
  expect(await ran(() => Promise.reject(new UsageFault(EVIL)))).toMatchObject({ code: 2, err: expect.stringContaining(inert) as string });
});

test("in JSON it is escaped, and is the same to whoever parses it", async () => {
  const { out } = await ran((input) => {
    input.print(jsonText({ name: EVIL }));
    return Promise.resolve(0);
  });
  expect(JSON.parse(out)).toEqual({ name: EVIL });
});
