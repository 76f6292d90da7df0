/** Drills from the command line: what is due, and one held as far as no passkey is needed for it. */
import { getDrill, listDrillPlans, listExercises, runDrillProbe, startDrill } from "../drills/contract.ts";
import type { DrillView, PlanView } from "../drills/contract-views.ts";
import { listPeople } from "../people/contract.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Client } from "./client.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { faultLine, sheetText } from "./drill-output.ts";
import { inert, jsonText, table } from "./output.ts";
import type { Pause } from "./read-now.ts";
import type { ConnectClient } from "./register-commands.ts";

/** Two seconds each: what takes longer goes on by itself, and is on the sheet later. */
const MOST_LOOKS = 150;

export function drillCommand(connect: ConnectClient, wait: Pause): Command {
  return {
    name: "drill",
    usage: "list | catalogue | show DRILL | run PLAN [--participants a,b] [--observers c] [--json]",
    summary: "See which drills are due, begin one, have its probes run, and print its sheet",
    options: { participants: { type: "string" }, observers: { type: "string" }, json: { type: "boolean" } },
    async run(input) {
      const [what, name] = input.args;
      const act = ACTS[what ?? "list"];
      if (act === undefined) throw new UsageFault(`there is no "drill ${inert(what ?? "")}"`);
      return act({ client: await connect(input), input, name, wait });
    },
  };
}

interface Asked {
  readonly client: Client;
  readonly input: CommandInput;
  readonly name: string | undefined;
  readonly wait: Pause;
}

const ACTS: Readonly<Record<string, (asked: Asked) => Promise<number>>> = { list, catalogue, show, run };

async function list({ client, input }: Asked): Promise<number> {
  const items = await plansOf(client);
  const rows = items.map(({ name, tier, open, last, failed }) => [
    inert(name),
    String(tier),
    open === null ? "none" : open.isOverdue ? `overdue since ${open.dueAt}` : `${open.state}, due ${open.dueAt}`,
    last === null ? "never held" : `${last.outcome ?? last.state} ${last.endedAt ?? ""}`,
    failed === null ? "" : failed.why,
  ]);
  const text = rows.length === 0 ? "No drill is planned." : table(["plan", "tier", "next", "last", "control failed"], rows);
  input.print(input.options["json"] === true ? jsonText({ items }) : text);
  return items.some(({ failed }) => failed !== null) ? 1 : 0;
}

async function catalogue({ client, input }: Asked): Promise<number> {
  const reply = await client.call(listExercises);
  const rows = reply.items.map(({ key, name, everyDays, observers, probes }) => [
    key,
    everyDays.join(", "),
    String(observers),
    probes.join(", "),
    name,
  ]);
  input.print(input.options["json"] === true ? jsonText(reply) : table(["exercise", "days by tier", "observers", "probes", "what"], rows));
  return 0;
}

async function show({ client, input, name }: Asked): Promise<number> {
  if (name === undefined) throw new UsageFault("name the drill by its id");
  return printed(input, await client.call(getDrill, { params: { id: name } }));
}

/** Begins it where nobody has, has every probe run that gave no result yet, and prints what it amounts to. */
async function run({ client, input, name, wait }: Asked): Promise<number> {
  if (name === undefined) throw new UsageFault("name the plan, as `drill list` shows it");
  const plan = (await plansOf(client)).find((each) => [each.id, each.name].includes(name));
  if (plan?.open === undefined || plan.open === null) throw refused(`No active plan is called "${name}".`);
  const { id } = plan.open;
  let drill = await client.call(getDrill, { params: { id } });
  if (drill.state !== "running") {
    const participants = await peopleOf(client, input.options["participants"]);
    const observers = await peopleOf(client, input.options["observers"]);
    drill = await client.call(startDrill, { params: { id }, body: { participants, observers } });
    input.note(`begun ${drill.startedAt ?? ""}`);
  }
  for (const probe of drill.probes) {
    if (probe.result !== null || probe.isRunning) continue;
    input.note(`probing: ${inert(probe.name)}`);
    drill = await client.call(runDrillProbe, { params: { id }, body: { probe: probe.key } });
  }
  for (let looks = 0; drill.probes.some(({ isRunning }) => isRunning) && looks < MOST_LOOKS; looks++) {
    await wait();
    drill = await client.call(getDrill, { params: { id } });
  }
  return printed(input, drill);
}

function printed(input: CommandInput, drill: DrillView): number {
  input.print(input.options["json"] === true ? jsonText(drill) : sheetText(drill));
  if (drill.state === "running") {
    for (const each of drill.amounts?.faults ?? []) input.note(`not yet: ${faultLine(drill, each)}`);
    input.note(`An observer judges and signs it in the console, with a passkey: /drills/${drill.id}`);
  }
  return drill.amounts?.outcome === "passed" ? 0 : 1;
}

async function plansOf(client: Client): Promise<readonly PlanView[]> {
  const found: PlanView[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, next } = await client.call(listDrillPlans, { query: { limit: 200, ...(cursor !== undefined && { cursor }) } });
    found.push(...items);
    if (next === undefined) return found;
    cursor = next;
  }
}

/** Ids, or names that exactly one person has. */
async function peopleOf(client: Client, given: string | boolean | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const each of typeof given === "string" ? given.split(",").map((text) => text.trim()) : []) {
    if (each === "") continue;
    if (each.startsWith("per_")) {
      found.push(each);
      continue;
    }
    const { items } = await client.call(listPeople, { query: { search: each, active: "true", limit: 5 } });
    const [person, other] = items;
    if (person === undefined || other !== undefined) throw refused(`"${each}" is ${person === undefined ? "nobody" : "several people"}.`);
    found.push(person.id);
  }
  return found;
}

function refused(detail: string): Refused {
  return new Refused([refusal("drills.notFound", detail)]);
}
