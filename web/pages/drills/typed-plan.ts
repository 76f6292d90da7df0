/** What is typed into the form of a plan, and what is sent of it. */
import type { z } from "zod";

import type { planDrill } from "../../../src/drills/contract.ts";
import type { exerciseView, PlanView } from "../../../src/drills/contract-views.ts";
import { endOfDay, type PlainDate, type Zone } from "../../../src/kernel/time.ts";

export type Exercise = z.output<typeof exerciseView>;
export type PlanBody = z.input<(typeof planDrill)["body"]>;
type ProbeBody = NonNullable<PlanBody["probes"]>[number];
export type ProbeKind = ProbeBody["spec"]["kind"];

export type TypedProbe = Readonly<Record<string, string>> & { readonly kind: ProbeKind };

export interface TypedPlan {
  readonly exercise: string;
  readonly kind: "operation" | "path" | "component";
  readonly operation: string;
  readonly path: string;
  readonly component: string;
  readonly name: string;
  readonly owner: string;
  readonly everyDays: string;
  readonly targets: Readonly<Record<TimeKind, string>>;
  /** Keys of components. */
  readonly fails: readonly string[];
  readonly dueDay: string;
  readonly probes: readonly TypedProbe[];
  readonly heldBy: "people" | "postern";
}

/** Where one came from something that was never tried, it is filled in. */
export function blankPlan(
  search: Readonly<Partial<Record<"operation" | "path" | "component" | "fails", string | undefined>>>,
  owner: string,
): TypedPlan {
  const { operation = "", path = "", component = "", fails } = search;
  const kind = component !== "" ? "component" : path !== "" ? "path" : "operation";
  const targets = { detect: "", decide: "", access: "", restore: "" };
  const failing = fails === undefined ? [] : fails.split(",");
  return {
    exercise: "",
    kind,
    operation,
    path,
    component,
    name: "",
    owner,
    everyDays: "",
    targets,
    fails: failing,
    dueDay: "",
    probes: [],
    heldBy: "people",
  };
}

const textOf = (minutes: number | null) => (minutes === null ? "" : String(minutes));

/** A plan as its form begins. What it is about and the day of its first drill are not changed any more. */
export function typedPlan({ exercise, subject, name, owner, everyDays, targets, fails, probes, unattended }: PlanView): TypedPlan {
  const [operation = "", path = ""] = subject.kind === "component" ? [] : subject.key.split("/");
  const { detect, decide, access, restore } = targets;
  return {
    exercise,
    kind: subject.kind,
    operation,
    path,
    component: subject.kind === "component" ? subject.key : "",
    name,
    owner: owner.id,
    everyDays: String(everyDays),
    targets: { detect: textOf(detect), decide: textOf(decide), access: textOf(access), restore: textOf(restore) },
    fails,
    dueDay: "",
    probes: probes.map(typedProbe),
    heldBy: unattended ? "postern" : "people",
  };
}

function typedProbe({ key, name, spec: { kind, ...fields } }: PlanView["probes"][number]): TypedProbe {
  const words = Object.entries(fields).map(([field, value]): [string, string] => [
    field === "canary" ? "account" : field,
    Array.isArray(value) ? value.join(", ") : value === null ? "" : String(value),
  ]);
  return { ...Object.fromEntries(words), kind, key, name };
}

const TIMES = ["detect", "decide", "access", "restore"] as const;
export type TimeKind = (typeof TIMES)[number];
const MARKED: Readonly<Record<TimeKind, string>> = { detect: "detected", decide: "decided", access: "inside", restore: "restored" };

/** The times that the steps of an exercise measure. */
export function measuredTimes({ steps }: Exercise): readonly TimeKind[] {
  return TIMES.filter((time) => steps.some(({ marks }) => marks === MARKED[time]));
}

export function subjectKey({ kind, operation, path, component }: TypedPlan): string {
  return kind === "component" ? component : kind === "path" ? `${operation}/${path}` : operation;
}

