import { Field, type FieldProps } from "./field.tsx";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";

const UNITS = { D: "days", H: "hours" } as const;
type Unit = keyof typeof UNITS;

/** A length of time, kept as ISO 8601 (`P90D`, `PT8H`): a number and its unit. Nothing typed is an empty text. */
export function LengthField({
  value,
  onChange,
  label,
  hint,
  errors,
  isOptional,
}: FieldProps & { value: string; onChange: (value: string) => void }) {
  const { count, unit } = partsOf(value);
  return (
    <Field label={label} hint={hint} errors={errors} isOptional={isOptional}>
      {(wiring) => (
        <span className={styles.pair}>
          <input
            {...wiring}
            className={styles.control}
            inputMode="numeric"
            value={count}
            onChange={(event) => onChange(lengthOf(event.target.value, unit))}
          />
          <span className={styles.select}>
            <select
              aria-label={`${label}: unit`}
              className={styles.control}
              value={unit}
              onChange={(event) => onChange(lengthOf(count, event.target.value as Unit))}
            >
              {(Object.keys(UNITS) as Unit[]).map((each) => (
                <option key={each} value={each}>
                  {UNITS[each]}
                </option>
              ))}
            </select>
            <Icon name="chevronDown" size={14} />
          </span>
        </span>
      )}
    </Field>
  );
}

/** What is no plain number of days or hours is shown as it is, to be typed anew. */
function partsOf(value: string): { count: string; unit: Unit } {
  const match = /^P(?:(\d*)D|T(\d*)H)$/.exec(value);
  if (match === null) return { count: value, unit: "D" };
  return match[1] === undefined ? { count: match[2] ?? "", unit: "H" } : { count: match[1], unit: "D" };
}

function lengthOf(count: string, unit: Unit): string {
  const typed = count.trim();
  if (typed === "") return "";
  return unit === "D" ? `P${typed}D` : `PT${typed}H`;
}
