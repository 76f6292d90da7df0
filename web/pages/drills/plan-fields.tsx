import { useQuery } from "@tanstack/react-query";

import { apart } from "../../parts/apart.ts";
import { getOperation } from "../../../src/estate/contract-model.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { errorsAt } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { FieldGroup, SelectField, TextField, Wide } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { titleWords } from "../../words.ts";
import { ComponentField, OperationField } from "../operations/keyed-fields.tsx";
import { PickedComponents } from "../operations/picked-components.tsx";
import { PersonField } from "../request/pickers.tsx";
import styles from "./drills.module.css";
import { TIME_WORDS } from "./signs.ts";
import { type Exercise, measuredTimes, type TimeKind, type TypedPlan } from "./typed-plan.ts";

interface FieldsProps {
  readonly typed: TypedPlan;
  readonly change: (part: Partial<TypedPlan>) => void;
}

/** The exercise brings its cadence and its targets along; both can be made stricter. */
export function ExerciseFields({ typed, change, catalogue }: FieldsProps & { catalogue: readonly Exercise[] }) {
  const chosen = catalogue.find(({ key }) => key === typed.exercise);
  const choose = (key: string) => {
    const exercise = catalogue.find((each) => each.key === key);
    if (exercise === undefined) return change({ exercise: key });
    const target = (time: TimeKind) => String(exercise.targets[time] ?? "");
    const targets = { detect: target("detect"), decide: target("decide"), access: target("access"), restore: target("restore") };
    const kind = exercise.about.includes(typed.kind) ? typed.kind : exercise.about[0]!;
    return change({
      exercise: key,
      kind,
      targets,
      everyDays: String(exercise.everyDays[0]),
      probes: [],
      name: typed.name === "" ? exercise.name : typed.name,
    });
  };
  return (
    <>
      <SelectField
        label="Exercise"
        blank="Choose"
        value={typed.exercise}
        onChange={choose}
        options={catalogue.map(({ key, name }) => ({ value: key, label: name }))}
      />
      {chosen !== undefined && (
        <p className={styles.minor}>
          {chosen.hypothesis} It may touch, at worst: {chosen.blastRadius}
        </p>
      )}
    </>
  );
}

const KIND_WORDS = { operation: "An operation", path: "One way into an operation", component: "A component" } as const;

export function SubjectFields({ typed, change, about }: FieldsProps & { about: readonly TypedPlan["kind"][] }) {
  return (
    <FieldGroup title="About what">
      <SelectField
        label="It is about"
        value={typed.kind}
        onChange={(kind) => change({ kind: kind as TypedPlan["kind"] })}
        options={about.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }))}
      />
      {typed.kind === "component" ? (
        <ComponentField label="Component" value={typed.component} onChange={(component) => change({ component })} />
      ) : (
        <OperationField label="Operation" value={typed.operation} onChange={(operation) => change({ operation, path: "" })} />
      )}
      {typed.kind === "path" && <PathField typed={typed} change={change} />}
    </FieldGroup>
  );
}

function PathField({ typed, change }: FieldsProps) {
  const { data } = useQuery({ ...read(getOperation, { params: { key: typed.operation } }), enabled: typed.operation !== "" });
  const options = data?.paths.map(({ key, name, role }) => ({ value: key, label: `${apart(name)} (${titleWords(role)})` })) ?? [];
  return <SelectField label="Way in" blank="Choose" value={typed.path} onChange={(path) => change({ path })} options={options} />;
}

const HOLDERS = [
  { value: "people", label: "People, with a passkey" },
  { value: "postern", label: "Postern, by itself" },
];

function HeldBy({ typed, change }: FieldsProps) {
  return (
    <SelectField
      label="Held by"
      hint="Alone, Postern begins it, runs its probes, and says what came of it. Nobody signs."
      value={typed.heldBy}
      onChange={(heldBy) => change({ heldBy: heldBy === "postern" ? "postern" : "people" })}
      options={HOLDERS}
    />
  );
}

/** Refusals these fields show themselves. */
export const SHOWN_AT = ["/name", "/owner", "/everyDays", "/firstDueAt", "/fails", "/targets"];

export function HowOften({
  typed,
  change,
  exercise,
  reasons,
  isNew = false,
}: FieldsProps & { exercise: Exercise; reasons: readonly Refusal[]; isNew?: boolean }) {
  const { zone } = useNow();
  return (
    <>
      <FieldGroup title="Standing">
        <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errorsAt(reasons, "/name")} />
        <PersonField
          label="Who answers for it"
          hint="Sees to it that it is held."
          value={typed.owner}
          onChange={(owner) => change({ owner })}
          errors={errorsAt(reasons, "/owner")}
        />
        <TextField
          label="Days between two, at most"
          inputMode="numeric"
          hint={`By tier 1 to 4 the catalogue asks for ${exercise.everyDays.join(", ")}.`}
          value={typed.everyDays}
          onChange={(everyDays) => change({ everyDays })}
          errors={errorsAt(reasons, "/everyDays")}
        />
        {exercise.byItself && <HeldBy typed={typed} change={change} />}
        {isNew && (
          <DateField
            label="The first one by the end of"
            hint={`In ${zone}, at most as many days away.`}
            value={typed.dueDay}
            onChange={(dueDay) => change({ dueDay })}
            errors={errorsAt(reasons, "/firstDueAt")}
          />
        )}
        <Wide>
          <PickedComponents
            label="Add a component that fails in it"
            list="Fail together in it"
            hint="The set of failures that it tries."
            chosen={typed.fails}
            onChange={(fails) => change({ fails })}
            errors={errorsAt(reasons, "/fails")}
            isOptional
          />
        </Wide>
      </FieldGroup>
      {measuredTimes(exercise).length > 0 && <MinutesAllowed typed={typed} change={change} exercise={exercise} reasons={reasons} />}
    </>
  );
}

function MinutesAllowed({ typed, change, exercise, reasons }: FieldsProps & { exercise: Exercise; reasons: readonly Refusal[] }) {
  return (
    <FieldGroup title="Minutes allowed" why="From the moment at which the failure begins. What is left empty is measured and not judged.">
      {measuredTimes(exercise).map((time) => (
        <TextField
          key={time}
          label={`Time ${TIME_WORDS[time]}`}
          inputMode="numeric"
          value={typed.targets[time]}
          onChange={(value) => change({ targets: { ...typed.targets, [time]: value } })}
          errors={errorsAt(reasons, `/targets/${time}`)}
          isOptional
        />
      ))}
    </FieldGroup>
  );
}
