import { type MouseEvent, type RefObject, useEffect, useId, useRef } from "react";

import { type ComboGiven, type ComboState, useCombo } from "./combo-state.ts";
import styles from "./combo.module.css";
import fieldStyles from "./field.module.css";
import { Field, type FieldProps } from "./field.tsx";
import hanging from "./hanging.module.css";
import { useHanging } from "./hanging.ts";
import { Icon } from "./icon.tsx";

export type { Choice } from "./combo-state.ts";

interface ComboProps extends FieldProps, ComboGiven {
  placeholder?: string;
  /** Said in the list when nothing matches. */
  none?: string;
}

/** A list to search by typing: for persons, applications and everything that may be many. */
export function Combo({ choices, value, onChange, onType, placeholder, none = "Nothing matches", ...field }: ComboProps) {
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const combo = useCombo({ choices, value, onChange, ...(onType !== undefined && { onType }) });
  const { isOpen, at, fitting } = combo;
  return (
    <Field {...field}>
      {(wiring) => (
        <span className={styles.box} ref={box}>
          <input
            {...wiring}
            ref={input}
            className={fieldStyles.control}
            role="combobox"
            autoComplete="off"
            aria-autocomplete="list"
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
            placeholder={placeholder}
            value={combo.text}
            onChange={(event) => combo.type(event.target.value)}
            onKeyDown={combo.onKey}
            onBlur={combo.close}
          />
          <button
            type="button"
            className={styles.open}
            tabIndex={-1}
            aria-label="Show the list"
            onMouseDown={preventDefault}
            onClick={() => {
              input.current?.focus();
              (isOpen ? combo.close : combo.open)();
            }}
          >
            <Icon name="chevronDown" size={14} />
          </button>
          {isOpen && <List id={id} box={box} combo={combo} value={value} label={field.label} none={none} />}
          <span className="unseen" aria-live="polite">
            {isOpen && (fitting.length === 0 ? none : `${fitting.length} to choose from`)}
          </span>
        </span>
      )}
    </Field>
  );
}

interface ListProps {
  id: string;
  box: RefObject<Element | null>;
  combo: ComboState;
  value: string;
  label: string;
  none: string;
}

function List({ id, box, combo: { fitting, at, choose }, value, label, none }: ListProps) {
  const list = useHanging<HTMLDivElement>(box);
  useEffect(() => {
    if (at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);
  return (
    <div ref={list} popover="manual" className={hanging.hanging} onMouseDown={preventDefault}>
      <div role="listbox" id={id} aria-label={label}>
        {fitting.map((choice, i) => (
          <div
            key={choice.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={choice.id === value}
            data-at={i === at || undefined}
            className={styles.item}
            onClick={() => choose(choice)}
          >
            <span>{choice.name}</span>
            {choice.detail !== undefined && <span className={styles.detail}>{choice.detail}</span>}
          </div>
        ))}
      </div>
      {fitting.length === 0 && <p className={styles.none}>{none}</p>}
    </div>
  );
}

/** The list belongs to the input, which keeps the focus. */
function preventDefault(event: MouseEvent): void {
  event.preventDefault();
}
