import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { listDue } from "../../../src/exceptions/contract-lists.ts";
import bar from "../../parts/list-bar.module.css";
import { Page } from "../../parts/page.tsx";
import { pageWords } from "../../pages-by-job.ts";
import { read } from "../../queries.ts";
import { QUEUE_VIEWS, type QueueView } from "../../searches.ts";
import { DueTable } from "./due-table.tsx";
import { LoadTable } from "./load-table.tsx";
import { countOf, MOST, REVIEWS_OF_MINE, useVotesOfMine } from "./queue-queries.ts";
import styles from "./queue.module.css";
import { ReviewTables } from "./review-tables.tsx";
import { moveByRows } from "./row-keys.ts";
import { StandingIn } from "./standing-in.tsx";
import { VoteTable } from "./vote-table.tsx";

const WORDS: Readonly<Record<QueueView, string>> = {
  votes: "To decide",
  reviews: "To review",
  due: "Announced to me",
  load: "Waits for whom",
};

const SHOWN: Readonly<Record<QueueView, () => ReactNode>> = {
  votes: () => <VoteTable />,
  reviews: () => <ReviewTables />,
  due: () => <DueTable />,
  load: () => <LoadTable />,
};

/** Everything that waits for the caller, each decided on its own and signed. */
export function QueuePage() {
  const { view = "votes" } = useSearch({ from: "/signed-in/approvals" });
  return (
    <Page
      title={pageWords("/approvals")}
      below="What waits for you. Each decision is read on its own and signed with your passkey; none is made from a list."
      actions={<StandingIn />}
    >
      <Views view={view} />
      {/* The keys only move what is focused already: every row is reached by Tab as well. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className={styles.rows} onKeyDown={moveByRows}>
        {SHOWN[view]()}
      </div>
      {view !== "load" && (
        <p className={styles.keys}>
          In a row, <kbd>j</kbd> and <kbd>k</kbd> or the arrows move to the next and the one before, <kbd>Enter</kbd> opens it. No single
          key decides.
        </p>
      )}
    </Page>
  );
}

function Views({ view }: { view: QueueView }) {
  const votes = useVotesOfMine();
  const reviews = useQuery(REVIEWS_OF_MINE);
  const due = useQuery(read(listDue, { query: { mine: "true", limit: MOST } }));
  const counts: Partial<Record<QueueView, string | undefined>> = {
    votes: countOf(votes.rows && { items: votes.rows, next: votes.list.data?.next }),
    reviews: countOf(reviews.data),
    due: countOf(due.data),
  };
  return (
    <div className={bar.bar}>
      <nav className={bar.views} aria-label="Parts of my queue">
        {QUEUE_VIEWS.map((each) => (
          <Link key={each} to="/approvals" search={{ view: each }} className={bar.view} aria-current={each === view ? "page" : undefined}>
            {WORDS[each]}
            {counts[each] !== undefined && <span className={styles.count}>{counts[each]}</span>}
          </Link>
        ))}
      </nav>
    </div>
  );
}
