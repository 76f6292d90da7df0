import { useQuery } from "@tanstack/react-query";

import { apart } from "../../parts/apart.ts";
import { SelectField, type FieldError } from "../../parts/field.tsx";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import { delegationsOf } from "./queue-queries.ts";

interface ActingForProps {
  /** Id of the person, or "" for oneself. */
  value: string;
  onChange: (person: string) => void;
  errors: readonly FieldError[];
}

/** For whom one votes: shown to who may decide for somebody now. The passkey is one's own either way. */
export function ActingFor({ value, onChange, errors }: ActingForProps) {
  const { person } = useSession();
  const { data } = useQuery(delegationsOf(person.id));
  const held = (data?.items ?? []).filter((each) => each.to === person.id && each.inForce);
  if (held.length === 0) return null;
  return (
    <SelectField
      label="You decide"
      hint="In the place of somebody else, both names are kept, and neither of you can be counted twice."
      value={value}
      onChange={onChange}
      blank="For yourself"
      options={held.map(({ from, fromName, role }) => ({
        value: from,
        label: `For ${apart(fromName)}, ${role === null ? "in every role you share" : `as ${titleWords(role)}`}`,
      }))}
      errors={errors}
    />
  );
}
