import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { decideReview, reviewAction } from "../../../src/exceptions/contract.ts";
import { call, errorsAt, failureFrom, reasonsElsewhere } from "../../api.ts";
import { sha256Text } from "../../digest.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { TextArea } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { assert } from "../../passkeys.ts";
import styles from "./queue.module.css";

type Verdict = "retain" | "revoke";

interface ReviewAnswerProps {
  exception: { readonly id: string; readonly ref: string };
  review: string;
  /** Offered as the sentence, to be read against this one. */
  offered?: string;
  /** One has just come from another review: the answer is where the hands are. */
  isNext?: boolean;
  onDecided?: (verdict: Verdict, sentence: string) => void;
  /** Beside the two verdicts. */
  children?: ReactNode;
}

const DONE: Readonly<Record<Verdict, string>> = { retain: "You retained", revoke: "You revoked" };

/** One answer to one review, signed over exactly this. To retain needs a sentence, to revoke does not; neither is a single key. */
export function ReviewAnswer({ exception, review, offered = "", isNext = false, onDecided, children }: ReviewAnswerProps) {
  const queries = useQueryClient();
  const group = useRef<HTMLDivElement>(null);
  const [sentence, setSentence] = useState(offered);
  const [openedMs] = useState(() => Date.now());
  useEffect(() => {
    if (isNext) group.current?.querySelector("textarea")?.focus();
  }, [isNext]);
  const deciding = useMutation({
    mutationFn: async (verdict: Verdict) => {
      // What was offered says why another one stays: it is no reason to revoke this one.
      const words = verdict === "revoke" && sentence === offered ? "" : sentence.trim();
      // The keys of canonical JSON are in order; the server hashes the same text.
      const contentHash = await sha256Text(JSON.stringify({ content: null, review, sentence: words, verdict }));
      const assertion = await assert(reviewAction(verdict), exception.id, contentHash);
      const body = { verdict, sentence: words, decidedInMs: Date.now() - openedMs, assertion };
      await call(decideReview, { params: { id: exception.id, review }, body });
      return { verdict, words };
    },
    onSuccess: async ({ verdict, words }) => {
      say(`${DONE[verdict]} ${exception.ref}.`);
      onDecided?.(verdict, words);
      await queries.invalidateQueries();
    },
  });
  const failure = deciding.error === null ? undefined : failureFrom(deciding.error);
  const others = reasonsElsewhere(failure?.reasons ?? [], ["/sentence"]);
  return (
    <div ref={group} role="group" aria-label={`Your answer on ${exception.ref}`} className={styles.answer}>
      <TextArea
        label="Why it is still needed"
        hint="Needed to retain it: the control works by which evidence, the scope is still the smallest, the exit is on track."
        value={sentence}
        onChange={setSentence}
        errors={errorsAt(failure?.reasons ?? [], "/sentence")}
        isOptional
      />
      <div className={styles.line}>
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
        {children}
      </div>
      {failure !== undefined && others.length > 0 && <Failure error={failure} reasons={others} title="It was not decided" />}
    </div>
  );
}
