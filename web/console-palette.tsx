import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { listExceptions } from "../src/exceptions/contract.ts";
import { type Entry, Palette } from "./parts/palette.tsx";
import { read } from "./queries.ts";
import { signOf, STATE_SIGNS } from "./signs.ts";

const PAGES = [
  { to: "/register", words: "Register", icon: "list" },
  { to: "/approvals", words: "To decide", icon: "key" },
  { to: "/request", words: "Request an exception", icon: "plus" },
  { to: "/bypasses", words: "Bypasses found", icon: "door" },
  { to: "/connections", words: "Connections", icon: "plug" },
  { to: "/people", words: "People", icon: "people" },
  { to: "/welcome", words: "Welcome", icon: "flag" },
] as const;

const MOST_FOUND = 8;

/** The palette over this console: its pages, and exceptions by reference or words. */
export function ConsolePalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const asked = useDeferredValue(typed.trim());
  const found = useQuery({ ...read(listExceptions, { query: { search: asked, limit: MOST_FOUND } }), enabled: asked.length > 1 });
  const pages = PAGES.filter((page) => page.words.toLowerCase().includes(typed.trim().toLowerCase())).map((page): Entry => ({
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
