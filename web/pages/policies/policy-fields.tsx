import { Button } from "../../parts/button.tsx";
import { Checks } from "../../parts/checks.tsx";
import { CheckField, FieldGroup, SelectField, TextField, Wide, type FieldError } from "../../parts/field.tsx";
import { LengthField } from "../../parts/length-field.tsx";
import { titleWords } from "../../words.ts";
import { ROLE_OPTIONS, StageFields } from "./stage-fields.tsx";
import { FIELD_CHOICES, type Policy, type Seat, type Stage } from "./typed-policy.ts";
import styles from "./policies.module.css";

export interface PolicyFieldsProps {
  typed: Policy;
  change: (some: Partial<Policy>) => void;
  errors: (pointer: string) => readonly FieldError[];
}

const FIELD_OPTIONS = FIELD_CHOICES.map((field) => ({ value: field, label: titleWords(field.replaceAll(/([A-Z])/g, " $1")) }));
const SILENCE = [
  { value: "revoke", label: "it ends" },
  { value: "suspend", label: "it is suspended" },
  { value: "escalate", label: "it is escalated (break-glass only)" },
];
const NEW_STAGE: Stage = { order: 1, roles: [], rule: { kind: "ALL" }, answerWithin: "P3D", ifSilent: "governance" };

export function PeopleFields({ typed, change, errors }: PolicyFieldsProps) {
  return (
    <FieldGroup title="Who answers for it" why="The help desk never owns, decides or reviews; no policy can allow it.">
      <Wide>
        <TextField label="Name" value={typed.title} onChange={(title) => change({ title })} errors={errors("/title")} />
      </Wide>
      <Wide>
        <Checks
          label="May own it"
          options={ROLE_OPTIONS}
          chosen={typed.ownerRolesAllowed}
          onChange={(chosen) => change({ ownerRolesAllowed: [...chosen] })}
          errors={errors("/ownerRolesAllowed")}
        />
      </Wide>
      <Wide>
        <Checks
          label="Review it"
          options={ROLE_OPTIONS}
          chosen={typed.reviewerRoles}
          onChange={(chosen) => change({ reviewerRoles: [...chosen] })}
          errors={errors("/reviewerRoles")}
        />
      </Wide>
    </FieldGroup>
  );
}

export function PlanFields({ typed, change, errors }: PolicyFieldsProps) {
  const { stages } = typed.approvalPlan;
  const set = (next: readonly Stage[]) => change({ approvalPlan: { stages: next.map((stage, i) => ({ ...stage, order: i + 1 })) } });
  return (
    <FieldGroup title="Who decides" why="Stage after stage. Somebody beside the owners always has to approve.">
      {stages.map((stage, i) => (
        <StageFields
          key={stage.order}
          stage={stage}
          place={i}
          errors={errors}
          onChange={(changed) => set(stages.with(i, changed))}
          onRemove={stages.length > 1 ? () => set(stages.toSpliced(i, 1)) : undefined}
        />
      ))}
      <Wide>
        <Button icon="plus" onClick={() => set([...stages, NEW_STAGE])}>
          Add a stage
        </Button>
      </Wide>
      <Ladder typed={typed} change={change} errors={errors} />
    </FieldGroup>
  );
}

/** Each renewal asks one role more than the one before: their order counts. */
function Ladder({ typed: { renewalLadder }, change, errors }: PolicyFieldsProps) {
  const set = (next: readonly Seat[]) => change({ renewalLadder: [...next] });
  return (
    <Wide>
      <div className={styles.ladder}>
        {renewalLadder.map((role, i) => (
          <SelectField
            key={`${i}-${role}`}
            label={`Renewal ${i + 1} also needs`}
            options={ROLE_OPTIONS}
            blank="Nobody: take it out"
            value={role}
            onChange={(value) => set(value === "" ? renewalLadder.toSpliced(i, 1) : renewalLadder.with(i, value))}
          />
        ))}
        <SelectField
          label={`Renewal ${renewalLadder.length + 1} also needs`}
          options={ROLE_OPTIONS}
          blank="The last of these, more of them"
          value=""
          onChange={(value) => set([...renewalLadder, value])}
          errors={errors("/renewalLadder")}
          isOptional
        />
      </div>
    </Wide>
  );
}

