import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";

import { listCheckpoints } from "../../../src/journal/contract.ts";
import { encodeBase64 } from "../../../src/kernel/base64.ts";
import { failureFrom } from "../../api.ts";
import { MEANS } from "../../glossary.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Hash, NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { readCheckpoint } from "./verify-entry.ts";

type Row = z.output<(typeof listCheckpoints)["reply"]>["items"][number];

const ROWS = 5;

const COLUMNS: readonly Column<Row>[] = [
  { key: "size", title: "Entries", isName: true, cell: (row) => String(row.size) },
  { key: "at", title: "Signed", cell: (row) => <Time at={row.at} isStacked /> },
  { key: "root", title: "Root", isFlexible: true, cell: (row) => <Root note={row.note} /> },
  { key: "act", title: "Acts", isTitleUnseen: true, cell: (row) => <Copy row={row} /> },
];

/** What was signed when: whoever keeps one of these elsewhere notices when the log is set back. */
export function Checkpoints() {
  const [cursor, setCursor] = useState<string>();
  const list = useQuery(read(listCheckpoints, { query: { order: "newest", limit: ROWS, ...(cursor !== undefined && { cursor }) } }));
  const next = list.data?.next;
  return (
    <Section
      title="Checkpoints"
      means={MEANS.checkpoint}
      note="Keep one elsewhere: a log set back as a whole is noticed only by who remembers."
      isFlush
    >
      {list.error !== null && <Failure error={failureFrom(list.error)} />}
      <Table
        caption="Checkpoints, newest first"
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={(row) => String(row.size)}
        isLoading={list.isPending}
        empty={<Empty title="No checkpoint yet">The first is signed within a second of the first entry.</Empty>}
      />
      <div className={bar.foot}>
        {cursor !== undefined && <Button onClick={() => setCursor(undefined)}>Newest</Button>}
        {next !== undefined && <Button onClick={() => setCursor(next)}>Earlier checkpoints</Button>}
      </div>
    </Section>
  );
}

function Root({ note }: { note: string }) {
  const checkpoint = readCheckpoint(note);
  return checkpoint === undefined ? <NotKnown>cannot be read</NotKnown> : <Hash value={encodeBase64(checkpoint.root)} />;
}

function Copy({ row }: { row: Row }) {
  return (
    <Button
      isSmall
      icon="copy"
      onClick={() => void navigator.clipboard.writeText(row.note).then(() => say(`The checkpoint over ${row.size} entries was copied.`))}
    >
      Copy it
    </Button>
  );
}
