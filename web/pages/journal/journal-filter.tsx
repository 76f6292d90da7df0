import { useNavigate, useSearch } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import { Button } from "../../parts/button.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import type { journalSearch } from "../../searches.ts";
import { PersonField } from "../request/pickers.tsx";
import { KIND_OPTIONS, TYPE_OPTIONS } from "./entry-words.ts";
import styles from "./journal.module.css";

type Search = ReturnType<typeof journalSearch>;

/** Looks for entries; what is looked for stands in the address. */
export function JournalFilter() {
  const search = useSearch({ from: "/signed-in/journal" });
  const navigate = useNavigate({ from: "/journal" });
  const narrow = (part: Partial<Search>) => void navigate({ search: { ...search, ...part, cursor: undefined }, replace: true });
  const types = TYPE_OPTIONS.filter(({ kind }) => search.kind === undefined || kind === search.kind);
  return (
    <div className={styles.filters} role="search" aria-label="Journal">
      <About key={search.about ?? ""} typed={search.about ?? ""} onAsk={(about) => narrow({ about })} />
      <PersonField label="Done by" isOptional value={search.actor ?? ""} onChange={(id) => narrow({ actor: id === "" ? undefined : id })} />
      <SelectField
        label="Kind"
        isOptional
        blank="Everything"
        value={search.kind ?? ""}
        options={KIND_OPTIONS}
        onChange={(kind) => narrow({ kind: kind === "" ? undefined : kind, type: undefined })}
      />
      <SelectField
        label="What happened"
        isOptional
        blank="Anything"
        value={search.type === undefined ? "" : `${search.kind} ${search.type}`}
        options={types}
        onChange={(value) => {
          const chosen = TYPE_OPTIONS.find((option) => option.value === value);
          narrow(chosen === undefined ? { type: undefined } : { kind: chosen.kind, type: chosen.type });
        }}
      />
      <DateField label="From" isOptional value={search.from ?? ""} onChange={(from) => narrow({ from: from === "" ? undefined : from })} />
      <DateField
        label="Until the end of"
        isOptional
        value={search.until ?? ""}
        onChange={(until) => narrow({ until: until === "" ? undefined : until })}
      />
    </div>
  );
}

/** Asked for when it is finished, not letter by letter: half an id is nobody's. */
function About({ typed: initial, onAsk }: { typed: string; onAsk: (about: string | undefined) => void }) {
  const [typed, setTyped] = useState(initial);
  const ask = (event: SubmitEvent) => {
    event.preventDefault();
    onAsk(typed.trim() === "" ? undefined : typed.trim());
  };
  return (
    <form onSubmit={ask}>
      <TextField label="About" isOptional placeholder="EXC-2026-0001, or an id" value={typed} onChange={setTyped} />
      {typed.trim() !== initial && (
        <Button type="submit" isSmall icon="search">
          Look for it
        </Button>
      )}
    </form>
  );
}
