import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { getException, listCategories } from "../../../src/exceptions/contract.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { RequestForm } from "./request-form.tsx";
import type { Purpose } from "./saving.ts";
import { EMPTY_REQUEST, type TypedRequest, typedOf } from "./typed-request.ts";

/** Asks for an exception, goes on with a draft, or proposes an extension or a change of one in force. */
export function RequestPage() {
  const { draft, from, kind = "extension" } = useSearch({ from: "/signed-in/request" });
  const id = draft ?? from;
  if (id === undefined) return <FormFor id="new" view={undefined} purpose="draft" />;
  return <Known id={id} purpose={draft === undefined ? kind : "draft"} />;
}

function Known({ id, purpose }: { id: string; purpose: Purpose }) {
  // What is being edited is read once: a change by another is told when saving, by its version.
  const { data, error } = useQuery({ ...read(getException, { params: { id } }), refetchOnWindowFocus: false });
  if (data !== undefined) return <FormFor id={id} view={data} purpose={purpose} />;
  return error === null ? <Page title="Request">{null}</Page> : <NotShown>{<Failure error={failureFrom(error)} />}</NotShown>;
}

function FormFor({ id, view, purpose }: { id: string; view: ExceptionView | undefined; purpose: Purpose }) {
  const { zone } = useNow();
  const { data, error } = useQuery(read(listCategories, {}));
  if (error !== null) return <NotShown>{<Failure error={failureFrom(error)} />}</NotShown>;
  if (data === undefined) return <Page title="Request">{null}</Page>;
  const initial = view === undefined ? EMPTY_REQUEST : initialOf(view, purpose !== "draft", zone as Zone);
  return <RequestForm key={id} keptAs={id} view={view} purpose={purpose} categories={data.items} initial={initial} />;
}

function NotShown({ children }: { children: ReactNode }) {
  return (
    <Page title="Request">
      <Section title="Not shown">{children}</Section>
    </Page>
  );
}

/** What the form begins with. An extension leaves everything but its end, which has to be said anew. */
function initialOf(view: ExceptionView, isProposal: boolean, zone: Zone): TypedRequest {
  const content = view.draft ?? view.versions.at(-1)?.content;
  if (content === undefined) return { ...EMPTY_REQUEST, category: view.category, unit: view.unit };
  const typed = typedOf(content, view.category, view.unit, zone);
  return isProposal ? { ...typed, untilDay: "" } : typed;
}
