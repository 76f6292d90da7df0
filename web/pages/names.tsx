import { useQuery } from "@tanstack/react-query";

import { getApplication } from "../../src/estate/contract.ts";
import { getException } from "../../src/exceptions/contract.ts";
import type { designIssueView } from "../../src/governance/contract.ts";
import { getPerson } from "../../src/people/contract.ts";
import { Link } from "@tanstack/react-router";
import type { z } from "zod";

import { apart } from "../parts/apart.ts";
import { read } from "../queries.ts";
import { titleWords } from "../words.ts";

type Resource = z.output<typeof designIssueView>["about"];

const NAMES_FRESH_MS = 300_000;

/** A person by name; the id until it is known. */
export function PersonName({ id }: { id: string }) {
  const { data } = useQuery({ ...read(getPerson, { params: { id } }), staleTime: NAMES_FRESH_MS });
  return apart(data?.displayName ?? id);
}

/** What is asked for, in words: an application by its name, a policy or an action by its key. */
export function ResourceName({ about, isInSentence = false }: { about: Resource; isInSentence?: boolean }) {
  const words = useResourceName(about);
  return isInSentence ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}

/** The same as text; empty until what it is about is known. */
export function useResourceName(about: Resource | undefined): string {
  const isApplication = about?.kind === "application";
  const asked = read(getApplication, { params: { id: about?.id ?? "" } });
  const { data } = useQuery({ ...asked, staleTime: NAMES_FRESH_MS, enabled: isApplication });
  return about === undefined ? "" : `${titleWords(about.kind)} ${apart(data?.name ?? about.id)}`;
}

/** An exception by its reference and title. Who may not read it sees the id. */
export function ExceptionName({ id }: { id: string }) {
  const { data } = useQuery({ ...read(getException, { params: { id } }), staleTime: NAMES_FRESH_MS });
  if (data === undefined) return <code>{id}</code>;
  return (
    <>
      <Link to="/exceptions/$id" params={{ id: data.ref }}>
        {data.ref}
      </Link>{" "}
      {apart(data.title)}
    </>
  );
}
