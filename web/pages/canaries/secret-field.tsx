import { type FieldError, TextArea, TextField } from "../../parts/field.tsx";

/** Typed once: what is kept of it is sealed, and nobody is shown it again. */
export function SecretField({
  label,
  isLong,
  isOptional = false,
  value,
  onChange,
  errors,
}: {
  label: string;
  /** Of several lines. */
  isLong: boolean;
  isOptional?: boolean;
  value: string;
  onChange: (secret: string) => void;
  errors: readonly FieldError[];
}) {
  const field = { label, value, onChange, errors, isOptional, hint: "Sealed before it is stored; never shown again.", autoComplete: "off" };
  return isLong ? <TextArea {...field} isFixed spellCheck={false} /> : <TextField {...field} type="password" />;
}
