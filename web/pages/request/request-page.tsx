import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useLocation, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { getException, listCategories } from "../../../src/exceptions/contract.ts";
import type { ReplyOf } from "../../../src/kernel/contract.ts";
import type { Zone } from "../../../src/kernel/time.ts";
import { failureFrom } from "../../api.ts";
import { useNow } from "../../now.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { requestsOf } from "../access-requests/queries.ts";
import { RequestForm } from "./request-form.tsx";
import { ProposalForm } from "./proposal-form.tsx";
import { EMPTY_REQUEST, instantOf, typedOf } from "./typed-request.ts";
import type { Purpose } from "./use-putting.ts";

/** Asks for an exception, goes on with a draft, or proposes an extension or a change of one in force. */
export function RequestPage() {
  const { person } = useSession();
  // Whoever comes to this window next does not go on with what the one before had typed.
  return <Requested key={person.id} />;
}

function Requested() {
  const { draft, from, kind = "extension" } = useSearch({ from: "/signed-in/request" });
  const id = draft ?? from;
  if (id === undefined) return <FormFor id="new" view={undefined} purpose="draft" />;
  return <Known id={id} purpose={draft === undefined ? kind : "draft"} />;
}

function Known({ id, purpose }: { id: string; purpose: Purpose }) {
  // What is being edited is read once: a change by another is told when saving, by its version.
  const { data, error } = useQuery({ ...read(getException, { params: { id } }), refetchOnWindowFocus: false });
  // Shown beside the draft: asked for with it, not after it.
  usePrefetchQuery(requestsOf(id));
  if (data !== undefined) return <FormFor id={id} view={data} purpose={purpose} />;
  return error === null ? <Page title="Request">{null}</Page> : <NotShown>{<Failure error={failureFrom(error)} />}</NotShown>;
}

function FormFor({ id, view, purpose }: { id: string; view: ExceptionView | undefined; purpose: Purpose }) {
  const { nowMs, zone: zoneText } = useNow();
  const zone = zoneText as Zone;
  const { data, error } = useQuery(read(listCategories, {}));
  if (error !== null) return <NotShown>{<Failure error={failureFrom(error)} />}</NotShown>;
  if (data === undefined) return <Page title="Request">{null}</Page>;
  const now = instantOf(nowMs);
  if (view === undefined) return <NewRequest categories={data.items} />;
  const content = view.draft ?? presentOf(view);
  const initial =
    content === undefined ? { ...EMPTY_REQUEST, category: view.category, unit: view.unit } : typedOf(content, view, zone, now);
  if (purpose === "draft") return <RequestForm key={id} keptAs={id} view={view} categories={data.items} initial={initial} />;
  const category = data.items.find(({ key }) => key === view.category);
  const present = presentOf(view);
  if (category === undefined || present === undefined) return <NotShown>{NOTHING_IN_FORCE}</NotShown>;
  const begun = typedOf({ ...present, requestedUntil: view.endsAt ?? present.requestedUntil }, view, zone, now);
  // The new end of an extension has to be said: nothing is renewed by default.
  const proposed = purpose === "extension" ? { ...begun, untilDay: "", untilAt: null } : begun;
  return <ProposalForm key={`${id} ${purpose}`} view={view} present={present} purpose={purpose} category={category} initial={proposed} />;
}

/** Empty, or as another page began it: that does not stand over what was typed here before. */
function NewRequest({ categories }: { categories: ReplyOf<typeof listCategories>["items"] }) {
  const { nowMs, zone } = useNow();
  const { begun } = useLocation().state;
  if (begun == null) return <RequestForm key="new" keptAs="new" view={undefined} categories={categories} initial={EMPTY_REQUEST} />;
  const initial = typedOf(begun, { category: "", unit: "" }, zone as Zone, instantOf(nowMs));
  return <RequestForm key={begun.title} keptAs={`new ${begun.title}`} view={undefined} categories={categories} initial={initial} />;
}

const NOTHING_IN_FORCE = "There is nothing in force to extend or to change.";

/** What was granted last, or else put forward last: a version that is only proposed is not what is extended. */
function presentOf({ grants, versions }: ExceptionView) {
  const granted = grants.findLast(({ kind }) => kind !== "emergency")?.version;
  return (versions.find(({ n }) => n === granted) ?? versions.at(-1))?.content;
}

function NotShown({ children }: { children: ReactNode }) {
  return (
    <Page title="Request">
      <Section title="Not shown">{children}</Section>
    </Page>
  );
}
