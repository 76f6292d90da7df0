import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { getRuleSet, tryRuleSet } from "../decisions/contract-rules.ts";
import { summaryOfRules } from "../decisions/rules/load-summary.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Client } from "./client.ts";
import { rulesCommand } from "./rules-command.ts";
import { runCli } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-rules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOUND = "name: files\ndescription: Who reads.\nrules:\n  - { name: all, permit: They may., when: { action.name: read } }\n";
const BROKEN =
  "name: files\ndescription: Who reads.\nrules:\n  - { name: all, permit: They may., when: { action.nam: read } }\n  - { allow: it }\n";

interface Told {
  readonly path: string;
  readonly body: unknown;
}

async function rules(args: readonly string[], told: Told[] = [], reply?: unknown) {
  const client = {
    call: (endpoint: { id: string; path: string }, { body }: { body?: unknown }) => {
      told.push({ path: endpoint.path, body });
      if (endpoint.id === getRuleSet.id) return Promise.reject(new Refused([refusal("decisions.ruleSetUnknown", "None.")], 404));
      return Promise.resolve(reply);
    },
  } as unknown as Client;
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const command = rulesCommand(
    () => Promise.resolve(client),
    (text, file) => Promise.resolve(summaryOfRules(text, file)),
  );
  const code = await runCli([command], ["rules", ...args], {}, terminal);
  return { code, out: out.join(""), err: err.join("") };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test("a sound file is told by name and digest without a server", async () => {
  const { code, out } = await rules(["check", file("files.yaml", SOUND)]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^files: 1 rules, sha256:[0-9a-f]{64}\n$/)]);
});

test("of one that is not, every fault is told by file, line and column, and nothing is sent", async () => {
  const told: Told[] = [];
  for (const what of ["check", "try", "put"]) {
    const { code, err } = await rules([what, file("files.yaml", BROKEN)], told);
    expect(code).toBe(1);
    expect(err).toContain("files.yaml:4:45");
    expect(err).toContain("files.yaml:5:7");
    expect(err).toContain("decisions.ruleKeyUnknown");
  }
  expect(told).toEqual([]);
});

const TRIAL = {
  of: 2,
  counts: { denyToPermit: 1, permitToDeny: 0, needsException: 0, otherRule: 0, otherObligations: 0, same: 1 },
  examples: [
    {
      change: "denyToPermit",
      question: { subject: { type: "user", id: "\u001b[31mred" } },
      before: { permit: false, code: "nothing_permits", words: "No.", rule: null },
      after: { permit: true, code: "permitted_by_rule", words: "They may.", rule: "all" },
    },
  ],
  newlyRead: [{ of: "context", name: "risk" }],
};

test("a trial tells what would change and ends with 3; what was typed by others moves no cursor", async () => {
  const told: Told[] = [];
  const question = { subject: { type: "user", id: "a" }, action: { name: "read" }, resource: { type: "file", id: "1" } };
  const asked = ["try", file("files.yaml", SOUND), "--questions", file("q.json", JSON.stringify(question))];
  const { code, out } = await rules(asked, told, TRIAL);
  expect(code).toBe(3);
  expect(told).toEqual([{ path: tryRuleSet.path, body: { text: SOUND, questions: [question] } }]);
  expect(out).toContain("1  denied now, would be permitted");
  expect(out).toContain("then permitted by all: They may.");
  expect(out).toContain("context risk");
  expect(out).not.toContain("\u001b");
  const same = await rules(["try", file("files.yaml", SOUND)], [], { ...TRIAL, counts: { ...TRIAL.counts, denyToPermit: 0, same: 2 } });
  expect(same.code).toBe(0);
});

test("questions that are no JSON are refused by their file", async () => {
  const { code, err } = await rules(["try", file("files.yaml", SOUND), "--questions", file("q.json", "{")]);
  expect([code, err]).toEqual([1, expect.stringContaining("cli.notJson")]);
});

test("putting in force says that a passkey does it, and as which version", async () => {
  const { code, err } = await rules(["put", file("files.yaml", SOUND)], [], TRIAL);
  expect([code, err]).toEqual([0, expect.stringContaining("It becomes version 1 of files")]);
});
