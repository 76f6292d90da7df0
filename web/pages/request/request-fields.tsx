import { REASON_WORDS, RISK_WORDS } from "./choices.ts";
import type { Zone } from "../../../src/kernel/time.ts";

import { useNow } from "../../now.tsx";
import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Errors, FieldGroup, SelectField, TextArea, TextField, Wide, type FieldError } from "../../parts/field.tsx";
import { instantWords } from "../../parts/time-words.ts";
import { countWords, durationWords } from "../../words.ts";
import type { Category } from "./category-rules.tsx";
import { PersonField } from "./pickers.tsx";
import styles from "./request.module.css";
import {
  EMPTY_CONTROL,
  EMPTY_MILESTONE,
  endOf,
  termDays,
  type TypedControl,
  type TypedMilestone,
  type TypedRequest,
} from "./typed-request.ts";

export interface RequestFieldsProps {
  typed: TypedRequest;
  change: (part: Partial<TypedRequest>) => void;
  /** The words of what is wrong with the field a pointer names. */
  errors: (pointer: string) => readonly FieldError[];
  category: Category;
}

export function TitleField({ typed, change, errors }: Omit<RequestFieldsProps, "category">) {
  return (
    <TextField
      label="Title"
      placeholder="Payroll on the old mainframe needs passwords"
      value={typed.title}
      onChange={(title) => change({ title })}
      errors={errors("/title")}
      maxLength={200}
    />
  );
}

export function NeedFields({ typed, change, errors }: RequestFieldsProps) {
  return (
    <FieldGroup title="The need" why="The approvers read these words and sign them. Say it so that a stranger understands in a year.">
      <Wide>
        <TitleField typed={typed} change={change} errors={errors} />
      </Wide>
      <Wide>
        <TextArea
          label="Why no stronger way exists today"
          hint="What breaks without it, and what was tried instead."
          value={typed.justification}
          onChange={(justification) => change({ justification })}
          errors={errors("/justification")}
          maxLength={4000}
        />
      </Wide>
      <SelectField
        label="Kind of reason"
        blank="Choose"
        value={typed.reasonClass}
        onChange={(reasonClass) => change({ reasonClass })}
        options={REASON_WORDS}
        errors={errors("/reasonClass")}
      />
    </FieldGroup>
  );
}

export function ControlFields({ typed, change, errors, category }: RequestFieldsProps) {
  const replace = (at: number, part: Partial<TypedControl>) =>
    change({ controls: typed.controls.map((each, i) => (i === at ? { ...each, ...part } : each)) });
  const whole = errors("/compensatingControls").filter(
    (error) => !typed.controls.some((_, i) => errors(`/compensatingControls/${i}`).includes(error)),
  );
  return (
    <FieldGroup
      title="What guards it meanwhile"
      why={`At least ${category.minCompensatingControls}. A control nobody has tested lately is a belief, so each says how long a test keeps it fresh.`}
    >
      {typed.controls.map((control, i) => (
        // The place in the list is all that tells two empty ones apart.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className={styles.row}>
          <TextArea
            label={`Control ${i + 1}`}
            placeholder="Sign-in only from the payroll network, watched by the SOC"
            value={control.statement}
            onChange={(statement) => replace(i, { statement })}
            errors={errors(`/compensatingControls/${i}`)}
            rows={2}
          />
          <div className={styles.small}>
            <SelectField
              label="Tested"
              value={control.test}
              onChange={(test) => replace(i, { test: test === "probe" ? "probe" : "manual" })}
              options={TESTS}
            />
            <TextField
              label="Fresh for, days"
              inputMode="numeric"
              value={control.freshDays}
              onChange={(freshDays) => replace(i, { freshDays })}
            />
            <DateField
              label="Last passed"
              value={control.lastTestedDay}
              onChange={(lastTestedDay) => replace(i, { lastTestedDay })}
              isOptional
            />
            {typed.controls.length > 1 && (
              <Button look="quiet" icon="cross" onClick={() => change({ controls: typed.controls.filter((_, at) => at !== i) })}>
                Leave out
              </Button>
            )}
          </div>
        </div>
      ))}
      <Wide>
        {whole.length > 0 && <Errors errors={whole} />}
        <div>
          <Button icon="plus" onClick={() => change({ controls: [...typed.controls, EMPTY_CONTROL] })}>
            Add a control
          </Button>
        </div>
      </Wide>
      <SelectField
        label="Risk without them"
        blank="Choose"
        value={typed.inherentRisk}
        onChange={(inherentRisk) => change({ inherentRisk })}
        options={RISK_WORDS}
        errors={errors("/inherentRisk")}
      />
      <SelectField
        label="Risk with them"
        blank="Choose"
        value={typed.residualRisk}
        onChange={(residualRisk) => change({ residualRisk })}
        options={RISK_WORDS}
        errors={errors("/residualRisk")}
      />
    </FieldGroup>
  );
}

