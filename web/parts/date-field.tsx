import { type CalendarDate, parseDate } from "@internationalized/date";
import { useState } from "react";
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
  I18nProvider,
  Popover,
} from "react-aria-components";

import { ariaClass, AriaFieldHint, AriaFieldName } from "./aria-field.tsx";
import { classes } from "./classes.ts";
import comboStyles from "./combo.module.css";
import styles from "./date-field.module.css";
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

/** Year first, as nobody can misread it, whatever the browser's language makes of 03/04. */
const LOCALE = "en-CA";

/** A calendar day, typed segment by segment or picked. What instant it means is for the hint to say. */
export function DateField({ label, hint, errors = [], isOptional, value, onChange, earliest = "", latest = "" }: DateFieldProps) {
  // As in a combo: below a modal dialog nothing can be reached.
  const [dialog, setDialog] = useState<Element>();
  return (
    <I18nProvider locale={LOCALE}>
      <DatePicker<CalendarDate>
        className={ariaClass(fieldStyles.field)}
        value={dayOf(value)}
        onChange={(day) => onChange(day === null ? "" : day.toString())}
        minValue={dayOf(earliest)}
        maxValue={dayOf(latest)}
        isInvalid={errors.length > 0}
        shouldForceLeadingZeros
      >
        <AriaFieldName label={label} isOptional={isOptional} />
        <Group
          className={classes(fieldStyles.control, styles.group)}
          ref={(group) => {
            if (group !== null) setDialog(group.closest("dialog") ?? undefined);
          }}
        >
          <DateInput className={ariaClass(styles.input)}>
            {(segment) => <DateSegment className={ariaClass(styles.segment)} segment={segment} />}
          </DateInput>
          <AriaButton className={ariaClass(styles.open)} aria-label="Pick a day">
            <Icon name="calendar" />
          </AriaButton>
        </Group>
        <AriaFieldHint hint={hint} />
        {errors.length > 0 && <Errors errors={errors} />}
        <Days dialog={dialog} />
      </DatePicker>
    </I18nProvider>
  );
}

function Days({ dialog }: { dialog: Element | undefined }) {
  return (
    <Popover className={ariaClass(comboStyles.popover)} offset={4} {...(dialog !== undefined && { UNSTABLE_portalContainer: dialog })}>
      <Dialog className={ariaClass(styles.dialog)}>
        <Calendar>
          <header className={styles.head}>
            <AriaButton slot="previous" className={ariaClass(styles.turn)}>
              <Icon name="chevronRight" />
            </AriaButton>
            <Heading className={ariaClass(styles.month)} />
            <AriaButton slot="next" className={ariaClass(styles.turn)}>
              <Icon name="chevronRight" />
            </AriaButton>
          </header>
          <CalendarGrid className={ariaClass(styles.days)} weekdayStyle="short">
            {(date) => <CalendarCell date={date} className={ariaClass(styles.day)} />}
          </CalendarGrid>
        </Calendar>
      </Dialog>
    </Popover>
  );
}

function dayOf(text: string): CalendarDate | null {
  try {
    return parseDate(text);
  } catch {
    return null;
  }
}
