import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";

import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { listCategories, listExceptions, REGISTER_SORTS, registerMetrics } from "../../../src/exceptions/contract.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { useNow } from "../../now.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Icon } from "../../parts/icon.tsx";
import { News } from "../../parts/news.tsx";
import { Page } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { useSteadyRows } from "../../steady-rows.ts";
import { REGISTER_VIEWS } from "../../searches.ts";
import { REGISTER_COLUMNS } from "./register-columns.tsx";
import { BulkBar, CHOICE_COLUMN, ChoiceContext, useChoice } from "./register-bulk.tsx";
import { RegisterExport } from "./register-export.tsx";
import { isNarrowed, queryOf, type RegisterSearch, VIEWS } from "./register-views.ts";
import { FilterSearch, FilterSelect } from "../../parts/list-bar.tsx";
import bar from "../../parts/list-bar.module.css";

const COLUMNS = [CHOICE_COLUMN, ...REGISTER_COLUMNS];

const rowKey = ({ id }: ExceptionRowView) => id;

/** The register: every exception there ever was, asked of the server as the address bar says. */
export function RegisterPage() {
  const search = useSearch({ from: "/signed-in/register" });
  const navigate = useNavigate({ from: "/register" });
  const { nowMs } = useNow();
  const view = VIEWS[search.view ?? "open"];
  const list = useQuery({ ...read(listExceptions, { query: queryOf(search, nowMs) }), placeholderData: keepPreviousData });
  const steady = useSteadyRows(list.data?.items, rowKey, list.isPlaceholderData ? undefined : JSON.stringify(search), list.dataUpdatedAt);
  const { rows } = steady;
  const choice = useChoice(rows);
  return (
    <Page
      title="Register"
      means={MEANS.exception}
      below="Every way around passwordless sign-in that somebody answers for: who, why, until when, and whether it is really off."
      actions={
        <>
          <RegisterExport search={search} />
          <Link to="/request" className={buttonClass("primary")}>
            <Icon name="plus" />
            Request an exception
          </Link>
        </>
      }
    >
      <div className={bar.bar}>
        <Views search={search} />
        <Filters search={search} />
      </div>
      <BulkBar rows={rows} choice={choice} />
      {list.error !== null && (
        <Failure error={failureFrom(list.error)} action={<Button onClick={() => void list.refetch()}>Try again</Button>} />
      )}
      <News {...steady.news} onShow={steady.show} />
      {list.error === null && (
        <ChoiceContext value={choice}>
          <Table
            caption={`Exceptions: ${view.words}`}
            columns={COLUMNS}
            rows={rows}
            rowKey={rowKey}
            isGone={steady.isGone}
            sort={search.sort ?? view.sort}
            onSort={(sort) =>
              void navigate({
                search: (before) => ({ ...before, sort: REGISTER_SORTS.find((each) => each === sort), cursor: undefined }),
              })
            }
            isLoading={list.isPending}
            isStale={list.isPlaceholderData}
            empty={<NoRows search={search} />}
          />
        </ChoiceContext>
      )}
      <Paging search={search} shown={rows.length} next={list.data?.next} />
    </Page>
  );
}

function Views({ search }: { search: RegisterSearch }) {
  return (
    <nav className={bar.views} aria-label="Saved filters">
      {REGISTER_VIEWS.map((view) => (
        <Link
          key={view}
          to="/register"
          search={{ ...search, view, sort: undefined, cursor: undefined }}
          className={bar.view}
          aria-current={view === (search.view ?? "open") ? "page" : undefined}
        >
          {VIEWS[view].words}
        </Link>
      ))}
    </nav>
  );
}

const TYPING_MS = 200;

function Filters({ search }: { search: RegisterSearch }) {
  const navigate = useNavigate({ from: "/register" });
  const categories = useQuery(read(listCategories, {}));
  const [typed, setTyped] = useState(search.search ?? "");
  const asked = search.search ?? "";
  useEffect(() => {
    if (typed.trim() === asked) return undefined;
    const wanted = typed.trim() === "" ? undefined : typed.trim();
    const timer = setTimeout(
      () => void navigate({ search: (before) => ({ ...before, search: wanted, cursor: undefined }), replace: true }),
      TYPING_MS,
    );
    return () => clearTimeout(timer);
  }, [typed, asked, navigate]);
  return (
    <div className={bar.filters} role="search">
      <FilterSearch label="Search the register" hint="Reference, title, subject" value={typed} onChange={setTyped} />
      <FilterSelect
        label="Category"
        all="Every category"
        value={search.category}
        options={categories.data?.items.map(({ key, title }) => ({ value: key, label: title })) ?? []}
        onChange={(category) => void navigate({ search: { ...search, category, cursor: undefined } })}
      />
    </div>
  );
}

function NoRows({ search }: { search: RegisterSearch }): ReactNode {
  const { empty } = VIEWS[search.view ?? "open"];
  if (isNarrowed(search)) {
    return (
      <Empty
        title="Nothing fits these filters"
        action={
          <Link to="/register" search={{ view: search.view }} className={buttonClass()}>
            Clear the filters
          </Link>
        }
      >
        Search looks at references, titles and subjects.
      </Empty>
    );
  }
  return (
    <Empty
      title={empty.title}
      action={
        <>
          <Link to="/request" className={buttonClass("primary")}>
            Request an exception
          </Link>
          <Link to="/welcome" className={buttonClass()}>
            Connect a directory or import a list
          </Link>
        </>
      }
    >
      {empty.words}
      <Unanswered />
    </Empty>
  );
}

/** An empty register is no proof of an empty directory. */
function Unanswered() {
  const { data } = useQuery(read(registerMetrics, {}));
  const found = (data?.bypasses["unregistered"] ?? 0) + (data?.bypasses["escalated"] ?? 0);
  if (found === 0) return null;
  return (
    <>
      {" "}
      <Link to="/bypasses">{found === 1 ? "One bypass was found" : `${found} bypasses were found`} that nobody answers for.</Link>
    </>
  );
}

function Paging({ search, shown, next }: { search: RegisterSearch; shown: number; next: string | undefined }) {
  if (next === undefined && search.cursor === undefined) return null;
  return (
    <nav className={bar.foot} aria-label="Pages">
      {search.cursor !== undefined && (
        <Link to="/register" search={{ ...search, cursor: undefined }} className={buttonClass()}>
          To the first page
        </Link>
      )}
      {next !== undefined && (
        <Link to="/register" search={{ ...search, cursor: next }} className={buttonClass()}>
          Next page
        </Link>
      )}
      <span>{shown} shown</span>
    </nav>
  );
}
