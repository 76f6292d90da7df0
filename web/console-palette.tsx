import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { listExceptions } from "../src/exceptions/contract.ts";
import { listPeople } from "../src/people/contract.ts";
import { type PageByJob, pagesFor } from "./pages-by-job.ts";
import { apart } from "./parts/apart.ts";
import { type Entry, Palette } from "./parts/palette.tsx";
import { read } from "./queries.ts";
import { useSession } from "./session.tsx";
import { cycleTheme } from "./theme.ts";
import { signOf, STATE_SIGNS } from "./signs.ts";

const MOST_FOUND = 8;

const ACTS = [
  { id: "theme", words: "Change the appearance", also: "theme dark light", icon: "sun", onChoose: cycleTheme },
  { id: "print", words: "Print this page", also: "paper pdf", icon: "print", onChoose: () => print() },
] as const;

/** The palette over this console: exceptions by reference or words, pages, people by name, and what can be done anywhere. */
export function ConsolePalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const { roles } = useSession();
  const [typed, setTyped] = useState("");
  const asked = useDeferredValue(typed.trim());
  const found = useQuery({ ...read(listExceptions, { query: { search: asked, limit: MOST_FOUND } }), enabled: asked.length > 1 });
  const persons = useQuery({ ...read(listPeople, { query: { search: asked, limit: MOST_FOUND } }), enabled: asked.length > 1 });
  const pages = pagesFor(roles)
    .filter((page) => fits(page, typed))
    .map((page): Entry => ({
      id: page.to.slice(1),
      words: page.words,
      icon: page.icon,
      group: "Pages",
      onChoose: () => void navigate({ to: page.to }),
    }));
  const exceptions = (asked.length > 1 ? (found.data?.items ?? []) : []).map((row): Entry => ({
    id: row.id,
    words: `${row.ref}  ${apart(row.title)}`,
    detail: signOf(STATE_SIGNS, row.state).word,
    icon: "book",
    group: "Exceptions",
    onChoose: () => void navigate({ to: "/exceptions/$id", params: { id: row.ref } }),
  }));
  const people = (asked.length > 1 ? (persons.data?.items ?? []) : []).map((person): Entry => ({
    id: person.id,
    words: person.displayName,
    detail: "what they answer for",
    icon: "people",
    group: "People",
    onChoose: () => void navigate({ to: "/register", search: { view: "all", owner: person.id } }),
  }));
  const acts = ACTS.filter((act) => fits(act, typed)).map((act): Entry => ({ ...act, group: "Actions" }));
  const isSearching = found.isFetching || persons.isFetching || asked !== typed.trim();
  return (
    <Palette
      entries={[...exceptions, ...pages, ...people, ...acts]}
      typed={typed}
      onType={setTyped}
      onClose={onClose}
      isSearching={isSearching}
    />
  );
}

function fits({ words, also = "" }: Pick<PageByJob, "words" | "also">, typed: string): boolean {
  return `${words} ${also}`.toLowerCase().includes(typed.trim().toLowerCase());
}
