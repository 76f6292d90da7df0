import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { type ComponentView, listComponents, putComponent } from "../../../src/estate/contract-model.ts";
import { needWords } from "../../../src/estate/need-view.ts";
import { failureFrom } from "../../api.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSearch, ListBar, ListFoot } from "../../parts/list-bar.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { MODEL_VIEWS } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { AddByKey } from "./add-by-key.tsx";
import { KIND_WORDS, LAYER_WORDS, VIEW_WORDS } from "./kind-words.ts";
import { Proposals } from "./proposals.tsx";

const COLUMNS: readonly Column<ComponentView>[] = [
  {
    key: "name",
    title: "Component",
    isName: true,
    cell: ({ key, name }) => (
      <Link to="/components/$key" params={{ key }}>
        {name}
      </Link>
    ),
  },
  { key: "kind", title: "Kind", cell: ({ kind }) => KIND_WORDS[kind] },
  { key: "layer", title: "Layer", cell: ({ layer }) => LAYER_WORDS[layer] },
  { key: "needs", title: "Needs", isFlexible: true, cell: ({ requires }) => (requires === null ? "nothing else" : needWords(requires)) },
  { key: "owner", title: "Answers for it", cell: ({ owner }) => owner?.name ?? <NotKnown>nobody</NotKnown> },
];

const rowKey = ({ key }: ComponentView) => key;

/** What sign-ins hang on. */
export function ComponentsPage() {
  const { roles } = useSession();
  return (
    <Page
      title={pageWords("/components")}
      means={MEANS.component}
      below="Providers, certificates, networks, people: what somebody needs to get in, and what each of them needs in turn."
      actions={
        <>
          <Link to="/operations" className={buttonClass()}>
            What locks whom out
          </Link>
          <Link to="/common-causes" className={buttonClass()}>
            Common causes
          </Link>
        </>
      }
    >
      <Filters />
      <List />
      {mayCall(putComponent, roles) && (
        <>
          <AddByKey title="Add a component" to="/components/$key/change" />
          <Proposals />
        </>
      )}
    </Page>
  );
}

function useFilter() {
  const { view = "active", search } = useSearch({ from: "/signed-in/components" });
  return { view, words: search === undefined ? {} : { search } };
}

function Filters() {
  const { view, words } = useFilter();
  const navigate = useNavigate({ from: "/components" });
  return (
    <ListBar
      views={MODEL_VIEWS.map((each) => (
        <Link key={each} to="/components" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
          {VIEW_WORDS[each]}
        </Link>
      ))}
    >
      <FilterSearch
        label="Search components"
        hint="Name or key"
        value={words.search ?? ""}
        onChange={(typed) => void navigate({ search: { view, ...(typed !== "" && { search: typed }) }, replace: true })}
      />
    </ListBar>
  );
}

function List() {
  const { view, words } = useFilter();
  const { cursor } = useSearch({ from: "/signed-in/components" });
  const query = { limit: 50, status: view, ...words, ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listComponents, { query }), placeholderData: keepPreviousData });
  if (list.error !== null) return <Failure error={failureFrom(list.error)} />;
  return (
    <>
      <Table
        caption={`Components: ${VIEW_WORDS[view].toLowerCase()}`}
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={rowKey}
        isLoading={list.isPending}
        isStale={list.isPlaceholderData}
        empty={
          <Empty title={words.search !== undefined || view === "retired" ? "No component is like that" : "No component is described yet"}>
            Add what sign-ins hang on below, or in the estate file: then which failures lock whom out is worked out.
          </Empty>
        }
      />
      {list.data?.next !== undefined && (
        <ListFoot>
          <Link to="/components" search={{ view, ...words, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </ListFoot>
      )}
    </>
  );
}
