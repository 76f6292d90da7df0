/** A drill at Brightwater: planned, and held by those who take part before somebody who looks on and signs. */
import { FINISH_ACTION } from "../drills/contract.ts";
import type { DrillView, PlanView } from "../drills/contract-views.ts";
import { dayOf, endOfStoryDay } from "./calendar.ts";
import type { Stage } from "./stage.ts";
import type { Happening } from "./story.ts";

type Drill = Extract<Happening, { readonly drill: string }>;

const EVERY_DAYS = 90;

export async function playDrill(stage: Stage, { drill: name, exercise, path, fails, owner, by, held }: Drill): Promise<void> {
  const due = "due" in held ? held.due : dayOf(stage) + 1;
  const { open } = await (
    await stage.as(by)
  ).ask<PlanView>("POST", "/api/v1/drill-plans", {
    name,
    exercise,
    subject: { kind: "path", key: path },
    owner: stage.idOf(owner),
    everyDays: EVERY_DAYS,
    targets: { detect: 15, decide: 30, access: 60, restore: 1440 },
    fails,
    firstDueAt: endOfStoryDay(stage, due),
  });
  if (!("due" in held)) await hold(stage, `/api/v1/drills/${open!.id}`, owner, held);
}

async function hold(stage: Stage, path: string, owner: string, held: Extract<Drill["held"], { readonly looksOn: string }>): Promise<void> {
  const { takes, looksOn, note } = held;
  const people = { participants: takes.map((each) => stage.idOf(each)), observers: [stage.idOf(looksOn)] };
  const drill = await (await stage.as(owner)).ask<DrillView>("POST", `${path}/start`, people);
  for (const step of drill.steps.keys()) {
    await (await stage.as(takes[0]!)).ask("POST", `${path}/steps`, { step });
    stage.wait("PT7M");
  }
  const observer = await stage.as(looksOn);
  for (const criterion of drill.criteria.keys()) await observer.ask("POST", `${path}/criteria`, { criterion, met: true });
  const { id, contentHash } = await observer.ask<DrillView>("POST", `${path}/notes`, { text: note });
  await observer.ask("POST", `${path}/finish`, { assertion: await observer.sign(FINISH_ACTION, id, contentHash ?? "") });
}
