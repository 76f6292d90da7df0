import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { type CommonCauseView, listCommonCauses, putCommonCause } from "../../../src/estate/contract-model.ts";
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
import { countWords } from "../../words.ts";
import { AddByKey } from "./add-by-key.tsx";
import { awayWords, CAUSE_WORDS, VIEW_WORDS } from "./kind-words.ts";

const COLUMNS: readonly Column<CommonCauseView>[] = [
  {
    key: "name",
    title: "Common cause",
    isName: true,
    isFlexible: true,
    cell: ({ key, name }) => (
      <Link to="/common-causes/$key" params={{ key }}>
        {name}
      </Link>
    ),
  },
  { key: "kind", title: "Kind", cell: ({ kind }) => CAUSE_WORDS[kind] },
  { key: "members", title: "Takes along", isNumber: true, cell: ({ members }) => countWords(members.length, "component") },
  {
    key: "away",
    title: "How often",
    cell: ({ unavailability }) => (unavailability === null ? <NotKnown>nobody said</NotKnown> : awayWords(unavailability)),
  },
];

const rowKey = ({ key }: CommonCauseView) => key;

/** What makes several components fail at once. */
export function CausesPage() {
  const { roles } = useSession();
  return (
    <Page
      title={pageWords("/common-causes")}
      means={MEANS["common cause"]}
      above={<Link to="/components">Components</Link>}
      below="Two ways in are one where a single contract, region or carrier takes both."
    >
      <Filters />
      <List />
      {mayCall(putCommonCause, roles) && <AddByKey title="Add a common cause" to="/common-causes/$key/change" />}
    </Page>
  );
}

function useFilter() {
  const { view = "active", search } = useSearch({ from: "/signed-in/common-causes" });
  return { view, words: search === undefined ? {} : { search } };
}

function Filters() {
  const { view, words } = useFilter();
  const navigate = useNavigate({ from: "/common-causes" });
  return (
    <ListBar
      views={MODEL_VIEWS.map((each) => (
        <Link key={each} to="/common-causes" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
          {VIEW_WORDS[each]}
        </Link>
      ))}
    >
      <FilterSearch
        label="Search common causes"
        hint="Name or key"
        value={words.search ?? ""}
        onChange={(typed) => void navigate({ search: { view, ...(typed !== "" && { search: typed }) }, replace: true })}
      />
    </ListBar>
  );
}

function List() {
  const { view, words } = useFilter();
  const { cursor } = useSearch({ from: "/signed-in/common-causes" });
  const query = { limit: 50, status: view, ...words, ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listCommonCauses, { query }), placeholderData: keepPreviousData });
  if (list.error !== null) return <Failure error={failureFrom(list.error)} />;
  const isNarrowed = words.search !== undefined || view === "retired";
  return (
    <>
      <Table
        caption={`Common causes: ${VIEW_WORDS[view].toLowerCase()}`}
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={rowKey}
        isLoading={list.isPending}
        isStale={list.isPlaceholderData}
        empty={
          <Empty title={isNarrowed ? "No common cause is like that" : "No common cause is described yet"}>
            Without them the analysis takes components for independent: two providers of one contract look like two.
          </Empty>
        }
      />
      {list.data?.next !== undefined && (
        <ListFoot>
          <Link to="/common-causes" search={{ view, ...words, cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </ListFoot>
      )}
    </>
  );
}
