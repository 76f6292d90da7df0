import type { OperationView } from "../../../src/estate/contract-model.ts";
import { errorsAt } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { FieldGroup, SelectField, TextField, Wide } from "../../parts/field.tsx";
import { NeedField, needOf, type TypedNeed, typedNeed } from "../components/need-field.tsx";

type Path = OperationView["paths"][number];

export interface TypedPath {
  readonly key: string;
  readonly name: string;
  readonly population: Path["population"];
  readonly role: Path["role"];
  readonly needs: TypedNeed;
  readonly minutes: string;
  /** Kept as it is: it is said in files. */
  readonly assurance: Path["assurance"];
}

export function typedPath({ needs, minutes, ...path }: Path): TypedPath {
  return { ...path, needs: typedNeed(needs), minutes: minutes === null ? "" : String(minutes) };
}

export function pathBody({ needs, minutes, ...path }: TypedPath) {
  return { ...path, needs: needOf(needs), minutes: minutes.trim() === "" ? null : Number(minutes) };
}

export function whyPathsIncomplete(paths: readonly TypedPath[]): string | undefined {
  const isUnread = ({ needs }: TypedPath) => (needOf(needs) ?? null) === null;
  if (paths.some(({ key, name }) => key.trim() === "" || name.trim() === "")) return "Give every way in a key and a name.";
  return paths.some(isUnread) ? "Write what every way in needs so that it can be read." : undefined;
}

const POPULATIONS = [
  { value: "human", label: "Staff" },
  { value: "privileged", label: "Administrators" },
  { value: "machine", label: "Machines" },
  { value: "third-party", label: "Third parties" },
];
const ROLES = [
  { value: "primary", label: "Primary" },
  { value: "fallback", label: "Fallback" },
  { value: "recovery", label: "Recovery" },
  { value: "break-glass", label: "Break-glass" },
  { value: "rollback", label: "Rollback" },
];
const NEW: TypedPath = {
  key: "",
  name: "",
  population: "human",
  role: "primary",
  needs: typedNeed(null),
  minutes: "",
  assurance: null,
};

/** The ways in, one below the other. */
export function PathsEditor({
  paths,
  onChange,
  reasons,
}: {
  paths: readonly TypedPath[];
  onChange: (paths: readonly TypedPath[]) => void;
  reasons: Parameters<typeof errorsAt>[0];
}) {
  const replace = (at: number, part: Partial<TypedPath>) => onChange(paths.map((path, i) => (i === at ? { ...path, ...part } : path)));
  return (
    <>
      {paths.map((path, i) => (
        // A way in has nothing but its place while its key is being typed.
        <FieldGroup key={i} title={path.name === "" ? `Way in ${i + 1}` : path.name}>
          <TextField
            label="Name"
            value={path.name}
            onChange={(name) => replace(i, { name })}
            errors={errorsAt(reasons, `/paths/${i}/name`)}
          />
          <TextField
            label="Key"
            value={path.key}
            onChange={(key) => replace(i, { key })}
            errors={errorsAt(reasons, `/paths/${i}/key`)}
            spellCheck={false}
          />
          <SelectField
            label="For whom"
            value={path.population}
            options={POPULATIONS}
            onChange={(population) => replace(i, { population: population as Path["population"] })}
          />
          <SelectField label="Role" value={path.role} options={ROLES} onChange={(role) => replace(i, { role: role as Path["role"] })} />
          <TextField
            label="Takes, in minutes"
            value={path.minutes}
            onChange={(minutes) => replace(i, { minutes })}
            errors={errorsAt(reasons, `/paths/${i}/minutes`)}
            inputMode="numeric"
            isOptional
          />
          <Wide>
            <NeedField
              label="What it needs"
              value={path.needs}
              onChange={(needs) => replace(i, { needs })}
              errors={errorsAt(reasons, `/paths/${i}/needs`)}
            />
            <Button look="quiet" isSmall icon="cross" onClick={() => onChange(paths.filter((_, at) => at !== i))}>
              Take this way in out
            </Button>
          </Wide>
        </FieldGroup>
      ))}
      <div>
        <Button look="quiet" icon="plus" onClick={() => onChange([...paths, NEW])}>
          Add a way in
        </Button>
      </div>
    </>
  );
}
