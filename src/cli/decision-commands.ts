/** Asking the decision point as those who may look: what it would answer, and what it answered. */
import { explainDecision, type ExplanationView, listDecisions } from "../decisions/contract-log.ts";
import { onOneLine } from "../discovery/text.ts";
import type { Client } from "./client.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { inert, jsonText, table } from "./output.ts";
import type { ConnectClient } from "./register-commands.ts";

const TEXT = { type: "string" } as const;

export function decisionsCommand(connect: ConnectClient): Command {
  return {
    name: "decisions",
    usage:
      "ask [TYPE:]SUBJECT [TYPE:]RESOURCE [--method M] [--action sign_in] [--ip A] [--network N] [--device C] [--group G] [--connection C] [--at INSTANT] [--rules NAME] | log [--decision permit|deny] [--code REASON] [--subject S] [--resource R] [--exception E] [--caller C] [--limit 50]  [--json]",
    summary: "Ask what the decision point would answer and why (exit code 3: denied), or read what it answered",
    options: {
      method: TEXT,
      action: TEXT,
      ip: TEXT,
      network: TEXT,
      device: TEXT,
      group: TEXT,
      connection: TEXT,
      at: TEXT,
      rules: TEXT,
      decision: TEXT,
      code: TEXT,
      subject: TEXT,
      resource: TEXT,
      exception: TEXT,
      caller: TEXT,
      limit: TEXT,
      json: { type: "boolean" },
    },
    async run(input) {
      const [what, ...names] = input.args;
      if (what === "ask") {
        const [subject, resource, ...more] = names;
        if (subject === undefined || resource === undefined || more.length > 0) throw new UsageFault("name who and what, and nothing else");
        return ask(await connect(input), input, questionOf(subject, resource, input.options));
      }
      if (what === "log") {
        if (names.length > 0) throw new UsageFault("say by --subject, --resource, --exception or --caller what to look for");
        return log(await connect(input), input);
      }
      throw new UsageFault(what === undefined ? "say ask or log" : `there is no "decisions ${inert(what)}"`);
    },
  };
}

/** Whoever asks in a script branches on the exit code; 1 and 2 are faults. */
const DENIED = 3;

async function ask(client: Client, input: CommandInput, question: Record<string, unknown>): Promise<number> {
  const { at, rules } = input.options;
  const body = {
    question,
    ...(typeof at === "string" && { at }),
    ...(typeof rules === "string" && { ruleSet: rules }),
  };
  const answer = await client.call(explainDecision, { body });
  input.print(input.options["json"] === true ? jsonText(answer) : answerText(answer));
  return answer.permit ? 0 : DENIED;
}

/** `TYPE:ID`, or an id alone of the usual type. */
function entityOf(text: string, usual: string): { type: string; id: string } {
  const [, type = usual, id = text] = /^([a-z_]+):(.+)$/.exec(text) ?? [];
  return { type, id };
}

function questionOf(subject: string, resource: string, options: CommandInput["options"]): Record<string, unknown> {
  const { method, action, ip, network, device, group, connection } = options;
  const properties = {
    ...(typeof group === "string" && { groups: [group] }),
    ...(typeof connection === "string" && { connection }),
  };
  const context = {
    ...(typeof ip === "string" && { ip }),
    ...(typeof network === "string" && { networks: [network] }),
    ...(typeof device === "string" && { device_classes: [device] }),
  };
  return {
    subject: { ...entityOf(subject, "user"), ...(Object.keys(properties).length > 0 && { properties }) },
    action: { name: typeof action === "string" ? action : "sign_in", ...(typeof method === "string" && { properties: { method } }) },
    resource: entityOf(resource, "application"),
    ...(Object.keys(context).length > 0 && { context }),
  };
}

function answerText({ permit, code, words, rule, ruleSet, grant, obligations, at, draft }: ExplanationView): string {
  const lines = [
    `${permit ? "permit" : "deny"}  ${code}: ${onOneLine(words)}`,
    `at         ${at}`,
    `rules      ${ruleSet.name}${rule === null ? "" : `, rule ${onOneLine(rule)}`}`,
    ...(grant === null
      ? []
      : [`exception  ${grant.ref}, until ${grant.validUntil}${grant.ownerName === null ? "" : `, ${onOneLine(grant.ownerName)}`}`]),
    ...obligations.map((each) => `obligation ${JSON.stringify(each)}`),
    ...(draft === null ? [] : ["An exception could lift it: request one in the console, under Decisions."]),
  ];
  return lines.join("\n");
}

async function log(client: Client, input: CommandInput): Promise<number> {
  const { decision, code, subject, resource, exception, caller, limit } = input.options;
  const query = Object.fromEntries(
    Object.entries({ decision, code, subject, resource, exception, caller, limit }).filter(([, value]) => typeof value === "string"),
  );
  const page = await client.call(listDecisions, { query });
  if (input.options["json"] === true) {
    input.print(jsonText(page));
    return 0;
  }
  const rows = page.items.map((each) => [
    each.id,
    each.at,
    each.permit ? "permit" : "deny",
    each.subject.name ?? each.subject.id,
    [each.action, each.method].filter((part) => part !== null).join(" "),
    each.resource.name ?? each.resource.id,
    each.exception?.ref ?? "-",
    each.caller,
    each.code,
  ]);
  const headings = ["id", "at", "answer", "who", "did", "on", "exception", "caller", "reason"];
  input.print(rows.length === 0 ? "Nothing." : table(headings, rows));
  if (page.next !== undefined) input.note("There is more: narrow it down, or ask for more by --limit (200 at most).");
  return 0;
}
