import type { ComponentView } from "../../../src/estate/contract-model.ts";
import { useNow } from "../../now.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { type FieldError, SelectField, TextField } from "../../parts/field.tsx";
import { optionsOf, SOURCE_WORDS } from "./kind-words.ts";

type Unavailability = ComponentView["unavailability"];

/** How often something is away, as it is typed. */
export interface TypedShare {
  readonly share: string;
  readonly source: keyof typeof SOURCE_WORDS;
  readonly asOf: string;
}

export const NO_SHARE: TypedShare = { share: "", source: "expert", asOf: "" };

export function typedShare(unavailability: Unavailability): TypedShare {
  if (unavailability === null) return NO_SHARE;
  return { share: String(unavailability.p), source: unavailability.source, asOf: unavailability.asOf };
}

export function shareOf({ share, source, asOf }: TypedShare): Unavailability {
  return share.trim() === "" ? null : { p: Number(share), source, asOf };
}

export function whyNoShare({ share, asOf }: TypedShare): string | undefined {
  if (share.trim() === "") return undefined;
  if (!Number.isFinite(Number(share))) return "Write the share of time as a number.";
  return asOf === "" ? "Say of when the share of time is." : undefined;
}

export function ShareFields({
  typed,
  change,
  errors,
}: {
  typed: TypedShare;
  change: (part: Partial<TypedShare>) => void;
  errors: readonly FieldError[];
}) {
  const { zone } = useNow();
  return (
    <>
      <TextField
        label="Share of time it is away"
        hint="0.001 is about nine hours a year. Without it nothing is said of how likely a lock-out is."
        value={typed.share}
        onChange={(share) => change({ share })}
        errors={errors}
        inputMode="decimal"
        isOptional
      />
      {typed.share.trim() !== "" && (
        <>
          <SelectField
            label="How that is known"
            value={typed.source}
            options={optionsOf(SOURCE_WORDS)}
            onChange={(source) => change({ source: source as TypedShare["source"] })}
          />
          <DateField label="As of" hint={`A day, in ${zone}.`} value={typed.asOf} onChange={(asOf) => change({ asOf })} />
        </>
      )}
    </>
  );
}
