import { Link } from "@tanstack/react-router";

import type { WaitingView } from "../../../src/exceptions/contract-today.ts";
import { Badge } from "../../parts/badge.tsx";
import { buttonClass } from "../../parts/button.tsx";
import { Time } from "../../parts/time.tsx";
import type { Sign } from "../../parts/tone.ts";
import { titleWords } from "../../words.ts";
import styles from "./today.module.css";

const SIGNS = {
  vote: { word: "Vote", tone: "wait", shape: "half" },
  review: { word: "Review", tone: "wait", shape: "watched" },
  reminder: { word: "Reminder", tone: "wait", shape: "rising" },
  escalation: { word: "Escalation", tone: "bad", shape: "alarm" },
  draft: { word: "Draft", tone: "idle", shape: "dashed" },
} as const satisfies Record<WaitingView["kind"], Sign>;

/** What waits for the person, each with the one thing to do. */
export function NeedsMe({ items, hasMore }: { items: readonly WaitingView[]; hasMore: boolean }) {
  return (
    <>
      <ol className={styles.needs}>
        {items.map((item) => (
          <li key={`${item.kind} ${item.exception.id} ${item.cause}`}>
            <div className={styles.what}>
              <span className={styles.line}>
                <Badge sign={SIGNS[item.kind]} />
                <Link to="/exceptions/$id" params={{ id: item.exception.ref }} className={styles.title}>
                  {item.exception.title === "" ? "Without a title yet" : item.exception.title}
                </Link>
              </span>
              <span className={styles.facts}>
                {[item.exception.ref, titleWords(item.exception.category), item.exception.unit, causeWords(item)]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </div>
            <div className={styles.due}>{item.dueAt !== null && <Time at={item.dueAt} isStacked />}</div>
            <Act item={item} />
          </li>
        ))}
      </ol>
      {hasMore && (
        <p className={styles.more}>
          <Link to="/approvals">There is more in your queue</Link>
        </p>
      )}
    </>
  );
}

function causeWords({ kind, cause }: WaitingView): string {
  if (cause === null || kind === "vote") return cause === null || cause === "initial" ? "" : titleWords(cause);
  return titleWords(cause);
}

function Act({ item: { kind, exception, review } }: { item: WaitingView }) {
  if (kind === "draft") {
    return (
      <Link to="/request" search={{ draft: exception.id }} className={buttonClass()}>
        Go on writing
      </Link>
    );
  }
  if (review !== null) {
    return (
      <Link to="/approvals/reviews/$review" params={{ review }} className={buttonClass()}>
        Review
      </Link>
    );
  }
  if (kind === "escalation") {
    return (
      <Link to="/approvals" search={{ view: "due" }} className={buttonClass()}>
        Take it on
      </Link>
    );
  }
  return (
    <Link to={kind === "vote" ? "/exceptions/$id/decide" : "/exceptions/$id"} params={{ id: exception.ref }} className={buttonClass()}>
      {kind === "vote" ? "Read and decide" : "See what is due"}
    </Link>
  );
}
