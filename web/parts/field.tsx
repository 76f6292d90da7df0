import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { useId } from "react";

import type { Refusal } from "../../src/kernel/problem.ts";
import { classes } from "./classes.ts";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";
import { Reason, reasonKey } from "./reason.tsx";
import { showInDialog } from "./show-in-dialog.ts";

/** What is wrong with a field: as the server refused it, or in the console's own words. */
export type FieldError = Refusal | string;

/** What every field has: a name, a hint that says what is wanted and why, and its own errors beside it. */
export interface FieldProps {
  label: string;
  hint?: ReactNode;
  errors?: readonly FieldError[] | undefined;
  /** Says "optional" beside the label; fields are required unless they say so. */
  isOptional?: boolean | undefined;
}

interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** Lays label, hint, control and errors out and ties them together for assistive technology. */
export function Field({ label, hint, errors = [], isOptional, children }: FieldProps & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = errors.length === 0 ? undefined : `${id}-error`;
  const describedBy = [hintId, errorId].filter((each) => each !== undefined).join(" ");
  return (
    <div className={styles.field} data-invalid={errors.length > 0 || undefined}>
      <label className={styles.label} htmlFor={id}>
        {label}
        {isOptional === true && <span className={styles.optional}>optional</span>}
      </label>
      {children({ id, "aria-describedby": describedBy === "" ? undefined : describedBy, "aria-invalid": errors.length > 0 || undefined })}
      {hint !== undefined && (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
      {errors.length > 0 && <Errors id={errorId} errors={errors} />}
    </div>
  );
}

/** Errors of one field or of a group, each a sentence. */
export function Errors({ id, errors }: { id?: string | undefined; errors: readonly FieldError[] }) {
  return (
    <ul id={id} className={styles.errors} ref={showInDialog}>
      {errors.map((error) => (
        <li key={reasonKey(error)}>
          <Icon name="warning" size={13} />
          <Reason of={error} />
        </li>
      ))}
    </ul>
  );
}

type Text = { value: string; onChange: (value: string) => void };

export function TextField({
  value,
  onChange,
  isFixed,
  label,
  hint,
  errors,
  isOptional,
  ...rest
}: FieldProps & Text & { isFixed?: boolean } & Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "className">) {
  return (
    <Field label={label} hint={hint} errors={errors} isOptional={isOptional}>
      {(wiring) => (
        <input
          {...rest}
          {...wiring}
          className={classes(styles.control, isFixed && styles.fixed)}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function TextArea({
  value,
  onChange,
  isFixed,
  label,
  hint,
  errors,
  isOptional,
  ...rest
}: FieldProps & Text & { isFixed?: boolean } & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onChange" | "className">) {
  return (
    <Field label={label} hint={hint} errors={errors} isOptional={isOptional}>
      {(wiring) => (
        <textarea
          rows={3}
          {...rest}
          {...wiring}
          className={classes(styles.control, styles.area, isFixed && styles.fixed)}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** The platform's own list: for short lists that need no search. */
export function SelectField({
  value,
  onChange,
  options,
  blank,
  label,
  hint,
  errors,
  isOptional,
  ...rest
}: FieldProps &
  Text & { options: readonly Option[]; blank?: string } & Omit<
    SelectHTMLAttributes<HTMLSelectElement>,
    "value" | "onChange" | "className"
  >) {
  return (
    <Field label={label} hint={hint} errors={errors} isOptional={isOptional}>
      {(wiring) => (
        <span className={styles.select}>
          <select {...rest} {...wiring} className={styles.control} value={value} onChange={(event) => onChange(event.target.value)}>
            {blank !== undefined && <option value="">{blank}</option>}
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="chevronDown" size={14} />
        </span>
      )}
    </Field>
  );
}

/** A yes-or-no with its consequence said beside it. */
export function CheckField({
  label,
  hint,
  isOn,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Fields that belong together, with the reason they are asked. */
export function FieldGroup({ title, why, children }: { title: string; why?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{title}</legend>
      {why !== undefined && <p className={styles.why}>{why}</p>}
      <FieldGrid>{children}</FieldGrid>
    </fieldset>
  );
}

/** Fields side by side, as many as there is room for. */
export function FieldGrid({ children }: { children: ReactNode }) {
  return <div className={styles.grid}>{children}</div>;
}

/** A field that takes the whole width of its group. */
export function Wide({ children }: { children: ReactNode }) {
  return <div className={styles.wide}>{children}</div>;
}
