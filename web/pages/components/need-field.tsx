import { useState } from "react";

import { needWords, readNeed } from "../../../src/estate/need-view.ts";
import { type FieldError, TextField } from "../../parts/field.tsx";

/** Kept as it is typed: what cannot be read yet is not thrown away. */
export interface TypedNeed {
  readonly text: string;
}

export const typedNeed = (need: Parameters<typeof needWords>[0]): TypedNeed => ({ text: needWords(need) });

/** Undefined while it cannot be read. */
export function needOf({ text }: TypedNeed) {
  const read = readNeed(text);
  return "fault" in read ? undefined : read.need;
}

/** What something needs, in the words it is also shown in. */
export function NeedField({
  label,
  value,
  onChange,
  errors,
  isOptional = false,
}: {
  label: string;
  value: TypedNeed;
  onChange: (value: TypedNeed) => void;
  errors: readonly FieldError[];
  isOptional?: boolean;
}) {
  const [isLeft, setLeft] = useState(false);
  const read = readNeed(value.text);
  const unread = isLeft && "fault" in read ? [read.fault] : [];
  return (
    <TextField
      label={label}
      hint="Keys of components: idp and (dns-1 or dns-2), 2 of (ada, ben, cleo)"
      value={value.text}
      onChange={(text) => onChange({ text })}
      onBlur={() => setLeft(true)}
      spellCheck={false}
      errors={[...unread, ...errors]}
      isOptional={isOptional}
    />
  );
}
