import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { getPerson, type PersonView } from "../../../src/people/contract.ts";
import { type Choice, Combo } from "../../parts/combo.tsx";
import type { FieldProps } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { rolesWords } from "../../words.ts";
import { peopleLike } from "./request-queries.ts";

interface PersonFieldProps extends FieldProps {
  value: string;
  onChange: (id: string) => void;
}

/** Picks an active person; the server searches, so that it works for any number of them. */
export function PersonField({ value, onChange, ...field }: PersonFieldProps) {
  const [typed, setTyped] = useState("");
  const chosen = useQuery({ ...read(getPerson, { params: { id: value } }), enabled: value !== "" });
  // The name of who is chosen is not a search: the whole list is offered in their place.
  const wanted = typed === chosen.data?.displayName ? "" : typed.trim();
  const search = useDeferredValue(wanted);
  const found = useQuery({
    ...peopleLike(search),
    placeholderData: keepPreviousData,
  });
  const known = chosen.data === undefined ? [] : [choiceOf(chosen.data)];
  // Until the answer to what is typed has come, nobody is offered whom it would take away again under the hand.
  const isCurrent = !found.isPlaceholderData && search === wanted;
  const offered = (found.data?.items ?? []).filter((person) => isCurrent || fits(person.displayName, wanted));
  const others = offered.filter((person) => person.id !== chosen.data?.id).map(choiceOf);
  const isNameAwaited = value !== "" && chosen.isPending;
  return (
    <Combo
      {...field}
      value={value}
      onChange={onChange}
      onType={setTyped}
      choices={[...known, ...others]}
      {...(isNameAwaited && { placeholder: "…" })}
      none="Nobody fits"
    />
  );
}

/** Some of what the server will find, which looks at mail and unit too: what is typed begins the name or a word of it. */
function fits(name: string, wanted: string): boolean {
  return ` ${name.toLowerCase()}`.includes(` ${wanted.toLowerCase()}`);
}

function choiceOf(person: PersonView): Choice {
  const roles = person.roles.length === 0 ? "no role" : rolesWords(person.roles, "and");
  return { id: person.id, name: person.displayName, detail: person.unit === null ? roles : `${person.unit} · ${roles}` };
}
