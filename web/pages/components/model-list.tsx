import { Link, type LinkOptions, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { failureFrom } from "../../api.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { FilterSearch, ListBar, ListFoot } from "../../parts/list-bar.tsx";
import { type Column, Table } from "../../parts/table.tsx";

/** What the address bar says of such a list. */
interface Shown<View> {
  readonly view?: View | undefined;
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
}

interface Read<Row> {
  readonly data: { readonly items: readonly Row[]; readonly next?: string | undefined } | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly isPlaceholderData: boolean;
}

const rowKey = ({ key }: { readonly key: string }) => key;

/** What the server is asked: a page of those like what was searched for. */
export function pageOf({ search, cursor }: Shown<string>) {
  return { limit: 50, ...(search !== undefined && { search }), ...(cursor !== undefined && { cursor }) };
}

interface ModelListProps<View extends string, Row> {
  caption: string;
  /** What is searched. */
  what: string;
  hint: string;
  /** Each filter in words; the first is the one without choosing. */
  views: readonly (readonly [View, string])[];
  shown: Shown<View>;
  list: Read<Row>;
  columns: readonly Column<Row>[];
  at: (shown: Shown<View>) => LinkOptions;
  empty: ReactNode;
  below?: ReactNode;
}

/** Components, common causes, or operations: saved filters and a search above, further pages below. */
export function ModelList<View extends string, Row extends { readonly key: string }>(props: ModelListProps<View, Row>) {
  const { caption, views, shown, list, columns, at, empty, below } = props;
  const { data, error } = list;
  const words = views.find(([view]) => view === shown.view) ?? views[0]!;
  return (
    <>
      <Filters {...props} />
      {error !== null && <Failure error={failureFrom(error)} />}
      {error === null && (
        <>
          <Table
            caption={`${caption}: ${words[1].toLowerCase()}`}
            columns={columns}
            rows={data?.items ?? []}
            rowKey={rowKey}
            isLoading={list.isPending}
            isStale={list.isPlaceholderData}
            empty={empty}
          />
          {below}
        </>
      )}
      {data?.next !== undefined && (
        <ListFoot>
          <Link {...at({ ...shown, cursor: data.next })} className={buttonClass()}>
            Next page
          </Link>
        </ListFoot>
      )}
    </>
  );
}

function Filters<View extends string, Row>({ what, hint, views, shown, at }: ModelListProps<View, Row>) {
  const navigate = useNavigate();
  const { view = views[0]![0], search = "" } = shown;
  return (
    <ListBar
      views={views.map(([each, name]) => (
        <Link key={each} {...at({ view: each })} className={bar.view} aria-current={each === view ? "page" : undefined}>
          {name}
        </Link>
      ))}
    >
      <FilterSearch
        label={`Search ${what}`}
        hint={hint}
        value={search}
        onChange={(typed) => void navigate({ ...at({ view, ...(typed !== "" && { search: typed }) }), replace: true })}
      />
    </ListBar>
  );
}
