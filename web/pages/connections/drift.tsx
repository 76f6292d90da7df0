import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { listDrift } from "../../../src/connections/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Term } from "../../parts/term.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { useSession } from "../../session.tsx";
import styles from "./connections.module.css";

type DriftRow = z.output<(typeof listDrift)["reply"]>["items"][number];

const ROWS = 10;

const SIGNS = {
  added: { word: "Added", tone: "bad", shape: "rising" },
  removed: { word: "Taken out", tone: "wait", shape: "falling" },
  modified: { word: "Changed", tone: "wait", shape: "half" },
  deleted: { word: "Deleted", tone: "bad", shape: "crossed" },
} as const;

const COLUMNS: readonly Column<DriftRow>[] = [
  { key: "what", title: "What", cell: (row) => <Badge sign={SIGNS[row.action]} /> },
  { key: "subject", title: "Who or what", isName: true, isFlexible: true, cell: (row) => <Where row={row} /> },
  { key: "by", title: "By", cell: (row) => row.by ?? <NotKnown>the provider&apos;s log names nobody</NotKnown> },
  { key: "at", title: "Done", cell: (row) => <Time at={row.at} isStacked /> },
  { key: "seen", title: "Read here", cell: (row) => <Time at={row.seenAt} isStacked /> },
];

/** What somebody changed behind Postern's back, and who: drift is shown, never repaired in silence. */
export function Drift({ id }: { id: string }) {
  const { roles } = useSession();
  const whyNot = whyNotCall(listDrift, roles);
  const [cursor, setCursor] = useState<string>();
  const list = useQuery({
    ...read(listDrift, { params: { id }, query: { limit: ROWS, ...(cursor !== undefined && { cursor }) } }),
    placeholderData: keepPreviousData,
    enabled: whyNot === undefined,
  });
  const next = list.data?.next;
  return (
    <section className={styles.drift} aria-label="Drift">
      <h3>
        <Term means={MEANS.drift}>Changed behind Postern&apos;s back</Term>
      </h3>
      {whyNot !== undefined && <p className={styles.quiet}>{whyNot}</p>}
      {list.error !== null && <Failure error={failureFrom(list.error)} title="The drift was not read" />}
      {whyNot === undefined && list.error === null && (
        <Table
          caption="Changed behind Postern's back"
          columns={COLUMNS}
          rows={list.data?.items ?? []}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={
            <Empty title="No drift is known">
              Nobody but Postern changed what it governs here, as far as the provider&apos;s own log tells, where it keeps one: see above.
            </Empty>
          }
        />
      )}
      <div className={styles.buttons}>
        {cursor !== undefined && <Button onClick={() => setCursor(undefined)}>Newest</Button>}
        {next !== undefined && <Button onClick={() => setCursor(next)}>Earlier changes</Button>}
      </div>
    </section>
  );
}

function Where({ row: { subject, object } }: { row: DriftRow }) {
  return (
    <>
      {subject !== null && <span>{subject.name} in </span>}
      <code>{object}</code>
    </>
  );
}
