import { Label, Text } from "react-aria-components";

import styles from "./field.module.css";
import type { FieldProps } from "./field.tsx";

/** The name of a field that react-aria wires together, looking like those of every other field. */
export function AriaFieldName({ label, isOptional }: Pick<FieldProps, "label" | "isOptional">) {
  return (
    <Label className={ariaClass(styles.label)}>
      {label}
      {isOptional === true && <span className={styles.optional}>optional</span>}
    </Label>
  );
}

/** Its hint, below the control. */
export function AriaFieldHint({ hint }: Pick<FieldProps, "hint">) {
  if (hint === undefined) return null;
  return (
    <Text slot="description" className={ariaClass(styles.hint)}>
      {hint}
    </Text>
  );
}

/** react-aria adds class names of its own unless it is given one. */
export function ariaClass(name: string | undefined): string {
  return name ?? "";
}
