import { Link } from "@tanstack/react-router";

import type { ExceptionRowView } from "../../../src/exceptions/contract-views.ts";
import { buttonClass } from "../../parts/button.tsx";
import { News } from "../../parts/news.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useSteadyRows } from "../../steady-rows.ts";
import { titleWords } from "../../words.ts";
import { ListFailure } from "./list-failure.tsx";
import { NothingWaits } from "./nothing-waits.tsx";
import { useVotesOfMine } from "./queue-queries.ts";

const COLUMNS: readonly Column<ExceptionRowView>[] = [
  {
    key: "ref",
    title: "Reference",
    isName: true,
    cell: (row) => (
      <Link to="/exceptions/$id/decide" params={{ id: row.ref }}>
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

const rowKey = ({ id }: ExceptionRowView) => id;

/** Requests that wait for a vote the caller could give. */
export function VoteTable() {
  const { list, rows } = useVotesOfMine();
  const steady = useSteadyRows(rows, rowKey, rows && "votes", list.dataUpdatedAt);
  if (list.error !== null) return <ListFailure list={list} />;
  return (
    <>
      <News {...steady.news} onShow={steady.show} />
      <Table
        caption="Requests that wait for your vote"
        columns={COLUMNS}
        rows={steady.rows}
        rowKey={rowKey}
        isGone={steady.isGone}
        isLoading={list.isPending}
        empty={
          <NothingWaits
            title="Nothing waits for you"
            action={
              <Link to="/register" search={{ view: "deciding" }} className={buttonClass()}>
                See all requests in approval
              </Link>
            }
          >
            You will find requests here when a role of yours is asked.
          </NothingWaits>
        }
      />
    </>
  );
}
