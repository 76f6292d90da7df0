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
  const minutes = paths.flatMap((path) => whyNoMinutes(path.minutes) ?? []);
  if (minutes[0] !== undefined) return minutes[0];
  if (paths.some(({ key, name }) => key.trim() === "" || name.trim() === "")) return "Give every way in a key and a name.";
  return paths.some(isUnread) ? "Write what every way in needs so that it can be read." : undefined;
}

/** Why these are no minutes; nothing typed is none said. */
export function whyNoMinutes(typed: string): string | undefined {
  return /^\d*$/.test(typed.trim()) ? undefined : "Write minutes as a whole number.";
}

const POPULATIONS = [
  { value: "human", label: "People" },
  { value: "privileged", label: "Privileged people" },
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
          <SelectField
            label="Stands as"
            value={path.role}
            options={ROLES}
            onChange={(role) => replace(i, { role: role as Path["role"] })}
          />
          <TextField
            label="Takes, in minutes"
            value={path.minutes}
            onChange={(minutes) => replace(i, { minutes })}
            errors={errorsAt(reasons, `/paths/${i}/minutes`)}
            inputMode="numeric"
            isOptional
          />
          <NeedField
            label="What it needs"
            value={path.needs}
            onChange={(needs) => replace(i, { needs })}
            errors={errorsAt(reasons, `/paths/${i}/needs`)}
          />
          <Wide>
            <div>
              <Button isSmall icon="cross" onClick={() => onChange(paths.filter((_, at) => at !== i))}>
                Remove this way in
              </Button>
            </div>
          </Wide>
        </FieldGroup>
      ))}
      <div>
        <Button icon="plus" onClick={() => onChange([...paths, NEW])}>
          Add a way in
        </Button>
      </div>
    </>
  );
}
