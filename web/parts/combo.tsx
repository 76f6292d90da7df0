import { type Key, type ReactNode, useState } from "react";
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
  // Below a modal dialog nothing can be reached: there the list opens inside of it.
  const [dialog, setDialog] = useState<Element>();
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
      <div
        className={styles.box}
        ref={(box) => {
          if (box !== null) setDialog(box.closest("dialog") ?? undefined);
        }}
      >
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
      <Popover className={ariaClass(styles.popover)} offset={4} {...(dialog !== undefined && { UNSTABLE_portalContainer: dialog })}>
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
