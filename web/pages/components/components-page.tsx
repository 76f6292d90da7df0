import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { type ComponentView, listComponents, putComponent } from "../../../src/estate/contract-model.ts";
import { needWords } from "../../../src/estate/need-view.ts";
import { mayCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import { AddByKey } from "./add-by-key.tsx";
import { KIND_WORDS, LAYER_WORDS, VIEWS } from "./kind-words.ts";
import { ModelList, pageOf } from "./model-list.tsx";
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

function List() {
  const shown = useSearch({ from: "/signed-in/components" });
  const { view = "active", search } = shown;
  const list = useQuery({ ...read(listComponents, { query: { ...pageOf(shown), status: view } }), placeholderData: keepPreviousData });
  const isNarrowed = search !== undefined || view === "retired";
  return (
    <ModelList
      caption="Components"
      what="components"
      hint="Name or key"
      views={VIEWS}
      shown={shown}
      list={list}
      columns={COLUMNS}
      at={(given) => ({ to: "/components", search: given })}
      empty={
        <Empty title={isNarrowed ? "No component is like that" : "No component is described yet"}>
          Add what sign-ins hang on below, or in the estate file: then which failures lock whom out is worked out.
        </Empty>
      }
    />
  );
}
