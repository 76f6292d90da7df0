import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { type CommonCauseView, listCommonCauses, putCommonCause } from "../../../src/estate/contract-model.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { countWords } from "../../words.ts";
import { AddByKey } from "./add-by-key.tsx";
import { awayWords, CAUSE_WORDS, VIEWS } from "./kind-words.ts";
import { ModelList, pageOf } from "./model-list.tsx";

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
      <List />
      {mayCall(putCommonCause, roles) && <AddByKey title="Add a common cause" to="/common-causes/$key/change" />}
    </Page>
  );
}

function List() {
  const shown = useSearch({ from: "/signed-in/common-causes" });
  const { view = "active", search } = shown;
  const list = useQuery({ ...read(listCommonCauses, { query: { ...pageOf(shown), status: view } }), placeholderData: keepPreviousData });
  const isNarrowed = search !== undefined || view === "retired";
  return (
    <ModelList
      caption="Common causes"
      what="common causes"
      hint="Name or key"
      views={VIEWS}
      shown={shown}
      list={list}
      columns={COLUMNS}
      at={(given) => ({ to: "/common-causes", search: given })}
      empty={
        <Empty title={isNarrowed ? "No common cause is like that" : "No common cause is described yet"}>
          Without them the analysis takes components for independent: two providers of one contract look like two.
        </Empty>
      }
    />
  );
}
