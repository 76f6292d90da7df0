import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { listExceptions } from "../src/exceptions/contract.ts";
import { type PageByJob, pagesFor } from "./pages-by-job.ts";
import { type Entry, Palette } from "./parts/palette.tsx";
import { read } from "./queries.ts";
import { useSession } from "./session.tsx";
import { signOf, STATE_SIGNS } from "./signs.ts";

const MOST_FOUND = 8;

/** The palette over this console: its pages, and exceptions by reference or words. */
export function ConsolePalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const { roles } = useSession();
  const [typed, setTyped] = useState("");
  const asked = useDeferredValue(typed.trim());
  const found = useQuery({ ...read(listExceptions, { query: { search: asked, limit: MOST_FOUND } }), enabled: asked.length > 1 });
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
    words: `${row.ref}  ${row.title}`,
    detail: signOf(STATE_SIGNS, row.state).word,
    icon: "book",
    group: "Exceptions",
    onChoose: () => void navigate({ to: "/exceptions/$id", params: { id: row.ref } }),
  }));
  const isSearching = found.isFetching || asked !== typed.trim();
  return <Palette entries={[...exceptions, ...pages]} typed={typed} onType={setTyped} onClose={onClose} isSearching={isSearching} />;
}

function fits({ words, also = "" }: PageByJob, typed: string): boolean {
  return `${words} ${also}`.toLowerCase().includes(typed.trim().toLowerCase());
}
