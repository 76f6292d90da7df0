import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { showToday, type WaitingView } from "../../../src/exceptions/contract-today.ts";
import { failureFrom } from "../../api.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { News } from "../../parts/news.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { Emergencies } from "../access-requests/emergencies.tsx";
import { RequestsForMe } from "../access-requests/requests-for-me.tsx";
import { LockedOutByOne } from "../operations/locked-out-by-one.tsx";
import { useSteadyRows } from "../../steady-rows.ts";
import { FindingsOfMine } from "./findings-of-mine.tsx";
import { NeedsMe } from "./needs-me.tsx";
import { Happened } from "./happened.tsx";
import styles from "./today.module.css";

const BELOW = {
  all: "What waits for you, and what the organisation has to know: what ended, what did not, and what nobody knows.",
  own: "What waits for you, and what became of what you asked for or answer for.",
};

const keyOf = ({ kind, exception, cause }: WaitingView) => `${kind} ${exception.id} ${cause}`;

/** The start page: four questions, answered for who is signed in. */
export function TodayPage() {
  const today = useQuery(read(showToday, {}));
  const { rows, news, show } = useSteadyRows(today.data?.needsMe.items, keyOf, today.data && "today", today.dataUpdatedAt);
  return (
    <Page title={pageWords("/today")} below={today.data && BELOW[today.data.scope]}>
      {today.error !== null && (
        <Failure error={failureFrom(today.error)} action={<Button onClick={() => void today.refetch()}>Try again</Button>} />
      )}
      <News {...news} onShow={show} />
      {today.data === undefined ? (
        <p className={styles.pending} aria-busy={today.isPending} />
      ) : (
        <Columns
          main={
            <>
              <Emergencies />
              <Section title="What needs you" note={rows.length === 0 ? undefined : "The first due first."}>
                {rows.length === 0 ? <Nothing /> : <NeedsMe items={rows} hasMore={today.data.needsMe.hasMore} />}
              </Section>
              <RequestsForMe />
              <FindingsOfMine />
            </>
          }
          side={
            <>
              <LockedOutByOne />
              <Happened today={today.data} />
            </>
          }
        />
      )}
    </Page>
  );
}

function Nothing() {
  return (
    <Empty
      title="Nothing waits for you"
      action={
        <>
          <Link to="/request" className={buttonClass("primary")}>
            Request an exception
          </Link>
          <Link to="/register" className={buttonClass()}>
            Read the register
          </Link>
        </>
      }
    >
      Votes, reviews, reminders and your drafts appear here when they wait for you.
    </Empty>
  );
}
