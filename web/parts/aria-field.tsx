import { Label, Text } from "react-aria-components";

import styles from "./field.module.css";
import type { FieldProps } from "./field.tsx";

/** Name and hint of a field that react-aria wires together, looking like those of every other field. */
export function AriaFieldHead({ label, hint, isOptional }: Omit<FieldProps, "errors">) {
  return (
    <>
      <Label className={ariaClass(styles.label)}>
        {label}
        {isOptional === true && <span className={styles.optional}>optional</span>}
      </Label>
      {hint !== undefined && (
        <Text slot="description" className={ariaClass(styles.hint)}>
          {hint}
        </Text>
      )}
    </>
  );
}

/** react-aria adds class names of its own unless it is given one. */
export function ariaClass(name: string | undefined): string {
  return name ?? "";
}
