import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { listApplications } from "../../../src/estate/contract.ts";
import { listComponents, listOperations } from "../../../src/estate/contract-model.ts";
import { Combo } from "../../parts/combo.tsx";
import type { FieldProps } from "../../parts/field.tsx";
import { read } from "../../queries.ts";

interface KeyedProps extends FieldProps {
  /** The key chosen, or "". */
  value: string;
  onChange: (key: string) => void;
}

const MOST_FOUND = 20;

export function ComponentField(props: KeyedProps) {
  const { query, setWords } = useSearched();
  const { data } = useQuery({ ...read(listComponents, { query }), placeholderData: keepPreviousData });
  return <KeyedField {...props} found={data?.items} onType={setWords} none="No component fits" />;
}

export function OperationField(props: KeyedProps) {
  const { query, setWords } = useSearched();
  const { data } = useQuery({ ...read(listOperations, { query }), placeholderData: keepPreviousData });
  return <KeyedField {...props} found={data?.items} onType={setWords} none="No operation fits" />;
}

export function ApplicationField(props: KeyedProps) {
  const { query, setWords } = useSearched();
  const { data } = useQuery({ ...read(listApplications, { query }), placeholderData: keepPreviousData });
  return <KeyedField {...props} found={data?.items} onType={setWords} none="No application fits" />;
}

function useSearched() {
  const [words, setWords] = useState("");
  const search = useDeferredValue(words.trim());
  return { query: { limit: MOST_FOUND, status: "active" as const, ...(search !== "" && { search }) }, setWords };
}

interface Found {
  readonly key: string;
  readonly name: string;
}

/** Something of the model by name, kept by its key. What is chosen is offered also where the list is long. */
function KeyedField({
  found = [],
  value,
  ...combo
}: KeyedProps & { found?: readonly Found[] | undefined; onType: (words: string) => void; none: string }) {
  const choices = found.map(({ key, name }) => ({ id: key, name, detail: key }));
  const isOffered = value === "" || choices.some(({ id }) => id === value);
  return <Combo {...combo} value={value} choices={isOffered ? choices : [{ id: value, name: value }, ...choices]} />;
}
