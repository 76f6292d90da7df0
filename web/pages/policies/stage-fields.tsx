import { Button } from "../../parts/button.tsx";
import { Checks } from "../../parts/checks.tsx";
import { SelectField, TextField, type FieldError } from "../../parts/field.tsx";
import { LengthField } from "../../parts/length-field.tsx";
import { roleWords } from "../../words.ts";
import styles from "./policies.module.css";
import { SEAT_CHOICES, type Stage } from "./typed-policy.ts";

export const ROLE_OPTIONS = SEAT_CHOICES.filter((seat) => seat !== "help_desk").map((seat) => ({ value: seat, label: roleWords(seat) }));

const RULES = [
  { value: "ALL", label: "all of them" },
  { value: "ANY", label: "any one of them" },
  { value: "QUORUM", label: "a number of them" },
];
const SILENT = [
  { value: "governance", label: "governance is asked" },
  { value: "lapse", label: "the request lapses" },
];

type Rule = Stage["rule"];

/** One stage of an approval plan. */
export function StageFields({
  stage,
  place,
  errors,
  onChange,
  onRemove,
}: {
  stage: Stage;
  place: number;
  errors: (pointer: string) => readonly FieldError[];
  onChange: (stage: Stage) => void;
  onRemove: (() => void) | undefined;
}) {
  const at = `/approvalPlan/stages/${place}`;
  return (
    <div className={styles.stage} role="group" aria-label={`Stage ${place + 1}`}>
      <Checks
        label={`Stage ${place + 1} asks`}
        options={ROLE_OPTIONS}
        chosen={stage.roles}
        onChange={(roles) => onChange({ ...stage, roles: [...roles] })}
        errors={errors(`${at}/roles`)}
      />
      <div className={styles.small}>
        <RuleFields rule={stage.rule} onChange={(changed) => onChange({ ...stage, rule: changed })} errors={errors(`${at}/rule`)} />
        <LengthField
          label="Answer within"
          value={stage.answerWithin}
          onChange={(answerWithin) => onChange({ ...stage, answerWithin })}
          errors={errors(`${at}/answerWithin`)}
        />
        <SelectField
          label="When it stays silent"
          options={SILENT}
          value={stage.ifSilent}
          onChange={(ifSilent) => onChange({ ...stage, ifSilent: ifSilent as Stage["ifSilent"] })}
        />
        {onRemove !== undefined && (
          <Button look="quiet" icon="cross" onClick={onRemove}>
            Remove stage {place + 1}
          </Button>
        )}
      </div>
    </div>
  );
}

/** How many of those a stage asks have to agree. */
function RuleFields({ rule, onChange, errors }: { rule: Rule; onChange: (rule: Rule) => void; errors: readonly FieldError[] }) {
  return (
    <>
      <SelectField
        label="Met by"
        options={RULES}
        value={rule.kind}
        onChange={(kind) => onChange(kind === "QUORUM" ? { kind, n: 2 } : { kind: kind as "ALL" | "ANY" })}
        errors={errors}
      />
      {rule.kind === "QUORUM" && (
        <TextField
          label="How many"
          inputMode="numeric"
          value={Number.isNaN(rule.n) ? "" : String(rule.n)}
          onChange={(n) => onChange({ kind: "QUORUM", n: n.trim() === "" ? Number.NaN : Number(n) })}
        />
      )}
    </>
  );
}
