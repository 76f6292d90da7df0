import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { getException } from "../../../src/exceptions/contract.ts";
import { listEntries, type NamedEntryView } from "../../../src/journal/contract.ts";
import { endOfDay, type PlainDate, startOfDay, type Zone } from "../../../src/kernel/time.ts";
import { failureFrom } from "../../api.ts";
import { mayCall, whyNotCall } from "../../can.ts";
import { useNow } from "../../now.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import type { journalSearch } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { Checkpoints } from "./checkpoints.tsx";
import { eventWords, kindWords } from "./entry-words.ts";
import { JournalFilter } from "./journal-filter.tsx";
import styles from "./journal.module.css";
import { LogCheck } from "./log-check.tsx";
import type { VerifiedLog } from "./verify-log.ts";

type Search = ReturnType<typeof journalSearch>;

const ROWS = 50;
const REFERENCE = /^EXC-\d{4}-\d+$/i;

/** Everything that happened, who did it, and this browser's own check that the log of it is whole. */
export function JournalPage() {
  const { roles } = useSession();
  const isAllowed = mayCall(listEntries, roles);
  const list = useEntries(isAllowed);
  const [verified, setVerified] = useState<VerifiedLog>();
  const rows = list.data?.items ?? [];
  return (
    <Page title={pageWords("/journal")} below="Every change anybody or anything made here, in a log that cannot be rewritten unseen.">
      <LogCheck shown={rows} onVerified={setVerified} />
      <Section title="What happened" note="newest first">
        {isAllowed ? <JournalFilter /> : <Empty title="Not for your roles">{whyNotCall(listEntries, roles)}</Empty>}
        {list.error !== null && <Failure error={failureFrom(list.error)} />}
      </Section>
      {isAllowed && list.error === null && (
        <Table
          caption="What happened"
          columns={columnsOf(verified)}
          rows={rows}
          rowKey={(row) => row.id}
          isLoading={list.isPending}
          isStale={list.isPlaceholderData}
          empty={<NoEntries />}
        />
      )}
      <Next cursor={list.data?.next} />
      <Checkpoints />
    </Page>
  );
}

/** The entries the address asks for; a reference is looked up first. */
function useEntries(isAllowed: boolean) {
  const search = useSearch({ from: "/signed-in/journal" });
  const { zone } = useNow();
  const isReference = REFERENCE.test(search.about ?? "");
  const meant = useQuery({
    ...read(getException, { params: { id: (search.about ?? "").toUpperCase() } }),
    enabled: isAllowed && isReference,
  });
  const subject = isReference ? meant.data?.id : search.about;
  const list = useQuery({
    ...read(listEntries, { query: queryOf(search, subject, zone as Zone) }),
    enabled: isAllowed && (!isReference || subject !== undefined),
    placeholderData: keepPreviousData,
  });
  return { ...list, error: meant.error ?? list.error };
}

function queryOf({ kind, type, actor, from, until, cursor }: Search, subject: string | undefined, zone: Zone) {
  return {
    limit: ROWS,
    ...(kind !== undefined && { kind }),
    ...(type !== undefined && { type }),
    ...(actor !== undefined && { actor }),
    ...(subject !== undefined && { subject }),
    ...(from !== undefined && { from: startOfDay(from as PlainDate, zone) }),
    ...(until !== undefined && { until: endOfDay(until as PlainDate, zone) }),
    ...(cursor !== undefined && { cursor }),
  };
}

function columnsOf(verified: VerifiedLog | undefined): readonly Column<NamedEntryView>[] {
  return [
    { key: "what", title: "What", isName: true, isFlexible: true, cell: (row) => <What row={row} /> },
    { key: "by", title: "By", cell: (row) => <By row={row} /> },
    { key: "at", title: "When", cell: (row) => <Time at={row.at} isStacked /> },
    {
      key: "leaf",
      title: "Place",
      isNumber: true,
      explain: "Its number in the log",
      cell: (row) => row.leaf ?? <NotKnown>not yet</NotKnown>,
    },
    ...(verified === undefined
      ? []
      : [{ key: "checked", title: "Checked here", cell: (row: NamedEntryView) => <Checked place={verified.entries.get(row.id)} /> }]),
  ];
}

function What({ row }: { row: NamedEntryView }) {
  return (
    <span className={styles.what}>
      <Link to="/journal/$entry" params={{ entry: row.id }}>
        {eventWords(row.kind, row.type)}
      </Link>
      <span className={styles.about}>
        {kindWords(row.kind)}
        <Link to="/journal" search={{ about: row.subject }} title={`Everything about ${row.subjectName ?? row.subject}`}>
          {row.subjectName ?? <code>{row.subject}</code>}
        </Link>
      </span>
    </span>
  );
}

function By({ row }: { row: NamedEntryView }) {
  if (row.actorName === undefined) return <span className={styles.none}>by rule ({row.actor})</span>;
  return (
    <Link to="/journal" search={{ actor: row.actor }} className={styles.by} title={`Everything ${row.actorName} did`}>
      {row.actorName}
    </Link>
  );
}

const PLACES = {
  in: { word: "In the log", tone: "ok", shape: "shut" },
  differs: { word: "Not what was hashed", tone: "bad", shape: "alarm" },
  unproven: { word: "Not proven", tone: "unknown", shape: "question" },
  later: { word: "After the checkpoint", tone: "unknown", shape: "question" },
} as const;

function Checked({ place }: { place: keyof typeof PLACES | undefined }) {
  return place === undefined ? <NotKnown>not checked</NotKnown> : <Badge sign={PLACES[place]} />;
}

function NoEntries() {
  return (
    <Empty
      title="Nothing fits"
      action={
        <Link to="/journal" search={{}} className={buttonClass()}>
          Show everything
        </Link>
      }
    >
      Nothing of this kind happened in that time. Ids and references are looked for as a whole.
    </Empty>
  );
}

function Next({ cursor }: { cursor: string | undefined }) {
  const search = useSearch({ from: "/signed-in/journal" });
  if (cursor === undefined && search.cursor === undefined) return null;
  return (
    <nav className={bar.foot} aria-label="Pages">
      {search.cursor !== undefined && (
        <Link to="/journal" search={{ ...search, cursor: undefined }} className={buttonClass()}>
          Newest
        </Link>
      )}
      {cursor !== undefined && (
        <Link to="/journal" search={{ ...search, cursor }} className={buttonClass()}>
          Earlier entries
        </Link>
      )}
    </nav>
  );
}
