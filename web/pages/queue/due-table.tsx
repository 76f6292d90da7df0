import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";

import { listDue, type NoticesView } from "../../../src/exceptions/contract-lists.ts";
import { acknowledgeEscalation } from "../../../src/exceptions/contract.ts";
import { useAct } from "../../act.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { News } from "../../parts/news.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { useSteadyRows } from "../../steady-rows.ts";
import { rolesWords, titleWords } from "../../words.ts";
import { ListFailure } from "./list-failure.tsx";
import { NothingWaits } from "./nothing-waits.tsx";
import { MOST } from "./queue-queries.ts";

interface Announced {
  readonly row: NoticesView;
  readonly notice: NoticesView["notices"][number];
}

const ESCALATED = { word: "Escalation", tone: "bad", shape: "alarm" } as const;
const REMINDED = { word: "Reminder", tone: "wait", shape: "half" } as const;

const COLUMNS: readonly Column<Announced>[] = [
  {
    key: "ref",
    title: "Reference",
    isName: true,
    cell: ({ row }) => (
      <Link to="/exceptions/$id" params={{ id: row.ref }}>
        {row.ref}
      </Link>
    ),
  },
  { key: "kind", title: "Kind", cell: ({ notice }) => <Badge sign={notice.kind === "escalation" ? ESCALATED : REMINDED} /> },
  { key: "title", title: "About", isFlexible: true, cell: ({ row }) => row.title },
  {
    key: "cause",
    title: "Why",
    cell: ({ row, notice }) =>
      notice.cause === "ends" && row.endsAt !== null ? (
        <>
          ends <Time at={row.endsAt} only="distance" />
        </>
      ) : (
        titleWords(notice.cause)
      ),
  },
  { key: "to", title: "To", cell: ({ notice }) => rolesWords(notice.to, "and") },
  { key: "due", title: "Was due", cell: ({ notice }) => <Time at={notice.dueAt} isStacked /> },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (each) => <Act {...each} /> },
];

/** A reminder goes when what it reminds of is done; an escalation is taken on by somebody it is raised to. */
function Act({ row, notice }: Announced) {
  const act = useAct(acknowledgeEscalation, () => say(`You took the escalation about ${row.ref} on.`));
  if (!notice.mayTakeOn) return null;
  return (
    <>
      <Button
        isBusy={act.isPending}
        aria-label={`Take on the escalation about ${row.ref}`}
        onClick={() => act.mutate({ params: { id: row.id }, body: { key: notice.key } })}
      >
        Take it on
      </Button>
      {act.error !== null && <Failure error={act.error} title="Not taken on" />}
    </>
  );
}

const rowKey = ({ row, notice }: Announced) => `${row.id} ${notice.key}`;

/** Reminders and escalations to the caller: as a seat, as the owner or deputy, or as the manager of who asked. */
export function DueTable() {
  const list = useQuery(read(listDue, { query: { mine: "true", limit: MOST } }));
  const items = list.data?.items;
  const announced = useMemo(() => items?.flatMap((row) => row.notices.map((notice) => ({ row, notice }))), [items]);
  const steady = useSteadyRows(announced, rowKey, announced && "due", list.dataUpdatedAt);
  if (list.error !== null) return <ListFailure list={list} />;
  return (
    <>
      <News {...steady.news} onShow={steady.show} />
      <Table
        caption="Reminders and escalations to you"
        columns={COLUMNS}
        rows={steady.rows}
        rowKey={rowKey}
        isGone={steady.isGone}
        isLoading={list.isPending}
        empty={
          <NothingWaits
            title="Nothing was announced to you"
            action={
              <Link to="/register" search={{ view: "ending" }} className={buttonClass()}>
                See what ends in 30 days
              </Link>
            }
          >
            Reminders come before an end, escalations when nobody answered or something did not end.
          </NothingWaits>
        }
      />
    </>
  );
}
