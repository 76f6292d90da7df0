import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { getPerson, getTeam, listTeams } from "../../../src/people/contract.ts";
import { type Choice, Combo } from "../../parts/combo.tsx";
import type { FieldProps } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import { peopleLike } from "../request/request-queries.ts";

const MOST_TEAMS = 10;

/** The kind stands in the id's first letters. */
export function seatOf(id: string): { kind: "person" | "team"; id: string } | null {
  return id === "" ? null : { kind: id.startsWith("tea_") ? "team" : "person", id };
}

interface SeatFieldProps extends FieldProps {
  /** Id of a person or a team, or "" for nobody. */
  value: string;
  onChange: (id: string) => void;
}

/** Picks a person or a team; the server searches both. */
export function SeatField({ value, onChange, ...field }: SeatFieldProps) {
  const [typed, setTyped] = useState("");
  const chosen = useChosen(value);
  const search = useDeferredValue(typed === chosen?.name ? "" : typed.trim());
  const people = useQuery({ ...peopleLike(search), placeholderData: keepPreviousData });
  const query = { limit: MOST_TEAMS, ...(search !== "" && { search }) };
  const teams = useQuery({ ...read(listTeams, { query }), placeholderData: keepPreviousData });
  const found: Choice[] = [
    ...(teams.data?.items ?? []).filter(({ status }) => status === "active").map(({ id, name }) => ({ id, name, detail: "team" })),
    ...(people.data?.items ?? []).map(({ id, displayName, unit }) => ({ id, name: displayName, ...(unit !== null && { detail: unit }) })),
  ];
  const others = found.filter(({ id }) => id !== value);
  return (
    <Combo
      {...field}
      value={value}
      onChange={onChange}
      onType={setTyped}
      choices={chosen === undefined ? others : [chosen, ...others]}
      {...(value !== "" && chosen === undefined && { placeholder: "…" })}
      none="Nobody fits"
      isOptional
    />
  );
}

function useChosen(value: string): Choice | undefined {
  const isTeam = value.startsWith("tea_");
  const person = useQuery({ ...read(getPerson, { params: { id: value } }), enabled: value !== "" && !isTeam });
  const team = useQuery({ ...read(getTeam, { params: { id: value } }), enabled: isTeam });
  if (isTeam) return team.data && { id: value, name: team.data.name, detail: "team" };
  return person.data && { id: value, name: person.data.displayName };
}