export function TermFields({ typed, change, errors }: PolicyFieldsProps) {
  return (
    <FieldGroup title="How long" why="A grant that was decided on keeps its end; these hold for the next decision.">
      <LengthField label="One term" value={typed.maxTerm} onChange={(maxTerm) => change({ maxTerm })} errors={errors("/maxTerm")} />
      <LengthField
        label="In all"
        value={typed.maxCumulative}
        onChange={(maxCumulative) => change({ maxCumulative })}
        errors={errors("/maxCumulative")}
      />
      <Count
        label="Renewals"
        value={typed.maxRenewals}
        onChange={(maxRenewals) => change({ maxRenewals })}
        errors={errors("/maxRenewals")}
      />
      <CheckField
        label="Ends with the vendor's contract"
        isOn={typed.endsWithVendorContract}
        onChange={(endsWithVendorContract) => change({ endsWithVendorContract })}
      />
    </FieldGroup>
  );
}

export function ReviewFields({ typed, change, errors }: PolicyFieldsProps) {
  return (
    <FieldGroup title="Review" why="Asked by date while it lives. Silence never keeps anything.">
      <LengthField
        label="Review every"
        hint="Empty: never by date."
        value={typed.reviewEvery ?? ""}
        onChange={(every) => change({ reviewEvery: every === "" ? null : every })}
        errors={errors("/reviewEvery")}
        isOptional
      />
      <LengthField
        label="Time to answer"
        value={typed.reviewAnswerWithin}
        onChange={(reviewAnswerWithin) => change({ reviewAnswerWithin })}
        errors={errors("/reviewAnswerWithin")}
      />
      <SelectField
        label="When nobody answers"
        options={SILENCE}
        value={typed.noResponse}
        onChange={(value) => change({ noResponse: value as Policy["noResponse"] })}
        errors={errors("/noResponse")}
      />
      <CheckField
        label="Several may be reviewed at once"
        isOn={typed.bulkReviewAllowed}
        onChange={(bulkReviewAllowed) => change({ bulkReviewAllowed })}
      />
    </FieldGroup>
  );
}

export function GuardFields({ typed, change, errors }: PolicyFieldsProps) {
  return (
    <FieldGroup title="What guards it meanwhile">
      <Count
        label="Controls at least"
        value={typed.minCompensatingControls}
        onChange={(minCompensatingControls) => change({ minCompensatingControls })}
        errors={errors("/minCompensatingControls")}
      />
      <LengthField
        label="A control's test counts for"
        value={typed.controlTestMaxAge}
        onChange={(controlTestMaxAge) => change({ controlTestMaxAge })}
        errors={errors("/controlTestMaxAge")}
      />
      <Count
        label="People in one item at most"
        value={typed.headcountCeiling}
        onChange={(headcountCeiling) => change({ headcountCeiling })}
        errors={errors("/headcountCeiling")}
      />
      <Wide>
        <Checks
          label="Also needed"
          options={FIELD_OPTIONS}
          chosen={typed.requiredFields}
          onChange={(chosen) => change({ requiredFields: [...chosen] })}
        />
      </Wide>
    </FieldGroup>
  );
}

/** A whole number. What is no number is sent as none, and the server says so. */
function Count({
  label,
  value,
  onChange,
  errors,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  errors: readonly FieldError[];
}) {
  return (
    <TextField
      label={label}
      inputMode="numeric"
      value={Number.isNaN(value) ? "" : String(value)}
      onChange={(text) => onChange(text.trim() === "" ? Number.NaN : Number(text))}
      errors={errors}
    />
  );
}
