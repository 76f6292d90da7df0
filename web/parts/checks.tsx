import { useId } from "react";

import styles from "./checks.module.css";
import { Errors, type FieldError, type Option } from "./field.tsx";

/** Several of a few: each a box of its own. */
export function Checks<Value extends string>({
  label,
  options,
  chosen,
  onChange,
  errors = [],
}: {
  label: string;
  options: readonly (Option & { readonly value: Value })[];
  chosen: readonly Value[];
  onChange: (chosen: readonly Value[]) => void;
  errors?: readonly FieldError[];
}) {
  const id = useId();
  return (
    <fieldset className={styles.checks}>
      <legend>{label}</legend>
      {options.map(({ value, label: words }) => (
        <label key={value} htmlFor={`${id}-${value}`}>
          <input
            id={`${id}-${value}`}
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))}
          />
          {words}
        </label>
      ))}
      {errors.length > 0 && <Errors errors={errors} />}
    </fieldset>
  );
}
