import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { Badge } from "../../parts/badge.tsx";
import { Time } from "../../parts/time.tsx";
import type { Sign } from "../../parts/tone.ts";
import { Recorded } from "../../recorded.tsx";
import { ReviewAnswer } from "../queue/review-answer.tsx";
import styles from "./reviews.module.css";

type Review = ExceptionView["reviews"][number];

/** Reviews, the open ones first. Retaining needs a sentence; revoking needs one click and a passkey. */
export function Reviews({ view }: { view: ExceptionView }) {
  if (view.reviews.length === 0) return <p className={styles.quiet}>None has been opened yet.</p>;
  const openFirst = view.reviews.toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)));
  return (
    <ul className={styles.reviews}>
      {openFirst.map((review) => (
        <li key={review.id}>
          <p className={styles.line}>
            <Badge sign={signOfReview(review)} />
            <strong>
              <Recorded words={review.cause} />
            </strong>
          </p>
          <ReviewWords review={review} people={view.people} />
          {isOpen(review) && <ReviewAnswer exception={view} review={review.id} />}
        </li>
      ))}
    </ul>
  );
}

function isOpen(review: Review): boolean {
  return review.decision === null && review.missedAt === null;
}

function signOfReview(review: Review): Sign {
  if (review.decision !== null) return { word: `Decided: ${review.decision.verdict}`, tone: "idle", shape: "shut" };
  if (review.missedAt !== null) return { word: "Not answered", tone: "bad", shape: "alarm" };
  return { word: "Open", tone: "wait", shape: "half" };
}

function ReviewWords({ review, people }: { review: Review; people: Readonly<Record<string, string>> }) {
  if (review.decision !== null) {
    return (
      <p className={styles.quiet}>
        {people[review.decision.by] ?? review.decision.by}, <Time at={review.decision.at} />
        {review.decision.sentence !== "" && `: ${review.decision.sentence}`}
      </p>
    );
  }
  return (
    <p className={styles.quiet}>
      {review.missedAt === null ? "To be answered" : "Was to be answered"} <Time at={review.dueAt} />
      {review.proposal !== null && `; proposed: ${review.proposal}`}
    </p>
  );
}
