import { useState } from "react";

import { needWords, readNeed } from "../../../src/estate/need-view.ts";
import { type FieldError, TextField, Wide } from "../../parts/field.tsx";
import { ComponentField } from "../operations/keyed-fields.tsx";

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

/** What something needs, in the words it is also shown in. Who does not know the keys by heart adds components by their names. */
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
  const add = (key: string) => key !== "" && onChange({ text: value.text.trim() === "" ? key : `${value.text.trim()} and ${key}` });
  return (
    <>
      <ComponentField label="Add a component" value="" onChange={add} isOptional />
      <Wide>
        <TextField
          label={label}
          hint="Keys of components, such as: idp and (dns-1 or dns-2), or: 2 of (ada, ben, cleo)"
          value={value.text}
          onChange={(text) => onChange({ text })}
          onBlur={() => setLeft(true)}
          spellCheck={false}
          errors={[...unread, ...errors]}
          isOptional={isOptional}
        />
      </Wide>
    </>
  );
}
