import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { apart } from "../../parts/apart.ts";
import { Tag } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { News } from "../../parts/news.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { Recorded } from "../../recorded.tsx";
import { useSteadyRows } from "../../steady-rows.ts";
import { countWords, titleWords } from "../../words.ts";
import { ListFailure } from "./list-failure.tsx";
import { NothingWaits } from "./nothing-waits.tsx";
import { REVIEWS_OF_MINE } from "./queue-queries.ts";
import styles from "./queue.module.css";
import { type Alike, inGroups, type QueuedReview } from "./review-order.ts";

const COLUMNS: readonly Column<QueuedReview>[] = [
  {
    key: "ref",
    title: "Reference",
    isName: true,
    cell: ({ row, review }) => (
      <Link to="/approvals/reviews/$review" params={{ review: review.id }}>
        {row.ref}
      </Link>
    ),
  },
  {
    key: "title",
    title: "What is reviewed",
    isFlexible: true,
    cell: ({ row, review }) => (
      <span className={styles.stacked}>
        {row.title}
        <span className={styles.quiet}>
          {review.handedOn === null ? (
            <Recorded words={review.cause} />
          ) : (
            `${apart(review.handedOn.byName)} handed it on: ${review.handedOn.reason}`
          )}
        </span>
      </span>
    ),
  },
  { key: "changed", title: "Since last time", cell: ({ row }) => changedWords(row.recertification) },
  { key: "risk", title: "Risk left", cell: ({ row }) => <Tag>{row.residualRisk ?? "not stated"}</Tag> },
  { key: "age", title: "True age", isNumber: true, cell: ({ row }) => `${row.trueAgeDays} d` },
  { key: "due", title: "Answer", cell: ({ review }) => <Time at={review.dueAt} isStacked /> },
];

function changedWords(shown: QueuedReview["row"]["recertification"]): string {
  if (shown === null) return "not known";
  const changes = shown.changedFields.length + shown.triggers.length;
  return changes === 0 ? "nothing recorded" : (countWords(changes, "change") ?? "");
}

const rowKey = ({ review }: QueuedReview) => review.id;

/** Reviews that wait for the caller: what is alike stands together, the riskiest first. */
export function ReviewTables() {
  const list = useQuery(REVIEWS_OF_MINE);
  const steady = useSteadyRows(list.data?.items, ({ id }) => id, list.data && "reviews", list.dataUpdatedAt);
  if (list.error !== null) return <ListFailure list={list} />;
  const isGone = ({ row }: QueuedReview) => steady.isGone(row);
  const groups = inGroups(steady.rows);
  const alike = groups.filter(({ items }) => items.length > 1);
  const single = groups.filter(({ items }) => items.length === 1).flatMap(({ items }) => items);
  return (
    <>
      <News {...steady.news} onShow={steady.show} />
      {alike.map((group) => (
        <AlikeReviews key={group.key} group={group} isGone={isGone} />
      ))}
      {alike.length > 0 && single.length > 0 && (
        <div className={styles.group}>
          <h2>Unlike any other</h2>
        </div>
      )}
      {(alike.length === 0 || single.length > 0) && (
        <Table
          caption="Reviews that wait for you"
          columns={COLUMNS}
          rows={single}
          rowKey={rowKey}
          isGone={isGone}
          isLoading={list.isPending}
          empty={
            <NothingWaits
              title="No review waits for you"
              action={
                <Link to="/register" className={buttonClass()}>
                  See what is in force
                </Link>
              }
            >
              Reviews open before their day, when a role of yours is asked or a colleague hands one on to you.
            </NothingWaits>
          }
        />
      )}
    </>
  );
}

function AlikeReviews({ group: { items }, isGone }: { group: Alike; isGone: (row: QueuedReview) => boolean }) {
  const [first] = items;
  if (first === undefined) return null;
  const { row, review } = first;
  const title = `${items.length} alike: ${titleWords(row.category)} in ${row.unit}, ${row.residualRisk ?? "unstated"} risk`;
  return (
    <section aria-label={title}>
      <div className={styles.group}>
        <div>
          <h2>{title}</h2>
          <p className={styles.quiet}>
            {review.whyAlone === null
              ? "Each is its own decision with its own touch; the sentence of one is offered for the next."
              : `Each is its own decision, with its own sentence. ${review.whyAlone}`}
          </p>
        </div>
        <Link to="/approvals/reviews/$review" params={{ review: review.id }} className={buttonClass("primary")}>
          Answer one after the other
        </Link>
      </div>
      <Table caption={title} columns={COLUMNS} rows={items} rowKey={rowKey} isGone={isGone} empty={null} />
    </section>
  );
}
