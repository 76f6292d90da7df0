import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type LoadView, queueLoad } from "../../../src/exceptions/contract-lists.ts";
import { Tag } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { roleWords, titleWords } from "../../words.ts";
import { ListFailure } from "./list-failure.tsx";

const COLUMNS: readonly Column<LoadView>[] = [
  { key: "who", title: "Waits for", isName: true, isFlexible: true, cell: (row) => row.personName ?? titleWords(roleWords(row.asked)) },
  { key: "kind", title: "Asked as", cell: (row) => <Tag>{row.personName === null ? "role" : "person"}</Tag> },
  { key: "votes", title: "Votes", isNumber: true, cell: (row) => row.votes },
  { key: "reviews", title: "Reviews", isNumber: true, cell: (row) => row.reviews },
  {
    key: "first",
    title: "First review due",
    cell: (row) => (row.firstDueAt === null ? "none" : <Time at={row.firstDueAt} isStacked />),
  },
];

/** How many wait for whom. What asks two roles counts with both. */
export function LoadTable() {
  const list = useQuery(read(queueLoad, {}));
  if (list.error !== null) return <ListFailure list={list} />;
  return (
    <Table
      caption="How many votes and reviews wait for whom"
      columns={COLUMNS}
      rows={list.data?.items ?? []}
      rowKey={(row) => row.asked}
      isLoading={list.isPending}
      empty={
        <Empty
          title="Nothing waits for anybody"
          action={
            <Link to="/register" className={buttonClass()}>
              See the register
            </Link>
          }
        >
          Every request was decided and every review answered.
        </Empty>
      }
    />
  );
}
