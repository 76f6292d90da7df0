import { Button } from "../../parts/button.tsx";
import type { FieldProps } from "../../parts/field.tsx";
import { ComponentField } from "./keyed-fields.tsx";
import { ComponentName } from "./keyed-names.tsx";
import styles from "./operations.module.css";

/** Several components by name, one added after the other. */
export function PickedComponents({
  chosen,
  onChange,
  list,
  ...field
}: FieldProps & {
  chosen: readonly string[];
  onChange: (keys: readonly string[]) => void;
  /** What those that were chosen are. */
  list: string;
}) {
  const add = (key: string) => key !== "" && !chosen.includes(key) && onChange([...chosen, key]);
  return (
    <div className={styles.ask}>
      <ComponentField {...field} value="" onChange={add} />
      {chosen.length > 0 && (
        <ul className={styles.chosen} aria-label={list}>
          {chosen.map((key) => (
            <li key={key}>
              <Button isSmall icon="cross" onClick={() => onChange(chosen.filter((each) => each !== key))}>
                <span className="unseen">Leave out </span>
                <ComponentName of={key} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
