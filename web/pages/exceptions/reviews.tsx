import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ExceptionView } from "../../../src/exceptions/contract-views.ts";
import { decideReview, reviewAction } from "../../../src/exceptions/contract.ts";
import { call, errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import type { Sign } from "../../parts/tone.ts";
import { assert } from "../../passkeys.ts";
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
            <strong>{review.cause}</strong>
          </p>
          <ReviewWords review={review} people={view.people} />
          {isOpen(review) && <Answer view={view} review={review} />}
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

function Answer({ view, review }: { view: ExceptionView; review: Review }) {
  const queries = useQueryClient();
  const [sentence, setSentence] = useState("");
  const [openedMs] = useState(() => Date.now());
  const deciding = useMutation({
    mutationFn: async (verdict: "retain" | "revoke") => {
      const words = sentence.trim();
      // The keys of canonical JSON are in order; the server hashes the same text.
      const contentHash = await sha256Text(JSON.stringify({ content: null, review: review.id, sentence: words, verdict }));
      const assertion = await assert(reviewAction(verdict), view.id, contentHash);
      const body = { verdict, sentence: words, decidedInMs: Date.now() - openedMs, assertion };
      return await call(decideReview, { params: { id: view.id, review: review.id }, body });
    },
    onSuccess: async () => {
      say(`The review of ${view.ref} is decided.`);
      await queries.invalidateQueries();
    },
  });
  const failure = deciding.error === null ? undefined : failureFrom(deciding.error);
  const others = reasonsElsewhere(failure?.reasons ?? [], ["/sentence"]);
  return (
    <div className={styles.answer}>
      <TextArea
        label="Why it is still needed"
        hint="Needed to retain it: the control works by which evidence, the scope is still the smallest, the exit is on track."
        value={sentence}
        onChange={setSentence}
        errors={errorsAt(failure?.reasons ?? [], "/sentence")}
        isOptional
      />
      <div className={styles.buttons}>
        <Button
          icon="key"
          isBusy={deciding.isPending}
          whyNot={sentence.trim() === "" ? "Retaining needs a sentence." : undefined}
          onClick={() => deciding.mutate("retain")}
        >
          Retain
        </Button>
        <Button look="danger" icon="key" isBusy={deciding.isPending} onClick={() => deciding.mutate("revoke")}>
          Revoke
        </Button>
      </div>
      {failure !== undefined && others.length > 0 && <Failure error={failure} reasons={others} />}
    </div>
  );
}