const TESTS = [
  { value: "manual", label: "by hand" },
  { value: "probe", label: "by a probe" },
];

/** How long, with the exact instant it will end at: a day means its end, in the organisation's zone. */
export function TermFields({ typed, change, errors, category, presentEnd }: RequestFieldsProps & { presentEnd?: string | null }) {
  const { nowMs, zone } = useNow();
  const end = endOf(typed.untilDay, zone as Zone);
  const days = termDays(typed.untilDay, zone as Zone, nowMs);
  return (
    <FieldGroup
      title="How long"
      why={`At most ${durationWords(category.maxTerm)} at a time. It ends by the clock: nothing has to run for it to be over.`}
    >
      {/* What follows on a grant begins where that ends, or at once. */}
      {presentEnd === undefined && (
        <DateField
          label="From"
          hint="Left empty, it begins when it is approved."
          value={typed.fromDay}
          onChange={(fromDay) => change({ fromDay })}
          errors={errors("/requestedFrom")}
          isOptional
        />
      )}
      <DateField
        label="Until the end of"
        hint={
          end === undefined
            ? "The last day it may be used."
            : `Ends ${instantWords(Date.parse(end), nowMs, zone)}: ${countWords(days ?? 0, "day")} from now.`
        }
        value={typed.untilDay}
        onChange={(untilDay) => change({ untilDay })}
        errors={errors("/requestedUntil")}
      />
    </FieldGroup>
  );
}

export function ExitFields({ typed, change, errors }: RequestFieldsProps) {
  const parts = [...errors("/exitPlan/owner"), ...typed.milestones.flatMap((_, i) => errors(`/exitPlan/milestones/${i}`))];
  const replace = (at: number, part: Partial<TypedMilestone>) =>
    change({ milestones: typed.milestones.map((each, i) => (i === at ? { ...each, ...part } : each)) });
  return (
    <FieldGroup title="How it ends for good" why="An exception without a way out is a decision nobody made.">
      <Wide>
        <TextArea
          label="What replaces it"
          placeholder="Payroll moves to the new service, which takes passkeys"
          value={typed.exitWhat}
          onChange={(exitWhat) => change({ exitWhat })}
          errors={errors("/exitPlan").filter((error) => !parts.includes(error))}
          rows={2}
        />
      </Wide>
      <PersonField
        label="Who brings that about"
        value={typed.exitOwner}
        onChange={(exitOwner) => change({ exitOwner })}
        errors={errors("/exitPlan/owner")}
      />
      <TextField
        label="Tracked in"
        placeholder="JIRA-1234"
        value={typed.remediationRef}
        onChange={(remediationRef) => change({ remediationRef })}
        errors={errors("/remediationRef")}
        isOptional
      />
      {typed.milestones.map((milestone, i) => (
        // The place in the list is all that tells two empty ones apart.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className={styles.pair}>
          <TextField
            label={`Milestone ${i + 1}`}
            value={milestone.what}
            onChange={(what) => replace(i, { what })}
            errors={errors(`/exitPlan/milestones/${i}`)}
          />
          <DateField label="By the end of" value={milestone.day} onChange={(day) => replace(i, { day })} />
        </div>
      ))}
      <Wide>
        {errors("/milestones").length > 0 && <Errors errors={errors("/milestones")} />}
        <div>
          <Button icon="plus" onClick={() => change({ milestones: [...typed.milestones, EMPTY_MILESTONE] })}>
            Add a milestone
          </Button>
        </div>
      </Wide>
    </FieldGroup>
  );
}