/** Why it cannot be planned yet; undefined: it can. */
export function whyIncomplete(typed: TypedPlan, exercise: Exercise | undefined): string | undefined {
  if (exercise === undefined) return "Choose the exercise first.";
  if (typed.kind === "component" ? typed.component === "" : typed.operation === "") return "Choose what it is about first.";
  if (typed.kind === "path" && typed.path === "") return "Choose the way in first.";
  return whyFieldsIncomplete(typed, exercise) ?? (typed.dueDay === "" ? "Say until when the first one is held." : undefined);
}

const isCount = (text: string) => /^[1-9]\d*$/.test(text.trim());

/** The same of what can be changed later. */
export function whyFieldsIncomplete(typed: TypedPlan, exercise: Exercise): string | undefined {
  if (typed.name.trim() === "") return "Give it a name first.";
  if (typed.owner === "") return "Name who answers for it first.";
  if (!isCount(typed.everyDays)) return "Write the days between two as a whole number.";
  if (measuredTimes(exercise).some((time) => typed.targets[time].trim() !== "" && !isCount(typed.targets[time])))
    return "Write the minutes allowed as whole numbers.";
  return exercise.probes.length > 0 && typed.probes.length === 0 ? "Add what Postern is to try itself first." : undefined;
}

const minutesOf = (text: string) => (text.trim() === "" ? null : Number(text));

export function bodyOf(typed: TypedPlan, exercise: Exercise, zone: string): PlanBody {
  return {
    ...fieldsOf(typed, exercise),
    exercise: exercise.key as PlanBody["exercise"],
    subject: { kind: typed.kind, key: subjectKey(typed) },
    firstDueAt: endOfDay(typed.dueDay as PlainDate, zone as Zone),
  };
}

/** What can be changed later. */
export function fieldsOf(typed: TypedPlan, exercise: Exercise) {
  const measured = measuredTimes(exercise);
  const target = (time: TimeKind) => (measured.includes(time) ? minutesOf(typed.targets[time]) : null);
  return {
    name: typed.name.trim(),
    owner: typed.owner,
    everyDays: Number(typed.everyDays),
    targets: { detect: target("detect"), decide: target("decide"), access: target("access"), restore: target("restore") },
    fails: [...typed.fails],
    unattended: exercise.byItself && typed.heldBy === "postern",
    probes: typed.probes.map((probe, i) => ({
      key: probe["key"] ?? newKey(typed.probes, i),
      name: probe["name"]?.trim() || `Probe ${i + 1}`,
      spec: specOf(probe),
    })),
  };
}

/** Of a probe added: the first that none beside it has. */
function newKey(probes: readonly TypedProbe[], at: number): string {
  const taken = new Set(probes.map((probe) => probe["key"]));
  let next = at + 1;
  while (taken.has(`probe-${next}`)) next += probes.length;
  return `probe-${next}`;
}

function wordsOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function specOf(typed: TypedProbe): ProbeBody["spec"] {
  const text = (name: string) => typed[name]?.trim() ?? "";
  const orNone = (name: string) => (text(name) === "" ? null : text(name));
  const number = (name: string, otherwise: number) => (text(name) === "" ? otherwise : Number(text(name)));
  switch (typed.kind) {
    case "tls":
    case "jwks":
      return { kind: typed.kind, address: text("address"), daysLeft: number("daysLeft", 30) };
    case "provider":
      return { kind: "provider", connection: text("connection"), canary: orNone("account") };
    case "identity": {
      const method = orNone("method");
      const expected = text("expected") === "cannot" ? "cannot" : "can";
      const does = method !== null ? "useMethod" : text("does") === "bind" ? "bind" : "signIn";
      return { kind: "identity", connection: text("connection"), account: text("account"), does, method, expected };
    }
    case "revocation":
      return { kind: "revocation", credential: text("credential"), relyingParties: wordsOf(text("relyingParties")) };
    case "exceptionDeath":
      return {
        kind: "exceptionDeath",
        connection: text("connection"),
        policy: text("policy"),
        subject: text("subject"),
        livesMinutes: number("livesMinutes", 5),
        graceMinutes: number("graceMinutes", 15),
      };
    case "restore":
      return { kind: "restore", backup: orNone("backup") };
  }
}
