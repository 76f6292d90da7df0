/** `postern rules`: a rule set's file read without a server, tried on what was asked, and made ready to be signed. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { getRuleSet, type TrialView, tryRuleSet } from "../decisions/contract-rules.ts";
import { type Refusal, refusal, Refused } from "../kernel/problem.ts";
import type { Client } from "./client.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { inert, jsonText } from "./output.ts";
import type { ConnectClient } from "./register-commands.ts";

/** Reads a rule set's text; what it takes is loaded only then. `file`: as faults name their places. */
export type ReadRules = (
  text: string,
  file: string,
) => Promise<
  | { readonly ok: true; readonly name: string; readonly digest: string; readonly rules: number }
  | { readonly ok: false; readonly faults: readonly Refusal[] }
>;

export function rulesCommand(connect: ConnectClient, readRules: ReadRules): Command {
  return {
    name: "rules",
    usage: "check FILE | try FILE [--questions FILE.json] | put FILE  [--json]",
    summary: "Read a rule set's file (no server needed), see what it would change (exit code 3: something), or make ready to sign it",
    options: { questions: { type: "string" }, json: { type: "boolean" } },
    async run(input) {
      const [what = "", file, ...more] = input.args;
      if (file === undefined || more.length > 0) throw new UsageFault("name one file");
      if (!["check", "try", "put"].includes(what)) throw new UsageFault(`there is no "rules ${inert(what)}"`);
      const text = await readFile(file, "utf8");
      const reading = await readRules(text, basename(file));
      if (!reading.ok) throw new Refused(reading.faults);
      if (what !== "check") return tried({ client: await connect(input), input, name: reading.name, text }, what === "put");
      input.print(input.options["json"] === true ? jsonText(reading) : `${reading.name}: ${reading.rules} rules, ${reading.digest}`);
      return 0;
    },
  };
}

interface Trying {
  readonly client: Client;
  readonly input: CommandInput;
  readonly name: string;
  readonly text: string;
}

async function tried({ client, input, name, text }: Trying, isToSign: boolean): Promise<number> {
  const trial = await client.call(tryRuleSet, { params: { name }, body: { text, ...(await questionsOf(input)) } });
  input.print(input.options["json"] === true ? jsonText(trial) : trialText(trial));
  if (!isToSign) return trial.of > trial.counts.same ? 3 : 0;
  input.note(await howToSign(client, name));
  return 0;
}

/** Questions as AuthZEN writes them: a list, or one. */
async function questionsOf({ options }: CommandInput): Promise<{ questions?: never[] }> {
  const file = options["questions"];
  if (typeof file !== "string") return {};
  try {
    const read = JSON.parse(await readFile(file, "utf8")) as unknown;
    return { questions: (Array.isArray(read) ? read : [read]) as never[] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refused([refusal("cli.notJson", `${basename(file)} is no JSON: ${error.message}.`)]);
  }
}

const CHANGE_WORDS: Readonly<Record<keyof TrialView["counts"], string>> = {
  denyToPermit: "denied now, would be permitted",
  permitToDeny: "permitted now, would be denied",
  needsException: "would depend on an exception otherwise than now",
  otherRule: "the same by another rule",
  otherObligations: "the same with other obligations",
  same: "the same",
};

function trialText({ of, counts, examples, newlyRead }: TrialView): string {
  const sums = Object.entries(CHANGE_WORDS).map(([change, words]) => `${counts[change as keyof typeof counts]}  ${words}`);
  const shown = examples.map(({ change, question, before, after }) => {
    const ruled = ({ permit, rule, words }: typeof before) =>
      `${permit ? "permitted" : "denied"}${rule === null ? "" : ` by ${rule}`}: ${words}`;
    return inert(`${CHANGE_WORDS[change]}\n  ${JSON.stringify(question)}\n  now  ${ruled(before)}\n  then ${ruled(after)}`);
  });
  const unseen = newlyRead.map(({ of: holder, name }) =>
    inert(`Recorded questions do not say ${holder} ${name}, which only this file looks at.`),
  );
  return [`${of} questions`, ...sums, ...shown, ...unseen].join("\n");
}

/** A terminal holds no passkey: what decides access is signed in the console, where the same text is tried again. */
async function howToSign(client: Client, name: string): Promise<string> {
  const version = await client
    .call(getRuleSet, { params: { name } })
    .then((found) => found.version)
    .catch((error: unknown) => {
      if (error instanceof Refused && error.status === 404) return 0;
      throw error;
    });
  return `The file is sound. It becomes version ${version + 1} of ${name} when somebody puts it in force with a passkey: in the console under Decision rules.`;
}
