import type { Key, ReactNode } from "react";
import {
  Button as AriaButton,
  ComboBox,
  type ComboBoxProps,
  FieldError,
  Input,
  ListBox,
  ListBoxItem,
  Popover,
} from "react-aria-components";

import { ariaClass, AriaFieldHint, AriaFieldName } from "./aria-field.tsx";

import styles from "./combo.module.css";
import fieldStyles from "./field.module.css";
import { Errors, type FieldProps } from "./field.tsx";
import { Icon } from "./icon.tsx";

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly detail?: ReactNode;
}

interface ComboProps extends FieldProps {
  choices: readonly Choice[];
  /** Id of the choice, or "" when there is none. */
  value: string;
  onChange: (id: string) => void;
  placeholder?: string;
  /** Told what is typed, where the caller searches; without it the choices given are searched here. */
  onType?: (typed: string) => void;
  /** Said in the list when nothing matches. */
  none?: string;
}

/** A list to search by typing: for persons, applications and everything that may be many. */
export function Combo({
  label,
  hint,
  errors = [],
  isOptional,
  choices,
  value,
  onChange,
  placeholder = "",
  onType,
  none = "Nothing matches",
}: ComboProps) {
  const select: Pick<ComboBoxProps<Choice>, "selectedKey" | "onSelectionChange"> = {
    selectedKey: value === "" ? null : value,
    onSelectionChange: (key: Key | null) => onChange(key === null ? "" : String(key)),
  };
  return (
    <ComboBox<Choice>
      {...select}
      {...(onType !== undefined && { onInputChange: onType, defaultFilter: () => true })}
      className={ariaClass(fieldStyles.field)}
      defaultItems={choices}
      isInvalid={errors.length > 0}
      allowsEmptyCollection
    >
      <AriaFieldName label={label} isOptional={isOptional} />
      <div className={styles.box}>
        <Input className={ariaClass(fieldStyles.control)} placeholder={placeholder} />
        <AriaButton className={ariaClass(styles.open)} aria-label="Show the list">
          <Icon name="chevronDown" size={14} />
        </AriaButton>
      </div>
      <AriaFieldHint hint={hint} />
      {errors.length > 0 && (
        <FieldError>
          <Errors errors={errors} />
        </FieldError>
      )}
      <Popover className={ariaClass(styles.popover)} offset={4}>
        <ListBox<Choice> className={ariaClass(styles.list)} renderEmptyState={() => <p className={styles.none}>{none}</p>}>
          {showChoice}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

function showChoice(choice: Choice) {
  return (
    <ListBoxItem id={choice.id} textValue={choice.name} className={ariaClass(styles.item)}>
      <span>{choice.name}</span>
      {choice.detail !== undefined && <span className={styles.detail}>{choice.detail}</span>}
    </ListBoxItem>
  );
}
