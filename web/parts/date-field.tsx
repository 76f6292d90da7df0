import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";

import { useNow } from "../now.tsx";
import { classes } from "./classes.ts";
import styles from "./date-field.module.css";
import { dayOf, type DayParts, isFull, NO_DAY, PARTS, partsOf, replaced, stepped } from "./day-parts.ts";
import fieldStyles from "./field.module.css";
import { Errors, type FieldProps } from "./field.tsx";
import { Icon } from "./icon.tsx";

interface DateFieldProps extends FieldProps {
  /** `2026-11-27`, or "" when there is none. */
  value: string;
  onChange: (day: string) => void;
  earliest?: string;
  latest?: string;
}

/**
 * A calendar day, typed part by part or picked in the platform's calendar. Year first, as nobody can misread it, whatever the
 * browser's language makes of 03/04. What instant it means is for the hint to say.
 */
export function DateField({ label, hint, errors = [], isOptional, value, onChange, earliest = "", latest = "" }: DateFieldProps) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <span id={`${id}-label`} className={fieldStyles.label}>
        {label}
        {isOptional === true && <span className={fieldStyles.optional}>optional</span>}
      </span>
      <Day
        name={`${id}-label`}
        describedBy={classes(hint !== undefined && `${id}-hint`, errors.length > 0 && `${id}-error`)}
        isInvalid={errors.length > 0 || isOutside(value, earliest, latest)}
        {...{ value, onChange, earliest, latest }}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={fieldStyles.hint}>
          {hint}
        </p>
      )}
      {errors.length > 0 && <Errors id={`${id}-error`} errors={errors} />}
    </div>
  );
}

function isOutside(day: string, earliest: string, latest: string): boolean {
  return day !== "" && ((earliest !== "" && day < earliest) || (latest !== "" && day > latest));
}

interface DayProps extends Required<Pick<DateFieldProps, "value" | "onChange" | "earliest" | "latest">> {
  name: string;
  describedBy: string;
  isInvalid: boolean;
}

function Day({ name, describedBy, isInvalid, value, onChange, earliest, latest }: DayProps) {
  const { nowMs } = useNow();
  const group = useRef<HTMLDivElement>(null);
  const calendar = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<DayParts>(NO_DAY);
  // What is not whole yet is known here only; of a whole day the caller has the last word.
  const parts = dayOf(typed) === value ? typed : partsOf(value);
  const set = (next: DayParts) => {
    setTyped(next);
    if (dayOf(next) !== value) onChange(dayOf(next));
  };
  const go = (at: number) => group.current?.querySelectorAll<HTMLInputElement>("[role=spinbutton]")[at]?.focus();
  const type = (at: number, text: string) => {
    const part = text.replaceAll(/\D/g, "").slice(0, PARTS[at]!.digits);
    set(replaced(parts, at, part));
    if (isFull(at, part)) go(at + 1);
  };
  const onKey = (at: number, event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step !== undefined) set(stepped(parts, at, step, partsOf(new Date(nowMs).toISOString().slice(0, 10))));
    else if (event.key === "ArrowRight") go(at + 1);
    else if (event.key === "ArrowLeft" || (event.key === "Backspace" && event.currentTarget.value === "")) go(at - 1);
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = partsOf(event.clipboardData.getData("text"));
    if (pasted === NO_DAY) return;
    event.preventDefault();
    set(pasted);
  };
  return (
    <div ref={group} role="group" aria-labelledby={name} className={classes(fieldStyles.control, styles.group)} onPaste={paste}>
      {PARTS.map((part, at) => (
        <Part
          key={part.name}
          {...part}
          text={parts[at] ?? ""}
          describedBy={describedBy}
          isInvalid={isInvalid}
          onType={(text) => type(at, text)}
          onKey={(event) => onKey(at, event)}
          onLeave={(text) => text !== "" && set(replaced(parts, at, text.padStart(part.digits, "0")))}
        />
      ))}
      <button type="button" className={styles.open} aria-label="Pick a day" onClick={() => calendar.current?.showPicker()}>
        <Icon name="calendar" />
      </button>
      <input
        ref={calendar}
        type="date"
        className={styles.calendar}
        tabIndex={-1}
        aria-hidden="true"
        value={value}
        min={earliest}
        max={latest}
        onChange={(event) => set(partsOf(event.target.value))}
      />
    </div>
  );
}

interface PartProps {
  name: string;
  digits: number;
  least: number;
  most: number;
  blank: string;
  text: string;
  describedBy: string;
  isInvalid: boolean;
  onType: (text: string) => void;
  onKey: (event: KeyboardEvent<HTMLInputElement>) => void;
  onLeave: (text: string) => void;
}

function Part({ name, digits, least, most, blank, text, describedBy, isInvalid, onType, onKey, onLeave }: PartProps) {
  return (
    <>
      {name !== "year" && (
        <span className={styles.dash} aria-hidden="true">
          -
        </span>
      )}
      <input
        role="spinbutton"
        inputMode="numeric"
        autoComplete="off"
        className={styles.segment}
        maxLength={digits}
        placeholder={blank}
        aria-label={name}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={text === "" ? undefined : Number(text)}
        aria-valuetext={text === "" ? "empty" : text}
        aria-describedby={describedBy === "" ? undefined : describedBy}
        aria-invalid={isInvalid || undefined}
        value={text}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKey}
        onFocus={(event) => event.target.select()}
        onBlur={(event) => onLeave(event.target.value)}
      />
    </>
  );
}
