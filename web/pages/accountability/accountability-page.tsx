import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { addJourney, type JourneyView, listJourneys } from "../../../src/accountability/contract.ts";
import { failureFrom } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { MEANS } from "../../glossary.ts";
import { pageWords } from "../../pages-by-job.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import bar from "../../parts/list-bar.module.css";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { read } from "../../queries.ts";
import { ACCOUNTABILITY_VIEWS } from "../../searches.ts";
import { useSession } from "../../session.tsx";
import { countWords } from "../../words.ts";
import styles from "./accountability.module.css";
import { JourneyForm } from "./journey-form.tsx";
import { OnPointNow, Seat } from "./seats.tsx";
import { APPROVAL_SIGNS, POPULATION_WORDS } from "./signs.ts";
import { WaysBack } from "./ways-back.tsx";

const COLUMNS: readonly Column<JourneyView>[] = [
  { key: "journey", title: "Way in", isName: true, cell: (row) => <Journey row={row} /> },
  { key: "businessOwner", title: "Business owner", cell: (row) => <Seat seat={row.businessOwner} /> },
  { key: "approver", title: "Approved the model", cell: (row) => <Approver row={row} /> },
  { key: "maintainer", title: "Maintains it", cell: (row) => <Seat seat={row.maintainer} /> },
  { key: "onPoint", title: "On point now", cell: (row) => <OnPointNow journey={row} /> },
  { key: "platformOwner", title: "Restores the service", cell: (row) => <Seat seat={row.platformOwner} /> },
  { key: "operationOwner", title: "Gets the task done", cell: (row) => <Seat seat={row.operationOwner} /> },
];

const VIEW_WORDS = { all: "Every way in", gaps: "With gaps", ways: "Ways back" } as const;

/** Who answers for each way of signing in without a password: six seats, and which of them nobody fills. */
export function AccountabilityPage() {
  const { view = "all" } = useSearch({ from: "/signed-in/accountability" });
  const { roles } = useSession();
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title={pageWords("/accountability")}
      means={MEANS["journey"]}
      below="For each way in without a password: who owns it, who approved how it works, who keeps it working, and who is woken when it fails."
      actions={
        <>
          <Link to="/rotas" className={buttonClass()}>
            Rotas
          </Link>
          <Button look="primary" icon="plus" whyNot={whyNotCall(addJourney, roles)} onClick={() => setAdding(true)}>
            Add a way in
          </Button>
        </>
      }
    >
      <div className={bar.bar}>
        <nav className={bar.views} aria-label="Saved filters">
          {ACCOUNTABILITY_VIEWS.map((each) => (
            <Link
              key={each}
              to="/accountability"
              search={{ view: each }}
              className={bar.view}
              aria-current={each === view ? "page" : undefined}
            >
              {VIEW_WORDS[each]}
            </Link>
          ))}
        </nav>
      </div>
      {view === "ways" ? <WaysBack /> : <Journeys onlyGaps={view === "gaps"} />}
      {isAdding && <JourneyForm onClose={() => setAdding(false)} />}
    </Page>
  );
}

const rowKey = ({ id }: JourneyView) => id;

function Journeys({ onlyGaps }: { onlyGaps: boolean }) {
  const { cursor } = useSearch({ from: "/signed-in/accountability" });
  const query = { limit: 50, ...(onlyGaps && { gaps: "true" as const }), ...(cursor !== undefined && { cursor }) };
  const list = useQuery({ ...read(listJourneys, { query }), placeholderData: keepPreviousData });
  if (list.error !== null) return <Failure error={failureFrom(list.error)} />;
  return (
    <>
      <Table
        caption={onlyGaps ? "Ways in with gaps" : "Ways in, and who answers for each"}
        columns={COLUMNS}
        rows={list.data?.items ?? []}
        rowKey={rowKey}
        isLoading={list.isPending}
        isStale={list.isPlaceholderData}
        empty={
          <Empty title={onlyGaps ? "Nothing is missing" : "No way in is described yet"}>
            {onlyGaps
              ? "Every way in has somebody in each of its six seats, and an approval that counts."
              : "Add one for each population, application or operation, and class of devices that signs in without a password."}
          </Empty>
        }
      />
      {list.data?.next !== undefined && (
        <nav className={bar.foot} aria-label="Pages">
          <Link to="/accountability" search={{ view: onlyGaps ? "gaps" : "all", cursor: list.data.next }} className={buttonClass()}>
            Next page
          </Link>
        </nav>
      )}
    </>
  );
}

function Journey({ row: { id, population, about, deviceClass, gaps } }: { row: JourneyView }) {
  return (
    <span className={styles.stacked}>
      <Link to="/accountability/$id" params={{ id }}>
        {POPULATION_WORDS[population]} to {about.name ?? about.key}
      </Link>
      <span className={styles.minor}>
        {deviceClass === null ? "on any device" : `on ${deviceClass.name ?? deviceClass.key}`}
        {gaps.length > 0 && ` · ${countWords(gaps.length, "gap")}`}
      </span>
    </span>
  );
}

function Approver({ row: { approver, approval } }: { row: JourneyView }) {
  return (
    <span className={styles.stacked}>
      <Seat seat={approver} />
      <Badge sign={APPROVAL_SIGNS[approval.state]} />
    </span>
  );
}
