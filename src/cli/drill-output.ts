/** The sheet of a drill as text: for a wall, a terminal, a ticket. */
import type { DrillView, FaultView } from "../drills/contract-views.ts";
import { inert } from "./output.ts";

const MINUTE_MS = 60_000;

const names = (people: readonly { name: string }[]) => people.map((each) => inert(each.name)).join(", ") || "nobody";

export function sheetText(drill: DrillView): string {
  const { name, state, tier, subject, dueAt, participants, observers } = drill;
  return [
    `${inert(name)}: ${state}${drill.isOverdue ? ", overdue" : ""} (tier ${tier}, ${subject.kind} ${subject.key}, due ${dueAt})`,
    `Expected: ${drill.hypothesis}`,
    `May touch: ${drill.blastRadius}`,
    `Stop when: ${drill.abort}`,
    `Take part: ${names(participants)}. Observe: ${names(observers)}.`,
    "",
    ...drill.steps.map(({ text, done }, i) => `[${done === null ? " " : "x"}] ${i + 1}. ${text}${done === null ? "" : `  ${done.at}`}`),
    ...section("Probes", drill.probes.map(probeLine)),
    ...section("Times", timeLines(drill)),
    ...section(
      "Criteria",
      drill.criteria.map(({ text, met }) => `${met === null ? "unknown" : met ? "met    " : "not met"}  ${text}`),
    ),
    ...section(
      "Notes",
      drill.notes.map(({ text, by }) => `${inert(by.name)}: ${inert(text)}`),
    ),
    ...section(
      "Evidence",
      drill.files.map((file) => `${file.digest}  ${inert(file.name)}`),
    ),
    ...(drill.amounts === null ? [] : ["", `${drill.state === "finished" ? "Result" : "As it stands"}: ${drill.amounts.outcome}`]),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function probeLine({ name, isRunning, result }: DrillView["probes"][number]): string {
  const outcome = isRunning ? "running" : (result?.outcome ?? "not run");
  return `${outcome.padEnd(7)}  ${inert(name)}${result === null ? "" : `: ${inert(result.saw)}`}`;
}

function timeLines({ targets, amounts }: DrillView): readonly string[] {
  return (["detect", "decide", "access", "restore"] as const).flatMap((time) => {
    const [target, taken] = [targets[time], amounts?.times[time] ?? null];
    if (target === null && taken === null) return [];
    const words = taken === null ? "not marked" : `${Math.ceil(taken / MINUTE_MS)} min`;
    return [`${time.padEnd(7)}  ${words}${target === null ? "" : `, at most ${target} min`}`];
  });
}

/** Why it would not pass as it stands. */
export function faultLine({ steps, criteria, probes }: DrillView, fault: FaultView): string {
  switch (fault.of) {
    case "step":
      return `step ${fault.step + 1} is not done: ${steps[fault.step]?.text ?? ""}`;
    case "probe":
      return `probe ${fault.outcome}: ${inert(probes.find(({ key }) => key === fault.probe)?.name ?? fault.probe)}`;
    case "criterion":
      return `${fault.is === "notMet" ? "not met" : "nobody judged"}: ${criteria[fault.criterion]?.text ?? ""}`;
    case "time":
      return `the time to ${fault.time} is ${fault.is}`;
  }
}
