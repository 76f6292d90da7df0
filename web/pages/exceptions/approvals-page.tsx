import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { listExceptions } from "../../../src/exceptions/contract.ts";
import { failureFrom } from "../../api.ts";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { titleWords } from "../../words.ts";

const COLUMNS: readonly Column<ExceptionRowView>[] = [
  {
    key: "ref",
    title: "Reference",
    isName: true,
    cell: (row) => (
      <Link to="/exceptions/$id" params={{ id: row.ref }}>
        {row.ref}
      </Link>
    ),
  },
  { key: "title", title: "What is asked", isFlexible: true, cell: (row) => row.title },
  { key: "category", title: "Category", cell: (row) => titleWords(row.category) },
  { key: "unit", title: "Unit", cell: (row) => row.unit },
  { key: "until", title: "Until", cell: (row) => row.endsAt !== null && <Time at={row.endsAt} isStacked /> },
  { key: "age", title: "True age", isNumber: true, cell: (row) => `${row.trueAgeDays} d` },
  {
    key: "act",
    title: "Acts",
    isTitleUnseen: true,
    cell: (row) => (
      <Link to="/exceptions/$id/decide" params={{ id: row.ref }} className={buttonClass()}>
        Read and decide
      </Link>
    ),
  },
];

const MOST = 100;

/** What waits for a vote the caller could give. */
export function ApprovalsPage() {
  const list = useQuery(read(listExceptions, { query: { mine: "true", sort: "ends", limit: MOST } }));
  return (
    <Page
      title="To decide"
      below="Requests that wait for a vote you could give. Each is read in full and signed with your passkey; none is decided from this list."
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      {list.error === null && (
        <Table
          caption="Requests that wait for your vote"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          empty={
            <Empty
              title="Nothing waits for you"
              action={
                <Link to="/register" search={{ view: "deciding" }} className={buttonClass()}>
                  See all requests in approval
                </Link>
              }
            >
              You will find requests here when a role of yours is asked.
            </Empty>
          }
        />
      )}
    </Page>
  );
}
