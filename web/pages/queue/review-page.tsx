import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { getException } from "../../../src/exceptions/contract.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Columns, Page, Section } from "../../parts/page.tsx";
import { Time } from "../../parts/time.tsx";
import { read } from "../../queries.ts";
import { Recorded } from "../../recorded.tsx";
import { signOf, STATE_SIGNS } from "../../signs.ts";
import { countWords } from "../../words.ts";
import { ContentFacts } from "../exceptions/content-facts.tsx";
import { HandOn } from "./hand-on.tsx";
import { ListFailure } from "./list-failure.tsx";
import { REVIEWS_OF_MINE } from "./queue-queries.ts";
import styles from "./queue.module.css";
import { ReviewAnswer } from "./review-answer.tsx";
import { carriedTo, carry, inOrder, type QueuedReview } from "./review-order.ts";
import { SinceLastTime } from "./since-last-time.tsx";

/** One review of the queue; deciding it leads to the next. */
export function ReviewPage() {
  const { review: id } = useParams({ from: "/signed-in/approvals/reviews/$review" });
  const list = useQuery(REVIEWS_OF_MINE);
  const [answered, setAnswered] = useState(0);
  const queue = inOrder(list.data?.items ?? []);
  const place = queue.findIndex(({ review }) => review.id === id);
  const queued = queue[place];
  if (queued === undefined) return <NotWaiting id={id} list={list} />;
  return (
    <Review
      key={id}
      queued={queued}
      next={queue[place + 1] ?? queue.find(({ review }) => review.id !== id)}
      words={`Review ${place + 1} of ${queue.length}${answered === 0 ? "" : `; you answered ${answered} in a row`}`}
      isNext={answered > 0}
      onAnswered={() => setAnswered(answered + 1)}
    />
  );
}

const crumbs = (
  <>
    <Link to="/approvals" search={{ view: "reviews" }}>
      My queue
    </Link>{" "}
    / To review
  </>
);

function NotWaiting({ id, list }: { id: string; list: Pick<UseQueryResult, "isPending" | "error" | "refetch"> }) {
  const ref = id.replace(/-R\d+$/, "");
  return (
    <Page title={ref} above={crumbs} isNarrow>
      <ListFailure list={list} />
      {list.error === null && !list.isPending && (
        <Section title="This review does not wait for you">
          <p>It was answered, handed on, or never asked you.</p>
          <div className={styles.line}>
            <Link to="/approvals" search={{ view: "reviews" }} className={buttonClass("primary")}>
              See what waits for you
            </Link>
            <Link to="/exceptions/$id" params={{ id: ref }} className={buttonClass()}>
              See where it stands
            </Link>
          </div>
        </Section>
      )}
    </Page>
  );
}

interface ReviewProps {
  queued: QueuedReview;
  next: QueuedReview | undefined;
  words: string;
  isNext: boolean;
  onAnswered: () => void;
}

function Review({ queued, next, words, isNext, onAnswered }: ReviewProps) {
  const { row, review } = queued;
  const navigate = useNavigate();
  const goOn = () => {
    onAnswered();
    if (next === undefined) void navigate({ to: "/approvals", search: { view: "reviews" } });
    else void navigate({ to: "/approvals/reviews/$review", params: { review: next.review.id } });
  };
  const offered = carriedTo(queued);
  return (
    <Page title={row.title} above={crumbs} mark={<Badge sign={signOf(STATE_SIGNS, row.state)} isBoxed />} below={words}>
      <Columns
        main={
          <>
            <Section title="Since last time">
              {row.recertification === null ? <p>Nothing was put forward yet.</p> : <SinceLastTime shown={row.recertification} />}
            </Section>
            <InEffect id={row.ref} />
          </>
        }
        side={
          <>
            <Section title="Your answer">
              <Offered offered={offered} />
              <ReviewAnswer
                exception={row}
                review={review.id}
                offered={typeof offered === "object" ? offered.sentence : ""}
                isNext={isNext}
                onDecided={(verdict, sentence) => {
                  if (verdict === "retain") carry(queued, sentence);
                  goOn();
                }}
              >
                <HandOn queued={queued} onDone={goOn} />
              </ReviewAnswer>
              {next !== undefined && (
                <Link to="/approvals/reviews/$review" params={{ review: next.review.id }}>
                  Leave it and go to the next
                </Link>
              )}
            </Section>
            <Section title="What is asked">
              <Asked queued={queued} />
            </Section>
          </>
        }
      />
    </Page>
  );
}

function Offered({ offered }: { offered: ReturnType<typeof carriedTo> }) {
  if (offered === undefined) return null;
  if (offered === "look again") {
    return (
      <Notice tone="wait" title="Look again">
        Many were retained with one sentence. Write this one anew.
      </Notice>
    );
  }
  return (
    <Notice title={`The sentence is that of ${offered.from}`}>
      Read it against this one before you sign: it becomes your reason here too.
    </Notice>
  );
}

function Asked({ queued: { row, review } }: { queued: QueuedReview }) {
  return (
    <>
      <Facts isTight>
        <Fact name="Why now">
          <Recorded words={review.cause} />
        </Fact>
        {review.handedOn !== null && (
          <Fact name="Handed on">
            by {review.handedOn.byName}: {review.handedOn.reason}
          </Fact>
        )}
        {review.proposal !== null && <Fact name="Proposed">{review.proposal}</Fact>}
        <Fact name="Answer">
          <Time at={review.dueAt} isStacked />
        </Fact>
        <Fact name="Owner">{row.ownerName ?? "nobody"}</Fact>
        <Fact name="True age">{countWords(row.trueAgeDays, "day")}</Fact>
        <Fact name="Renewals">{row.renewals}</Fact>
      </Facts>
      <ol className={styles.asks}>
        <li>Is it still needed?</li>
        <li>Does its control work, by which evidence?</li>
        <li>Is the scope still the smallest?</li>
        <li>Is the way out on track?</li>
      </ol>
    </>
  );
}

/** The content in effect, whole. */
function InEffect({ id }: { id: string }) {
  const whole = useQuery(read(getException, { params: { id } }));
  const view = whole.data;
  const granted = view?.grants.findLast(({ kind }) => kind !== "emergency")?.version;
  const version = view?.versions.find(({ n }) => n === granted) ?? view?.versions.at(-1);
  return (
    <Section
      title="What it is"
      note={
        <Link to="/exceptions/$id" params={{ id }}>
          {id}
        </Link>
      }
    >
      <ListFailure list={whole} />
      {version !== undefined && view !== undefined && <ContentFacts content={version.content} people={view.people} />}
    </Section>
  );
}
